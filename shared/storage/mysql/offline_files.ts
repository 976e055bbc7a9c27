import type { OfflineFile, OfflineFileStore } from "../types.ts";
import type { ActiveUsers } from "./active_users.ts";
import { retryingDeadlocks } from "./deadlocks.ts";
import { missingTableError } from "./errors.ts";
import type { EngineParts } from "./parts.ts";
import type { SqlValue } from "./pool.ts";

/** Nothing writes another status (docs/spec/storage.md 2.12). */
const STATUS_WAITING = 0;

/** In IMTransmitFile, which the original uses and its script forgets: a migration makes it. */
export class MysqlOfflineFiles implements OfflineFileStore {
  readonly #master: EngineParts["master"];
  readonly #activeUsers: ActiveUsers;

  constructor({ master }: Pick<EngineParts, "master">, activeUsers: ActiveUsers) {
    this.#master = master;
    this.#activeUsers = activeUsers;
  }

  async add(
    { fromId, toId, taskId, fileName, size }: OfflineFile,
    now: number,
  ): Promise<boolean> {
    if ((await this.#activeUsers.among([toId])).length === 0) return false;
    await this.#write(
      `INSERT INTO IMTransmitFile (fromId, toId, fileName, size, taskId, status, created, updated)
       SELECT ?, ?, ?, ?, ?, ?, ?, ? FROM DUAL WHERE NOT EXISTS (
         SELECT 1 FROM IMTransmitFile WHERE taskId = ? AND fromId = ? AND toId = ?)`,
      [fromId, toId, fileName, size, taskId, STATUS_WAITING, now, now, taskId, fromId, toId],
    );
    return true;
  }

  async waitingFor(userId: number, limit: number): Promise<readonly OfflineFile[]> {
    try {
      return await this.#master.rows<OfflineFile>(
        `SELECT fromId, toId, taskId, fileName, size FROM IMTransmitFile
         WHERE toId = ? AND status = ? ORDER BY created, id LIMIT ?`,
        [userId, STATUS_WAITING, limit],
      );
    } catch (error) {
      throw missingTableError("IMTransmitFile", error);
    }
  }

  async remove(
    { fromId, toId, taskId }: Pick<OfflineFile, "fromId" | "toId" | "taskId">,
  ): Promise<boolean> {
    const removed = await this.#write(
      "DELETE FROM IMTransmitFile WHERE taskId = ? AND fromId = ? AND toId = ?",
      [taskId, fromId, toId],
    );
    return removed > 0;
  }

  /** Number of rows written. Without an index on the task two writers may meet. */
  async #write(sql: string, values: readonly SqlValue[]): Promise<number> {
    try {
      const { affectedRows } = await retryingDeadlocks(() => this.#master.run(sql, values));
      return affectedRows;
    } catch (error) {
      throw missingTableError("IMTransmitFile", error);
    }
  }
}
