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
import type { Database } from "./database.ts";
import { GroupMembers } from "./group_members.ts";
import { idChunks } from "./id_lists.ts";
import type { LiveGroups } from "./live_groups.ts";
import type { Statement } from "./statement.ts";

export interface GroupParts {
  readonly db: Database;
  readonly activeUsers: ActiveUsers;
  readonly liveGroups: LiveGroups;
}

export class SqliteGroups implements GroupStore {
  readonly #parts: GroupParts;
  readonly #members: GroupMembers;
  readonly #normalGroupsOf: Statement<GroupVersion>;
  readonly #byIds: Statement<GroupRow>;
  readonly #status: Statement<{ status: number }>;
  readonly #insert: Statement<object>;

  constructor(parts: GroupParts) {
    const { db, activeUsers } = parts;
    this.#parts = parts;
    this.#members = new GroupMembers(db, activeUsers);
    this.#normalGroupsOf = db.prepare(`
      SELECT g.id AS groupId, g.version
      FROM IMGroupMember m JOIN IMGroup g ON g.id = m.groupId
      WHERE m.userId = ? AND m.status = 0 AND g.status = 0 AND g.type = ${GROUP_TYPE_NORMAL}
      ORDER BY g.updated DESC, g.id`);
    this.#byIds = db.prepare(`
      SELECT id, name, avatar, creator, type, version, lastChated, updated FROM IMGroup
      WHERE id IN (SELECT value FROM json_each(?)) AND status = 0`);
    this.#status = db.prepare("SELECT status FROM IMGroup WHERE id = ?");
    this.#insert = db.prepare(`
      INSERT INTO IMGroup (id, name, avatar, creator, type, userCnt, updated, created)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7)`);
  }

  normalGroupsOf(userId: number): Promise<readonly GroupVersion[]> {
    return this.#parts.db.read(() => this.#normalGroupsOf.all(userId));
  }

  byIds(groupIds: readonly number[]): Promise<readonly GroupRow[]> {
    return this.#parts.db.read(() =>
      idChunks(groupIds)
        .flatMap((chunk) => this.#byIds.all(chunk))
        .sort((a, b) => b.updated - a.updated || a.id - b.id)
    );
  }

  members(groupId: number): Promise<Members | null> {
    return this.#parts.db.read(() => this.#parts.liveGroups.members(groupId));
  }

  create(
    group: NewGroup,
  ): Promise<Result<{ groupId: number; members: readonly number[] }, "no_members" | "exists">> {
    return this.#parts.db.write(() => {
      const { id, name, avatar, creator, type, created } = group;
      const members = this.#parts.activeUsers.among(group.members);
      if (members.length === 0) return refused("no_members");
      if (id !== undefined && this.#status.get(id) !== null) return refused("exists");
      const groupId = this.#insert.insert(
        id ?? null,
        name,
        avatar,
        creator,
        type,
        members.length,
        created,
      );
      for (const userId of members) this.#members.join({ groupId, userId, now: created });
      return ok({ groupId, members });
    });
  }

  addMembers(change: MemberChange): Promise<readonly number[]> {
    return this.#parts.db.write(() => {
      if (this.#status.get(change.groupId)?.status !== 0) return [];
      this.#parts.liveGroups.forgetGroup(change.groupId);
      return this.#members.add(change);
    });
  }

  removeMembers(change: MemberChange): Promise<void> {
    return this.#parts.db.write(() => {
      this.#parts.liveGroups.forgetGroup(change.groupId);
      this.#members.remove(change);
    });
  }
}
