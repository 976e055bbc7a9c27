/**
 * One link to a server: numbers requests, matches answers, hands on everything else. It lives from
 * the connect until the link is closed and is never reused; a client that reconnects makes another.
 */
import {
  CID_MSG_TIME_REQUEST,
  CID_MSG_TIME_RESPONSE,
  IMClientTimeReq,
  IMClientTimeRsp,
} from "../../proto/mod.ts";
import type { Clock, Timer } from "../clock.ts";
import {
  type Address,
  type ConnectTls,
  formatAddress,
  type Link,
  type Network,
} from "../netlib/mod.ts";
import { bodyOf, buildEmptyFrame, buildFrame, seqNumOf } from "../pdu/mod.ts";
import { ConnectionLostError } from "./errors.ts";
import type { Exchange, Notice } from "./exchange.ts";
import { CLIENT_LINK_LIMITS } from "./options.ts";
import { PendingRequests } from "./pending_requests.ts";

/** Any request whose answer M gives in order; it marks the end of the parts before it. */
const BARRIER: Exchange<IMClientTimeReq, IMClientTimeRsp> = {
  id: CID_MSG_TIME_REQUEST,
  request: IMClientTimeReq,
  replyId: CID_MSG_TIME_RESPONSE,
  reply: IMClientTimeRsp,
};

export interface ConnectionOptions {
  readonly network: Network;
  readonly clock: Clock;
  readonly address: Address;
  /** Absent: plain TCP. */
  readonly tls?: ConnectTls;
  /** Limit of the connect and of every request. */
  readonly timeoutMs: number;
  /** Every frame, before anything is done with it. */
  readonly onFrame?: (frame: Uint8Array) => void;
  /** Every frame that answers no request. */
  readonly onPush?: (frame: Uint8Array) => void;
}

export class Connection {
  /** Rejects with {@link ConnectionLostError} when the link cannot be made. */
  readonly opened: Promise<void>;
  /** Why the link ended. Never rejects. */
  readonly closed: Promise<string>;
  /** Frames received, for a watch over the server's life. */
  receivedFrames = 0;
  readonly #link: Link;
  readonly #pending: PendingRequests;
  readonly #options: ConnectionOptions;
  readonly #connectDeadline: Timer;
  #isConnected = false;

  constructor(options: ConnectionOptions) {
    const { network, clock, address, timeoutMs } = options;
    const opened = Promise.withResolvers<void>();
    const closed = Promise.withResolvers<string>();
    this.#options = options;
    this.#pending = new PendingRequests(clock);
    this.opened = opened.promise;
    this.closed = closed.promise;
    // Closing before anyone waits for the opening must not count as an unhandled rejection.
    this.opened.catch(() => {});
    this.#connectDeadline = clock.after(timeoutMs, () => {
      this.#link.abort(`no connection within ${timeoutMs} ms`);
    });
    this.#link = network.connect(address, { ...CLIENT_LINK_LIMITS, tls: options.tls }, {
      opened: () => {
        this.#isConnected = true;
        this.#connectDeadline.cancel();
        opened.resolve();
      },
      frame: (_link, frame) => this.#frame(frame),
      closed: (_link, reason) => {
        this.#connectDeadline.cancel();
        opened.reject(
          new ConnectionLostError(`Cannot connect to ${formatAddress(address)}: ${reason}`),
        );
        this.#pending.failAll(new ConnectionLostError(`Connection lost: ${reason}`));
        closed.resolve(reason);
      },
    });
  }

  get isOpen(): boolean {
    return this.#link.isOpen;
  }

  /**
   * Sends a request and waits for its answer. `accept` sees the answer in the turn it came in, before
   * the frames behind it; what it throws rejects.
   */
  request<Init, Reply>(
    exchange: Exchange<Init, Reply>,
    message: Init,
    accept: (reply: Reply) => void = () => {},
  ): Promise<Reply> {
    return this.#send(exchange, message, (frame, { resolve, reject }) => {
      try {
        const reply = decodeCopy(exchange, frame);
        accept(reply);
        resolve(reply);
      } catch (error) {
        reject(error);
      }
      return "done";
    });
  }

  /**
   * Sends a request whose answer may be several PDUs of the same seq_num, sent back to back. Nothing
   * in them tells the last one for sure, so a second request follows the first part: its answer
   * comes behind them.
   */
  requestParts<Init, Reply>(exchange: Exchange<Init, Reply>, message: Init): Promise<Reply[]> {
    const parts: Reply[] = [];
    return this.#send<Init, Reply[]>(exchange, message, (frame, { resolve, reject }) => {
      const seqNum = seqNumOf(frame);
      try {
        parts.push(decodeCopy(exchange, frame));
        if (parts.length > 1) return "more";
        this.request(BARRIER, {}, () => this.#pending.remove(seqNum))
          .then(() => resolve(parts), reject);
        return "more";
      } catch (error) {
        reject(error);
        return "done";
      }
    });
  }

  /** Sends what has no answer. */
  notify<Init>(notice: Notice<Init>, message: Init): void {
    this.sendFrame(
      buildFrame(notice.id, this.#pending.nextSeqNum(), notice.request.encode(message)),
    );
  }

  notifyEmpty(commandId: number): void {
    this.sendFrame(buildEmptyFrame(commandId, this.#pending.nextSeqNum()));
  }

  /** Sends the bytes as they are. */
  sendFrame(frame: Uint8Array): void {
    if (!this.#link.isOpen) throw new ConnectionLostError("Cannot send: the connection is closed");
    this.#link.send(frame);
  }

  /** Sends what is queued, then closes; {@link closed} tells when. Waiting requests reject at once. */
  close(reason: string): void {
    this.#pending.failAll(new ConnectionLostError(`Connection closed: ${reason}`));
    // One that is still connecting has nothing to flush.
    if (this.#isConnected) this.#link.close(reason);
    else this.#link.abort(reason);
  }

  /** Closes a link whose other side has fallen silent. */
  abort(reason: string): void {
    this.#link.abort(reason);
  }

  #send<Init, T>(
    exchange: Exchange<Init, unknown>,
    message: Init,
    answered: (frame: Uint8Array, promise: PromiseWithResolvers<T>) => "done" | "more",
  ): Promise<T> {
    const promise = Promise.withResolvers<T>();
    try {
      const body = exchange.request.encode(message);
      if (!this.#link.isOpen) {
        throw new ConnectionLostError("Cannot send: the connection is closed");
      }
      const seqNum = this.#pending.add({
        replyId: exchange.replyId,
        answered: (frame) => answered(frame, promise),
        failed: promise.reject,
      }, this.#options.timeoutMs);
      this.#link.send(buildFrame(exchange.id, seqNum, body));
    } catch (error) {
      promise.reject(error);
    }
    return promise.promise;
  }

  #frame(frame: Uint8Array): void {
    this.receivedFrames++;
    this.#options.onFrame?.(frame);
    if (!this.#pending.answer(frame)) this.#options.onPush?.(frame);
  }
}

/** Decodes from a copy: fields of type bytes are views, and the frame a view of a larger chunk. */
function decodeCopy<Reply>(exchange: Exchange<never, Reply>, frame: Uint8Array): Reply {
  return exchange.reply.decode(new Uint8Array(bodyOf(frame)));
}
