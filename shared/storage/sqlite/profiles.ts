import type { ProfileChange, ProfileStore } from "../types.ts";
import type { Database } from "./database.ts";
import type { Statement } from "./statement.ts";
import { UserChanges } from "./user_changes.ts";

type Column = "sign_info" | "avatar" | "push_shield_status";

export class SqliteProfiles implements ProfileStore {
  readonly #db: Database;
  readonly #changes: UserChanges;
  readonly #update: Readonly<Record<Column, Statement<object>>>;
  readonly #pushShield: Statement<{ push_shield_status: number }>;

  constructor(db: Database) {
    this.#db = db;
    this.#changes = new UserChanges(db);
    const update = (column: Column): Statement<object> =>
      db.prepare(`UPDATE IMUser SET ${column} = ?1, updated = max(updated, ?2) WHERE id = ?3`);
    this.#update = {
      sign_info: update("sign_info"),
      avatar: update("avatar"),
      push_shield_status: update("push_shield_status"),
    };
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

  #setSeenByOthers(column: Column, change: ProfileChange<string>): boolean {
    const { time, happened } = this.#changes.at(change.now);
    const isDone = this.#set(column, { ...change, now: time });
    if (isDone) happened();
    return isDone;
  }

  #set(column: Column, { userId, value, now }: ProfileChange<string | number>): boolean {
    return this.#update[column].run(value, now, userId) > 0;
  }
}
