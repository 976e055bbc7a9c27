/**
 * When a change of users happens, as their clients see it. Clients remember the newest `updated` they
 * have seen and ask again only when U is greater: the row gets at least that time, and U more. Thus
 * the row is among those they are then sent, also if they had been up to date in this second, or the
 * clock was set back.
 */
import type { Database } from "./database.ts";
import { LastUserUpdate } from "./marks.ts";
import type { Statement } from "./statement.ts";

export interface UserChange {
  /** `updated` of the rows that change. */
  readonly time: number;
  /** To be called once they have changed: moves U. */
  readonly happened: () => void;
}

export class UserChanges {
  readonly #lastUpdate: LastUserUpdate;
  readonly #newestUpdate: Statement<{ time: number }>;

  constructor(db: Database) {
    this.#lastUpdate = new LastUserUpdate(db);
    this.#newestUpdate = db.prepare("SELECT coalesce(max(updated), 0) AS time FROM IMUser");
  }

  /** Within a write, before the change. */
  at(now: number): UserChange {
    const newest = this.#newestUpdate.get()!.time;
    const time = Math.max(now, newest);
    return {
      time,
      happened: () =>
        this.#lastUpdate.raiseTo(Math.max(time, this.#lastUpdate.get() + 1, newest + 1)),
    };
  }
}
