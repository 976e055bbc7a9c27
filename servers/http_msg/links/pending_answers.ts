/**
 * Questions to other servers that wait for their answers. Each has a number that travels in
 * `attach_data`, as the original does it with the number of the HTTP connection
 * (docs/spec/flows.md 21), and a time limit. An answer that comes too late finds nobody.
 */
import type { Clock, Timer } from "../../../shared/clock.ts";
import type { Peer } from "../../../shared/netlib/mod.ts";
import {
  decodeAttach,
  encodeDbAttach,
  type FieldSpan,
  scanFields,
} from "../../../shared/pdu/mod.ts";
import { bodyOf } from "../../../shared/pdu/mod.ts";

/** Questions that wait at a time; a further one is refused as `busy`. */
export const MAX_PENDING = 4096;
/** The type in `attach_data`, as the original http_msg_server has it. */
const ATTACH_TYPE_HTTP = 3;
const ATTACH_DATA_FIELD = 20;

/**
 * Why there is no answer: no link is open, none of the peers speaks what was asked, it took too
 * long, the link was lost meanwhile, or too many wait already.
 */
export type AskRefusal = "no_link" | "not_spoken" | "no_answer" | "lost" | "busy";

/** The other server cannot be asked, or did not answer. */
export class AskError extends Error {
  override readonly name = "AskError";
  readonly refusal: AskRefusal;

  constructor(refusal: AskRefusal) {
    super(`Cannot ask: ${refusal}`);
    this.refusal = refusal;
  }
}

interface Pending {
  readonly peer: Peer;
  readonly timer: Timer;
  readonly resolve: (frame: Uint8Array) => void;
  readonly reject: (error: AskError) => void;
}

export class PendingAnswers {
  readonly #clock: Clock;
  readonly #pending = new Map<number, Pending>();
  #lastNumber = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Sends the frame that `build` makes with this `attach_data` and resolves with the answering one.
   * @throws {AskError}
   */
  ask(
    peer: Peer,
    build: (attachData: Uint8Array) => Uint8Array,
    limitMs: number,
  ): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      if (this.#pending.size >= MAX_PENDING) return reject(new AskError("busy"));
      const number = this.#nextNumber();
      if (!peer.send(build(encodeDbAttach(ATTACH_TYPE_HTTP, number)))) {
        return reject(new AskError("no_link"));
      }
      const timer = this.#clock.after(limitMs, () => this.#fail(number, "no_answer"));
      this.#pending.set(number, { peer, timer, resolve, reject });
    });
  }

  /** Takes an answer that came on this link. @throws {FieldError} for a body that is no protobuf */
  answered(peer: Peer, frame: Uint8Array): void {
    const number = attachNumber(frame);
    const pending = number === null ? undefined : this.#pending.get(number);
    if (number === null || pending === undefined || pending.peer !== peer) return;
    this.#pending.delete(number);
    pending.timer.cancel();
    pending.resolve(frame);
  }

  /** The link is gone, and with it what was asked over it. */
  lost(peer: Peer): void {
    for (const [number, pending] of this.#pending) {
      if (pending.peer === peer) this.#fail(number, "lost");
    }
  }

  stop(): void {
    for (const number of [...this.#pending.keys()]) this.#fail(number, "lost");
  }

  #fail(number: number, refusal: AskRefusal): void {
    const pending = this.#pending.get(number)!;
    this.#pending.delete(number);
    pending.timer.cancel();
    pending.reject(new AskError(refusal));
  }

  /** 32 bits; 0 is never given. */
  #nextNumber(): number {
    do this.#lastNumber = (this.#lastNumber + 1) >>> 0; while (
      this.#lastNumber === 0 || this.#pending.has(this.#lastNumber)
    );
    return this.#lastNumber;
  }
}

function attachNumber(frame: Uint8Array): number | null {
  const body = bodyOf(frame);
  let number: number | null = null;
  scanFields(body, (field: FieldSpan) => {
    if (field.number !== ATTACH_DATA_FIELD || field.wireType !== 2) return;
    const attach = decodeAttach(body.subarray(field.valueStart, field.end));
    if (attach?.type === ATTACH_TYPE_HTTP) number = attach.handle;
  });
  return number;
}
