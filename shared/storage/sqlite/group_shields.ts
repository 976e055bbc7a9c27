import type { GroupShield, GroupShieldStore } from "../types.ts";
import type { Database } from "./database.ts";
import type { Statement } from "./statement.ts";

export class SqliteGroupShields implements GroupShieldStore {
  readonly #db: Database;
  readonly #set: Statement<object>;
  readonly #usersOf: Statement<{ userId: number }>;
  readonly #groupsOf: Statement<{ groupId: number }>;

  constructor(db: Database) {
    this.#db = db;
    this.#set = db.prepare(`
      UPDATE IMGroupMember SET isShielded = ?1
      WHERE groupId = ?2 AND userId = ?3 AND status = 0
        AND EXISTS (SELECT 1 FROM IMGroup WHERE id = ?2 AND status = 0)`);
    this.#usersOf = db.prepare(`
      SELECT userId FROM IMGroupMember WHERE groupId = ? AND isShielded = 1`);
    this.#groupsOf = db.prepare(`
      SELECT groupId FROM IMGroupMember WHERE userId = ? AND isShielded = 1`);
  }

  set({ groupId, userId, isShielded }: GroupShield): Promise<boolean> {
    return this.#db.write(() => this.#set.run(isShielded ? 1 : 0, groupId, userId) > 0);
  }

  usersOf(groupId: number): Promise<ReadonlySet<number>> {
    return this.#db.read(() => new Set(this.#usersOf.all(groupId).map(({ userId }) => userId)));
  }

  groupsOf(userId: number): Promise<ReadonlySet<number>> {
    return this.#db.read(() => new Set(this.#groupsOf.all(userId).map(({ groupId }) => groupId)));
  }
}
