/** Who can be written to: users that exist and have not left. */
import { LruMap } from "../../lru_map.ts";
import { USER_STATUS_LEFT } from "../types.ts";
import type { Database, Memory } from "./database.ts";
import { idChunks } from "./id_lists.ts";
import type { Statement } from "./statement.ts";

/**
 * Only "is active" is remembered, never "does not exist". A write that changes the status of a user
 * calls `forget`.
 */
export class ActiveUsers implements Memory {
  readonly #active: LruMap<number, true>;
  readonly #amongIds: Statement<{ id: number }>;

  constructor(db: Database, maxRemembered: number) {
    this.#active = new LruMap({ maxWeight: maxRemembered });
    this.#amongIds = db.prepare(`
      SELECT id FROM IMUser
      WHERE id IN (SELECT value FROM json_each(?)) AND status <> ${USER_STATUS_LEFT}
      ORDER BY id`);
    db.remember(this);
  }

  has(userId: number): boolean {
    if (this.#active.get(userId)) return true;
    const [found] = this.among([userId]);
    if (found === undefined) return false;
    this.#active.set(userId, true);
    return true;
  }

  /** The active ones of the given users, ascending. */
  among(userIds: readonly number[]): number[] {
    return idChunks(userIds).flatMap((chunk) => this.#amongIds.all(chunk).map(({ id }) => id));
  }

  /** Nothing is written late here. */
  flush(): void {}

  forget(): void {
    this.#active.clear();
  }
}
