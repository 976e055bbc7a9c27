/**
 * Requests that wait for their answer, by seq_num. An answer belongs to a request when both its
 * seq_num and its command id fit: pushes may carry any seq_num (docs/spec/wire.md 1.1).
 */
import type { Clock, Timer } from "../clock.ts";
import { commandIdOf, MAX_SEQ_NUM, seqNumOf } from "../pdu/mod.ts";
import { ClientLimitError, DeadlineError } from "./errors.ts";
import { MAX_WAITING } from "./options.ts";

export interface PendingRequest {
  readonly replyId: number;
  /** Called with each frame that fits; "done" ends the request. Must not throw. */
  readonly answered: (frame: Uint8Array) => "done" | "more";
  readonly failed: (error: Error) => void;
}

interface Entry extends PendingRequest {
  readonly deadline: Timer;
}

export class PendingRequests {
  readonly #clock: Clock;
  readonly #entries = new Map<number, Entry>();
  #lastSeqNum = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** The next number that no waiting request has, 1 to 65535. */
  nextSeqNum(): number {
    do {
      this.#lastSeqNum = this.#lastSeqNum % MAX_SEQ_NUM + 1;
    } while (this.#entries.has(this.#lastSeqNum));
    return this.#lastSeqNum;
  }

  /**
   * Takes a request and returns its seq_num.
   * @throws {ClientLimitError} when {@link MAX_WAITING} requests wait already
   */
  add(request: PendingRequest, timeoutMs: number): number {
    if (this.#entries.size >= MAX_WAITING) {
      throw new ClientLimitError(`Cannot send a request: ${MAX_WAITING} wait for their answer`);
    }
    const seqNum = this.nextSeqNum();
    const deadline = this.#clock.after(timeoutMs, () => {
      this.#entries.delete(seqNum);
      const id = request.replyId.toString(16).padStart(4, "0");
      request.failed(new DeadlineError(`No answer 0x${id} within ${timeoutMs} ms`));
    });
    this.#entries.set(seqNum, { ...request, deadline });
    return seqNum;
  }

  /** Gives a frame to its request. `false` when there is none. */
  answer(frame: Uint8Array): boolean {
    const seqNum = seqNumOf(frame);
    const entry = this.#entries.get(seqNum);
    if (entry === undefined || entry.replyId !== commandIdOf(frame)) return false;
    if (entry.answered(frame) === "done") this.remove(seqNum);
    return true;
  }

  remove(seqNum: number): void {
    this.#entries.get(seqNum)?.deadline.cancel();
    this.#entries.delete(seqNum);
  }

  failAll(error: Error): void {
    const entries = [...this.#entries.values()];
    this.#entries.clear();
    for (const entry of entries) {
      entry.deadline.cancel();
      entry.failed(error);
    }
  }
}
