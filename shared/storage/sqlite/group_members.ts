/** Joining and leaving: the rows of IMGroupMember. Every change is one new version of the group. */
import type { ActiveUsers } from "./active_users.ts";
import type { Database } from "./database.ts";
import { idChunks } from "./id_lists.ts";
import type { Statement } from "./statement.ts";

export interface Change {
  readonly groupId: number;
  readonly userIds: readonly number[];
  readonly now: number;
}

export class GroupMembers {
  readonly #activeUsers: ActiveUsers;
  readonly #among: Statement<{ userId: number }>;
  readonly #join: Statement<object>;
  readonly #leave: Statement<object>;
  readonly #newVersion: Statement<object>;

  constructor(db: Database, activeUsers: ActiveUsers) {
    this.#activeUsers = activeUsers;
    this.#among = db.prepare(`
      SELECT userId FROM IMGroupMember
      WHERE groupId = ? AND userId IN (SELECT value FROM json_each(?)) AND status = 0`);
    // joinMsgId: history is searched by it first, so that a newcomer's short page does not read the
    // whole group. It ends where messages older than the join begin.
    this.#join = db.prepare(`
      INSERT INTO IMGroupMember (groupId, userId, created, updated, joinMsgId, seenMsgId)
      SELECT id, ?2, ?3, ?3, coalesce((
          SELECT msgId FROM IMGroupMessage WHERE groupId = ?1 AND created < ?3
          ORDER BY msgId DESC LIMIT 1
        ), 0), lastMsgId
      FROM IMGroup WHERE id = ?1
      ON CONFLICT (groupId, userId) DO UPDATE SET status = 0, updated = excluded.updated,
        joinMsgId = excluded.joinMsgId, seenMsgId = excluded.seenMsgId`);
    this.#leave = db.prepare(`
      UPDATE IMGroupMember SET status = 1, hiddenMsgId = g.lastMsgId, seenMsgId = g.lastMsgId
      FROM IMGroup g
      WHERE g.id = groupId AND groupId = ?1 AND userId = ?2`);
    this.#newVersion = db.prepare(`
      UPDATE IMGroup SET version = version + 1, userCnt = userCnt + ? WHERE id = ?`);
  }

  /** Those who joined: neither members yet nor unknown nor gone; ascending. */
  add({ groupId, userIds, now }: Change): number[] {
    const present = new Set(this.#members(groupId, userIds));
    const added = this.#activeUsers.among(userIds).filter((userId) => !present.has(userId));
    for (const userId of added) this.join({ groupId, userId, now });
    if (added.length > 0) this.#newVersion.run(added.length, groupId);
    return added;
  }

  remove({ groupId, userIds }: Change): void {
    const removed = this.#members(groupId, userIds);
    for (const userId of removed) this.#leave.run(groupId, userId);
    if (removed.length > 0) this.#newVersion.run(-removed.length, groupId);
  }

  join({ groupId, userId, now }: { groupId: number; userId: number; now: number }): void {
    this.#join.run(groupId, userId, now);
  }

  #members(groupId: number, userIds: readonly number[]): number[] {
    return idChunks(userIds).flatMap((chunk) =>
      this.#among.all(groupId, chunk).map(({ userId }) => userId)
    );
  }
}
