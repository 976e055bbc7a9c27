/**
 * Questions to other servers that a push waits for. The answer is told by a key that travels with
 * the question and comes back; one that does not come in time is `null`, and when it comes later it
 * is not missed.
 */
import type { Clock, Timer } from "../../../shared/clock.ts";

/** How long an answer may take. */
export const ANSWER_LIMIT_MS = 5000;

interface Pending<Answer> {
  readonly settle: (answer: Answer | null) => void;
  readonly limit: Timer;
}

export class Questions<Answer> {
  readonly #clock: Clock;
  readonly #pending = new Map<string, Pending<Answer>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Asks, and waits for the answer; `null` when it cannot be sent. With the key of a question that
   * still waits it takes the place of that one.
   */
  ask(key: string, send: () => boolean): Promise<Answer | null> {
    this.#settle(key, null);
    if (!send()) return Promise.resolve(null);
    return new Promise((settle) => {
      const limit = this.#clock.after(ANSWER_LIMIT_MS, () => this.#settle(key, null));
      this.#pending.set(key, { settle, limit });
    });
  }

  /** Takes an answer; one that nobody waits for is dropped. */
  answered(key: string, answer: Answer): void {
    this.#settle(key, answer);
  }

  /** Nobody gets an answer any more. */
  stop(): void {
    for (const key of [...this.#pending.keys()]) this.#settle(key, null);
  }

  #settle(key: string, answer: Answer | null): void {
    const pending = this.#pending.get(key);
    if (pending === undefined) return;
    this.#pending.delete(key);
    pending.limit.cancel();
    pending.settle(answer);
  }
}
