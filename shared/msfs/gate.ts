/** Lets a limited number of pieces of work run at a time; the others wait, in order, for a limited time. */
import type { Clock } from "../clock.ts";
import { MsfsError } from "./error.ts";

export interface GateOptions {
  readonly clock: Clock;
  /** How many run at a time. */
  readonly places: number;
  /** How many may wait for a place; further ones are refused at once. */
  readonly maxWaiting: number;
  /** How long one waits for a place, in milliseconds, before it is refused. */
  readonly waitLimitMs: number;
}

export class Gate {
  readonly #options: GateOptions;
  /** Those that wait, first come first served. Each is told to go on. */
  readonly #waiting = new Set<() => void>();
  #running = 0;

  constructor(options: GateOptions) {
    this.#options = options;
  }

  /** @throws {MsfsError} when there is no place, nor in time; whatever `work` throws */
  async run<T>(work: () => Promise<T>): Promise<T> {
    await this.#enter();
    try {
      return await work();
    } finally {
      this.#leave();
    }
  }

  #enter(): Promise<void> {
    const { clock, places, maxWaiting, waitLimitMs } = this.#options;
    if (this.#running < places) {
      this.#running++;
      return Promise.resolve();
    }
    if (this.#waiting.size >= maxWaiting) {
      const text = `Cannot ask msfs: ${maxWaiting} requests wait for it already`;
      return Promise.reject(new MsfsError(text));
    }
    return new Promise((resolve, reject) => {
      const timer = clock.after(waitLimitMs, () => {
        this.#waiting.delete(go);
        reject(new MsfsError(`Cannot ask msfs: no turn within ${waitLimitMs} ms`));
      });
      const go = (): void => {
        timer.cancel();
        resolve();
      };
      this.#waiting.add(go);
    });
  }

  /** The place goes straight to whoever waits longest, so that a newcomer cannot take it. */
  #leave(): void {
    const [next] = this.#waiting;
    if (next === undefined) {
      this.#running--;
      return;
    }
    this.#waiting.delete(next);
    next();
  }
}
