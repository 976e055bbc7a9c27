/**
 * Whether a connection that nobody has used for a while is still one. A firewall that forgets it, or a
 * server that loses its power, tells nobody; whoever then used it would wait for the whole limit of a
 * statement. So it is asked first, and when it does not answer, none that was idle as long is used
 * any more.
 */
import type { PoolConnection } from "mysql2";
import type { Clock } from "../../clock.ts";
import { TimeLimit } from "../../time_limit.ts";

/** A connection that has answered so recently is not asked, in milliseconds. */
export const FRESH_MS = 1000;
/** How long the answer may take, in milliseconds. */
export const PING_LIMIT_MS = 2000;

interface Answer {
  readonly atMs: number;
  /** How many had not answered by then. */
  readonly breaks: number;
}

export class ConnectionHealth {
  readonly #clock: Clock;
  readonly #limit: TimeLimit;
  /** When each answered last. One that is new is not there: it has just answered. */
  readonly #answers = new WeakMap<PoolConnection, Answer>();
  /** How often one did not answer. */
  #breaks = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#limit = new TimeLimit(clock, PING_LIMIT_MS);
  }

  answered(connection: PoolConnection): void {
    this.#answers.set(connection, { atMs: this.#clock.elapsedMs(), breaks: this.#breaks });
  }

  /** One has not answered: most likely the others are dead, too. */
  broke(): void {
    this.#breaks++;
  }

  /** At once when nothing has to be asked. */
  isAlive(connection: PoolConnection): boolean | Promise<boolean> {
    const last = this.#answers.get(connection);
    if (last === undefined) return true;
    if (last.breaks < this.#breaks) return false;
    return this.#clock.elapsedMs() - last.atMs < FRESH_MS || this.#ping(connection);
  }

  stop(): void {
    this.#limit.stop();
  }

  #ping(connection: PoolConnection): Promise<boolean> {
    return new Promise((resolve) => {
      const wait = this.#limit.begin(() => {
        this.broke();
        resolve(false);
      });
      connection.ping((error) => {
        wait.cancel();
        resolve(error === null || error === undefined);
      });
    });
  }
}
