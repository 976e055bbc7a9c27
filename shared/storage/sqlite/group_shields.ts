import type { GroupShield, GroupShieldStore } from "../types.ts";
import type { Database } from "./database.ts";
import { idChunks } from "./id_lists.ts";
import type { Statement } from "./statement.ts";

export class SqliteGroupShields implements GroupShieldStore {
  readonly #db: Database;
  readonly #set: Statement<object>;
  readonly #usersOf: Statement<{ userId: number }>;
  readonly #shieldedBy: Statement<{ groupId: number }>;

  constructor(db: Database) {
    this.#db = db;
    this.#set = db.prepare(`
      UPDATE IMGroupMember SET isShielded = ?1
      WHERE groupId = ?2 AND userId = ?3 AND status = 0
        AND EXISTS (SELECT 1 FROM IMGroup WHERE id = ?2 AND status = 0)`);
    this.#usersOf = db.prepare(`
      SELECT userId FROM IMGroupMember WHERE groupId = ? AND isShielded = 1`);
    this.#shieldedBy = db.prepare(`
      SELECT groupId FROM IMGroupMember
      WHERE userId = ? AND groupId IN (SELECT value FROM json_each(?)) AND isShielded = 1`);
  }

  set({ groupId, userId, isShielded }: GroupShield): Promise<boolean> {
    return this.#db.write(() => this.#set.run(isShielded ? 1 : 0, groupId, userId) > 0);
  }

  usersOf(groupId: number): Promise<ReadonlySet<number>> {
    return this.#db.read(() => new Set(this.#usersOf.all(groupId).map(({ userId }) => userId)));
  }

  shieldedBy(userId: number, groupIds: readonly number[]): Promise<ReadonlySet<number>> {
    return this.#db.read(() => {
      const rows = idChunks(groupIds).flatMap((chunk) => this.#shieldedBy.all(userId, chunk));
      return new Set(rows.map(({ groupId }) => groupId));
    });
  }
}
