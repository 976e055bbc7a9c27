import { GROUP_TYPE_NORMAL } from "../../../proto/ids.ts";
import { ok, refused, type Result } from "../../result.ts";
import type {
  GroupRow,
  GroupStore,
  GroupVersion,
  MemberChange,
  Members,
  NewGroup,
} from "../types.ts";
import type { ActiveUsers } from "./active_users.ts";
import type { GroupMembers } from "./group_members.ts";
import { retryingDeadlocks } from "./deadlocks.ts";
import { isDuplicate } from "./errors.ts";
import { idChunks } from "./id_lists.ts";
import type { Memberships } from "./memberships.ts";
import { counterKey, groupKey } from "./message_tables.ts";
import type { EngineParts } from "./parts.ts";
import type { Transaction } from "./pool.ts";

export interface GroupParts extends Pick<EngineParts, "master" | "redis"> {
  readonly activeUsers: ActiveUsers;
  readonly memberships: Memberships;
  readonly groupMembers: GroupMembers;
}

export class MysqlGroups implements GroupStore {
  readonly #parts: GroupParts;

  constructor(parts: GroupParts) {
    this.#parts = parts;
  }

  normalGroupsOf(userId: number): Promise<readonly GroupVersion[]> {
    return this.#parts.master.rows<GroupVersion>(
      `SELECT DISTINCT g.id AS groupId, g.version, g.updated
       FROM IMGroupMember m JOIN IMGroup g ON g.id = m.groupId
       WHERE m.userId = ? AND m.status = 0 AND g.status = 0 AND g.type = ?
       ORDER BY g.updated DESC, g.id`,
      [userId, GROUP_TYPE_NORMAL],
    ).then((rows) => rows.map(({ groupId, version }) => ({ groupId, version })));
  }

  async byIds(groupIds: readonly number[]): Promise<readonly GroupRow[]> {
    const groups: GroupRow[] = [];
    for (const ids of idChunks(groupIds)) {
      groups.push(
        ...await this.#parts.master.rows<GroupRow>(
          `SELECT id, name, avatar, creator, type, version, lastChated, updated
         FROM IMGroup WHERE id IN (?) AND status = 0`,
          [ids],
        ),
      );
    }
    return groups.sort((a, b) => b.updated - a.updated || a.id - b.id);
  }

  members(groupId: number): Promise<Members | null> {
    return this.#parts.memberships.members(groupId);
  }

  async create(
    group: NewGroup,
  ): Promise<Result<{ groupId: number; members: readonly number[] }, "no_members" | "exists">> {
    const { activeUsers, groupMembers, memberships, redis } = this.#parts;
    const members = await activeUsers.among(group.members);
    if (members.length === 0) return refused("no_members");
    const groupId = await this.#insert(group, members);
    if (groupId === null) return refused("exists");
    await groupMembers.inRedis(groupId, async () => {
      await memberships.sync(groupId, members);
      await redis.unread.pipeline([["set", counterKey(groupKey(groupId)), 0]]);
    });
    return ok({ groupId, members });
  }

  addMembers(change: MemberChange): Promise<readonly number[]> {
    return this.#parts.groupMembers.add(change);
  }

  removeMembers(change: MemberChange): Promise<void> {
    return this.#parts.groupMembers.remove(change);
  }

  /** The new group's id, or `null` when the wanted one is taken. */
  #insert(group: NewGroup, members: readonly number[]): Promise<number | null> {
    return retryingDeadlocks(() =>
      this.#parts.master.transaction(async (tx) => {
        const groupId = await insertRow(tx, group, members.length);
        if (groupId === null) return null;
        await clearLeftovers(tx, groupId);
        await this.#parts.groupMembers.insert(tx, {
          groupId,
          userIds: members,
          now: group.created,
        });
        return groupId;
      })
    );
  }
}

/**
 * The id of the new row, or `null` when the wanted one is taken: the primary key says so. Asking first
 * with a lock would lock the gap behind the last group, and two that made groups at the same time
 * would wait for each other.
 */
async function insertRow(
  tx: Transaction,
  { id, name, avatar, creator, type, created }: NewGroup,
  userCnt: number,
): Promise<number | null> {
  try {
    const { insertId } = await tx.run(
      `INSERT INTO IMGroup
         (id, name, avatar, creator, type, userCnt, status, version, lastChated, updated, created)
       VALUES (?, ?, ?, ?, ?, ?, 0, 1, 0, ?, ?)`,
      [id ?? null, name, avatar, creator, type, userCnt, created, created],
    );
    return id ?? insertId;
  } catch (error) {
    if (isDuplicate(error)) return null;
    throw error;
  }
}

/**
 * Members that an earlier group of this id may have left. Looked for without a lock, as a DELETE that
 * finds nothing locks the gap in which every new group's members go.
 */
async function clearLeftovers(tx: Transaction, groupId: number): Promise<void> {
  const left = await tx.row("SELECT 1 FROM IMGroupMember WHERE groupId = ? LIMIT 1", [groupId]);
  if (left !== null) await tx.run("DELETE FROM IMGroupMember WHERE groupId = ?", [groupId]);
}
