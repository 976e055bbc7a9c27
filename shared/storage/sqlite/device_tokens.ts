import type { DeviceToken, DeviceTokenStore, PushTarget } from "../types.ts";
import type { Database } from "./database.ts";
import { idChunks } from "./id_lists.ts";
import type { Statement } from "./statement.ts";

export class SqliteDeviceTokens implements DeviceTokenStore {
  readonly #db: Database;
  readonly #put: Statement<object>;
  readonly #erase: Statement<object>;
  readonly #of: Statement<PushTarget>;

  constructor(db: Database) {
    this.#db = db;
    // REPLACE: the user's former token goes, and so does this token's row of another user.
    this.#put = db.prepare(`
      INSERT OR REPLACE INTO DeviceToken (userId, clientType, token)
      SELECT id, ?2, ?3 FROM IMUser WHERE id = ?1`);
    this.#erase = db.prepare("DELETE FROM DeviceToken WHERE userId = ?");
    this.#of = db.prepare(`
      SELECT t.userId, t.clientType, t.token, u.push_shield_status
      FROM DeviceToken t JOIN IMUser u ON u.id = t.userId
      WHERE t.userId IN (SELECT value FROM json_each(?))`);
  }

  put({ userId, clientType, token }: DeviceToken): Promise<void> {
    return this.#db.write(() => void this.#put.run(userId, clientType, token));
  }

  erase(userId: number): Promise<void> {
    return this.#db.write(() => void this.#erase.run(userId));
  }

  of(userIds: readonly number[]): Promise<readonly PushTarget[]> {
    return this.#db.read(() =>
      idChunks(userIds)
        .flatMap((chunk) => this.#of.all(chunk))
        .sort((a, b) => String(a.userId) < String(b.userId) ? -1 : 1)
    );
  }
}
