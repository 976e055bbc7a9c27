import type { ProfileChange, ProfileStore } from "../types.ts";
import { LastUserUpdate } from "./last_user_update.ts";
import type { EngineParts } from "./parts.ts";

type Column = "sign_info" | "avatar" | "push_shield_status";

export class MysqlProfiles implements ProfileStore {
  readonly #master: EngineParts["master"];
  readonly #lastUpdate: LastUserUpdate;

  constructor(parts: Pick<EngineParts, "master" | "redis" | "clock">) {
    this.#master = parts.master;
    this.#lastUpdate = new LastUserUpdate(parts);
  }

  setSignInfo(change: ProfileChange<string>): Promise<boolean> {
    return this.#setSeenByOthers("sign_info", change);
  }

  setAvatar(change: ProfileChange<string>): Promise<boolean> {
    return this.#setSeenByOthers("avatar", change);
  }

  setPushShield(change: ProfileChange<number>): Promise<boolean> {
    return this.#set("push_shield_status", change);
  }

  async pushShield(userId: number): Promise<number | null> {
    const row = await this.#master.row<{ push_shield_status: number }>(
      "SELECT push_shield_status FROM IMUser WHERE id = ?",
      [userId],
    );
    return row?.push_shield_status ?? null;
  }

  /**
   * Clients remember the newest `updated` they have seen and ask again only when U is greater: the
   * row gets at least that time, and U more. Thus the row is among those they are then sent, also if
   * they had been up to date in this second, or the clock was set back.
   *
   * U moves first, so that without Redis nothing has changed; moving for nothing does no harm. Who
   * changed another user meanwhile may have given that row a later time, and clients may have seen
   * it: then this row gets it too.
   */
  async #setSeenByOthers(column: Column, change: ProfileChange<string>): Promise<boolean> {
    let newest = await this.#newestUpdate(change.userId);
    while (newest !== null) {
      const time = Math.max(change.now, newest);
      await this.#lastUpdate.advanceTo(Math.max(time, newest + 1));
      if (!await this.#set(column, { ...change, now: time })) return false;
      newest = await this.#newestUpdate(change.userId);
      if (newest !== null && newest <= time) return true;
    }
    return false;
  }

  /** The newest `updated` of all users; `null` when this one does not exist. */
  async #newestUpdate(userId: number): Promise<number | null> {
    const row = await this.#master.row<{ newest: number }>(
      "SELECT (SELECT max(updated) FROM IMUser) AS newest FROM IMUser WHERE id = ?",
      [userId],
    );
    return row?.newest ?? null;
  }

  /** The connection counts rows that were found, not rows that changed (pitfalls.md P-DB2). */
  async #set(
    column: Column,
    { userId, value, now }: ProfileChange<string | number>,
  ): Promise<boolean> {
    const { affectedRows } = await this.#master.run(
      `UPDATE IMUser SET ${column} = ?, updated = greatest(updated, ?) WHERE id = ?`,
      [value, now, userId],
    );
    return affectedRows > 0;
  }
}
