/**
 * Password checks that need a scrypt each. A hash takes some 50 ms of a core on a thread of the
 * runtime's pool, so the event loop goes on meanwhile; but who waits behind too many of them would be
 * given up by his msg_server, so what does not fit is refused at once.
 */

/** At the same time, per task runner. */
export const MAX_RUNNING = 2;
/** About ten seconds of work; msg_servers wait fifteen for a login. */
export const MAX_WAITING = 400;

export class ScryptQueue {
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  get waiting(): number {
    return this.#waiting.length;
  }

  /** What `work` resolves with, in its turn; `null` at once when too many wait. */
  async run<T>(work: () => Promise<T>): Promise<T | null> {
    if (this.#running >= MAX_RUNNING) {
      if (this.#waiting.length >= MAX_WAITING) return null;
      // Whoever ends hands over its place: `#running` stays what it is.
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else {
      this.#running++;
    }
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#running--;
      else next();
    }
  }
}
