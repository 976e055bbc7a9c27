import type { Clock } from "../../../shared/clock.ts";

/**
 * An answer that costs other servers something: found out at most once a period, however many ask.
 * Who asks while it is being found out gets the same one.
 */
export class SharedAnswer<Answer> {
  readonly #clock: Clock;
  readonly #periodMs: number;
  readonly #find: () => Promise<Answer>;
  #startedMs = -Infinity;
  #running: Promise<Answer> | null = null;

  constructor(clock: Clock, periodMs: number, find: () => Promise<Answer>) {
    this.#clock = clock;
    this.#periodMs = periodMs;
    this.#find = find;
  }

  get(): Promise<Answer> {
    const nowMs = this.#clock.nowMs();
    if (this.#running === null || nowMs - this.#startedMs >= this.#periodMs) {
      this.#startedMs = nowMs;
      const running = this.#find();
      this.#running = running;
      // A failure is not kept: what failed may be back at once.
      running.catch(() => {
        if (this.#running === running) this.#running = null;
      });
    }
    return this.#running;
  }
}
