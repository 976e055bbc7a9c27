import type { OfflineFile, OfflineFileStore } from "../types.ts";
import type { ActiveUsers } from "./active_users.ts";
import type { Database } from "./database.ts";
import type { Statement } from "./statement.ts";

export class SqliteOfflineFiles implements OfflineFileStore {
  readonly #db: Database;
  readonly #activeUsers: ActiveUsers;
  readonly #add: Statement<object>;
  readonly #waitingFor: Statement<OfflineFile>;
  readonly #remove: Statement<object>;

  constructor(db: Database, activeUsers: ActiveUsers) {
    this.#db = db;
    this.#activeUsers = activeUsers;
    this.#add = db.prepare(`
      INSERT INTO IMTransmitFile (fromId, toId, fileName, size, taskId, created)
      VALUES (?, ?, ?, ?, ?, ?)
      ON CONFLICT (taskId, toId, fromId) DO NOTHING`);
    this.#waitingFor = db.prepare(`
      SELECT fromId, toId, taskId, fileName, size FROM IMTransmitFile
      WHERE toId = ? ORDER BY created, id LIMIT ?`);
    this.#remove = db.prepare(`
      DELETE FROM IMTransmitFile WHERE taskId = ? AND toId = ? AND fromId = ?`);
  }

  add({ fromId, toId, fileName, size, taskId }: OfflineFile, now: number): Promise<boolean> {
    return this.#db.write(() => {
      if (!this.#activeUsers.has(toId)) return false;
      this.#add.run(fromId, toId, fileName, size, taskId, now);
      return true;
    });
  }

  waitingFor(userId: number, limit: number): Promise<readonly OfflineFile[]> {
    return this.#db.read(() => this.#waitingFor.all(userId, limit));
  }

  remove(
    { fromId, toId, taskId }: Pick<OfflineFile, "fromId" | "toId" | "taskId">,
  ): Promise<boolean> {
    return this.#db.write(() => this.#remove.run(taskId, toId, fromId) > 0);
  }
}
