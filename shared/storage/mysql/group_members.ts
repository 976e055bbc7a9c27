/**
 * Joining and leaving. MySQL is written first, in one transaction; Redis follows
 * (docs/spec/pitfalls.md P-GRP7, P-GRP9). When Redis cannot follow, the group's hash is made anew
 * from MySQL as soon as Redis can be written to again; asking once more for a change that is made
 * already does so, too.
 */
import type { Timer } from "../../clock.ts";
import { SESSION_TYPE_GROUP } from "../../../proto/ids.ts";
import type { MemberChange } from "../types.ts";
import type { ActiveUsers } from "./active_users.ts";
import type { GroupCounts } from "./group_counts.ts";
import { retryingDeadlocks } from "./deadlocks.ts";
import { idChunks } from "./id_lists.ts";
import type { Memberships } from "./memberships.ts";
import type { EngineParts } from "./parts.ts";
import type { Transaction } from "./pool.ts";

/** How often Redis is tried while a group's hash is not what MySQL says, in milliseconds. */
const MEND_MS = 5000;

export interface GroupMemberParts extends Pick<EngineParts, "master" | "redis" | "clock" | "log"> {
  readonly activeUsers: ActiveUsers;
  readonly memberships: Memberships;
  readonly counts: GroupCounts;
}

export class GroupMembers {
  readonly #parts: GroupMemberParts;
  /** Groups whose hash in Redis is not what MySQL says. */
  readonly #stale = new Set<number>();
  #retry: Timer | null = null;
  #mending: Promise<void> | null = null;
  #isClosed = false;

  constructor(parts: GroupMemberParts) {
    this.#parts = parts;
  }

  /** Groups that are still stale are mended when their members next change, or by hand. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#retry?.cancel();
    await this.#mending;
  }

  /** Those who joined: neither members yet nor unknown nor gone; ascending. */
  async add({ groupId, userIds, now }: MemberChange): Promise<readonly number[]> {
    const { activeUsers, memberships } = this.#parts;
    const active = await activeUsers.among(userIds);
    const added = await this.#change(groupId, active, async (tx, present) => {
      const joining = active.filter((userId) => !present.has(userId));
      await this.#join(tx, { groupId, userIds: joining, now });
      return joining;
    });
    // First what they have seen: a newcomer has nothing to read.
    await this.#seen(groupId, added);
    await this.inRedis(groupId, () => memberships.sync(groupId, active));
    return added;
  }

  async remove({ groupId, userIds, now }: MemberChange): Promise<void> {
    const removed = await this.#change(groupId, userIds, async (tx, present) => {
      const leaving = userIds.filter((userId) => present.has(userId));
      for (const ids of idChunks(leaving)) {
        await tx.run(
          "UPDATE IMGroupMember SET status = 1 WHERE groupId = ? AND userId IN (?)",
          [groupId, ids],
        );
        await tx.run(
          `UPDATE IMRecentSession SET status = 1, updated = GREATEST(updated, ?)
           WHERE userId IN (?) AND peerId = ? AND type = ?`,
          [now, ids, groupId, SESSION_TYPE_GROUP],
        );
      }
      return leaving;
    });
    await this.inRedis(groupId, () => this.#parts.memberships.sync(groupId, userIds));
    await this.#seen(groupId, removed);
  }

  /** Rows of people who have none. */
  async insert(tx: Transaction, { groupId, userIds, now }: MemberChange): Promise<void> {
    for (const ids of idChunks(userIds)) {
      const rows = ids.map((userId) => `(${groupId},${userId},0,${now},${now})`);
      await tx.run(
        `INSERT INTO IMGroupMember (groupId, userId, status, created, updated)
         VALUES ${rows.join(",")}`,
      );
    }
  }

  /** Lets Redis follow; the change is made already, so that it fails here changes nothing. */
  async inRedis(groupId: number, write: () => Promise<void>): Promise<void> {
    try {
      await write();
    } catch (error) {
      this.#stale.add(groupId);
      this.#parts.log.warn("members of a group wait for Redis", { groupId, reason: String(error) });
      this.#mendLater();
    }
  }

  /** The counters are in a pool of their own: who is a member does not wait for it. */
  async #seen(groupId: number, userIds: readonly number[]): Promise<void> {
    if (userIds.length === 0) return;
    try {
      await this.#parts.counts.seen(groupId, userIds);
    } catch (error) {
      const reason = String(error);
      this.#parts.log.warn("unread counters of members are off", { groupId, userIds, reason });
    }
  }

  /**
   * A change of members in a transaction that holds the group's row, so that nobody else changes them
   * and rows are read without locks: locked gaps reach into the neighbouring groups. `make` gets who of
   * the users is a member now, and returns whom it changed: with somebody, the group has a new version.
   */
  #change(
    groupId: number,
    userIds: readonly number[],
    make: (tx: Transaction, present: ReadonlySet<number>) => Promise<readonly number[]>,
  ): Promise<readonly number[]> {
    return retryingDeadlocks(() =>
      this.#parts.master.transaction(async (tx) => {
        const group = await tx.row<{ status: number }>(
          "SELECT status FROM IMGroup WHERE id = ? FOR UPDATE",
          [groupId],
        );
        if (group?.status !== 0 || userIds.length === 0) return [];
        const changed = await make(tx, await this.#present(tx, groupId, userIds));
        if (changed.length > 0) {
          await tx.run(
            `UPDATE IMGroup SET version = version + 1, userCnt = (
               SELECT COUNT(DISTINCT userId) FROM IMGroupMember WHERE groupId = ? AND status = 0)
             WHERE id = ?`,
            [groupId, groupId],
          );
        }
        return changed;
      })
    );
  }

  async #present(
    tx: Transaction,
    groupId: number,
    userIds: readonly number[],
  ): Promise<ReadonlySet<number>> {
    const present = new Set<number>();
    for (const ids of idChunks(userIds)) {
      const rows = await tx.rows<{ userId: number }>(
        `SELECT userId FROM IMGroupMember
         WHERE groupId = ? AND userId IN (?) AND status = 0`,
        [groupId, ids],
      );
      for (const { userId } of rows) present.add(userId);
    }
    return present;
  }

  /** Rows of people who were members before are theirs again; the others get new ones. */
  async #join(tx: Transaction, { groupId, userIds, now }: MemberChange): Promise<void> {
    const returning = new Set<number>();
    for (const ids of idChunks(userIds)) {
      const rows = await tx.rows<{ userId: number }>(
        "SELECT userId FROM IMGroupMember WHERE groupId = ? AND userId IN (?)",
        [groupId, ids],
      );
      for (const { userId } of rows) returning.add(userId);
    }
    for (const ids of idChunks([...returning])) {
      await tx.run(
        "UPDATE IMGroupMember SET status = 0, updated = ? WHERE groupId = ? AND userId IN (?)",
        [now, groupId, ids],
      );
    }
    const newcomers = userIds.filter((userId) => !returning.has(userId));
    await this.insert(tx, { groupId, userIds: newcomers, now });
  }

  #mendLater(): void {
    if (this.#isClosed || this.#retry !== null) return;
    this.#retry = this.#parts.clock.after(MEND_MS, () => {
      this.#mending = this.#mend();
    });
  }

  async #mend(): Promise<void> {
    for (const groupId of [...this.#stale]) {
      try {
        await this.#parts.memberships.renew(groupId);
        this.#stale.delete(groupId);
      } catch {
        // Told when it began.
        break;
      }
    }
    this.#retry = null;
    if (this.#stale.size > 0) this.#mendLater();
  }
}
