/** Small named numbers that belong to no table. */
import { type Clock, nowSec } from "../../clock.ts";
import type { Database } from "./database.ts";
import type { Statement } from "./statement.ts";

/** Name of the original's Redis key of U (docs/spec/storage.md 5.1). */
const LAST_USER_UPDATE = "total_user_update";

export class LastUserUpdate {
  readonly #get: Statement<{ value: number }>;
  readonly #raise: Statement<object>;

  constructor(db: Database) {
    this.#get = db.prepare("SELECT value FROM Mark WHERE name = ?");
    this.#raise = db.prepare(`
      INSERT INTO Mark (name, value) VALUES (?, ?)
      ON CONFLICT (name) DO UPDATE SET value = max(value, excluded.value)`);
  }

  get(): number {
    return this.#get.get(LAST_USER_UPDATE)?.value ?? 0;
  }

  /** It never goes back: clients remember it. */
  raiseTo(time: number): void {
    this.#raise.run(LAST_USER_UPDATE, time);
  }

  /** A database without the mark starts with the present time. */
  startAt(clock: Clock): void {
    if (this.#get.get(LAST_USER_UPDATE) === null) this.raiseTo(nowSec(clock));
  }
}
