/** A request and its answer as data, so that one function can send any of them. */
import type { ClientType, Codec } from "../../proto/mod.ts";

export interface Notice<Init> {
  readonly id: number;
  readonly request: Pick<Codec<unknown, Init>, "encode">;
}

export interface Exchange<Init, Reply> extends Notice<Init> {
  readonly replyId: number;
  readonly reply: Pick<Codec<Reply, never>, "decode">;
}

/** What the typed requests need from a client. */
export interface Requester {
  readonly userId: number;
  readonly clientType: ClientType;
  readonly aesKey: string;
  /**
   * @throws {DeadlineError} when no answer comes
   * @throws {ConnectionLostError} when the link is lost first, or is down
   * @throws {ProtocolError} when the answer does not decode
   */
  request<Init, Reply>(exchange: Exchange<Init, Reply>, message: Init): Promise<Reply>;
  /**
   * For answers that a server splits for Android clients (docs/spec/pitfalls.md P-LIM3): its parts.
   */
  requestParts<Init, Reply>(exchange: Exchange<Init, Reply>, message: Init): Promise<Reply[]>;
  /** Sends what has no answer. @throws {ConnectionLostError} when the link is down */
  notify<Init>(notice: Notice<Init>, message: Init): void;
  /** Ends the client. */
  close(): Promise<void>;
}
