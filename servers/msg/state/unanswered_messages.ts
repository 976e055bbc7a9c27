/**
 * Counts messages that db_proxy has not answered yet, so that a stopping server can wait for the
 * acks that are due. When a db_proxy link is lost the answers on it never come; the count then
 * starts again, as a wait that ends early is better than one for nothing.
 */
import type { Clock } from "../../../shared/clock.ts";
import { withinMs } from "../../../shared/within.ts";

export class UnansweredMessages {
  readonly #clock: Clock;
  #count = 0;
  #settled: (() => void) | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get count(): number {
    return this.#count;
  }

  add(): void {
    this.#count++;
  }

  remove(count = 1): void {
    this.#count = Math.max(0, this.#count - count);
    if (this.#count === 0) this.#settled?.();
  }

  reset(): void {
    this.#count = 0;
    this.#settled?.();
  }

  /** Waits until all are answered, at most `limitMs`; tells whether they are. */
  settled(limitMs: number): Promise<boolean> {
    if (this.#count === 0) return Promise.resolve(true);
    const answered = new Promise<void>((resolve) => this.#settled = resolve);
    return withinMs(this.#clock, limitMs, answered);
  }
}
