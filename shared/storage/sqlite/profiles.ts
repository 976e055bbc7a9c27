import type { ProfileChange, ProfileStore } from "../types.ts";
import type { Database } from "./database.ts";
import { LastUserUpdate } from "./marks.ts";
import type { Statement } from "./statement.ts";

type Column = "sign_info" | "avatar" | "push_shield_status";

export class SqliteProfiles implements ProfileStore {
  readonly #db: Database;
  readonly #lastUpdate: LastUserUpdate;
  readonly #update: Readonly<Record<Column, Statement<object>>>;
  readonly #newestUpdate: Statement<{ time: number }>;
  readonly #pushShield: Statement<{ push_shield_status: number }>;

  constructor(db: Database) {
    this.#db = db;
    this.#lastUpdate = new LastUserUpdate(db);
    const update = (column: Column): Statement<object> =>
      db.prepare(`UPDATE IMUser SET ${column} = ?1, updated = max(updated, ?2) WHERE id = ?3`);
    this.#update = {
      sign_info: update("sign_info"),
      avatar: update("avatar"),
      push_shield_status: update("push_shield_status"),
    };
    this.#newestUpdate = db.prepare("SELECT coalesce(max(updated), 0) AS time FROM IMUser");
    this.#pushShield = db.prepare("SELECT push_shield_status FROM IMUser WHERE id = ?");
  }

  setSignInfo(change: ProfileChange<string>): Promise<boolean> {
    return this.#db.write(() => this.#setSeenByOthers("sign_info", change));
  }

  setAvatar(change: ProfileChange<string>): Promise<boolean> {
    return this.#db.write(() => this.#setSeenByOthers("avatar", change));
  }

  setPushShield(change: ProfileChange<number>): Promise<boolean> {
    return this.#db.write(() => this.#set("push_shield_status", change));
  }

  pushShield(userId: number): Promise<number | null> {
    return this.#db.read(() => this.#pushShield.get(userId)?.push_shield_status ?? null);
  }

  /**
   * Clients remember the newest `updated` they have seen and ask again only when U is greater: the
   * row gets at least that time, and U more. Thus the row is among those they are then sent, also if
   * they had been up to date in this second, or the clock was set back.
   */
  #setSeenByOthers(column: Column, change: ProfileChange<string>): boolean {
    const newest = this.#newestUpdate.get()!.time;
    const time = Math.max(change.now, newest);
    if (!this.#set(column, { ...change, now: time })) return false;
    this.#lastUpdate.raiseTo(Math.max(time, this.#lastUpdate.get() + 1, newest + 1));
    return true;
  }

  #set(column: Column, { userId, value, now }: ProfileChange<string | number>): boolean {
    return this.#update[column].run(value, now, userId) > 0;
  }
}
