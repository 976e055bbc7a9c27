import { ok, refused, type Result } from "../../../result.ts";
import { containing, idIn } from "../../like_pattern.ts";
import type { GroupAdmin, GroupQuery, GroupSummary, Page, SortOrder } from "../../management.ts";
import type { Statement, Value } from "../statement.ts";
import type { ManagementParts } from "./mod.ts";

const COLUMNS = "id, name, avatar, creator, type, version, lastChated, updated, created";

const MEMBER_COUNT = `(
    SELECT count(*) FROM IMGroupMember m WHERE m.groupId = g.id AND m.status = 0
  ) AS memberCount`;

const FILTER = `
  status = 0
  AND (?1 = '' OR id = ?2 OR name LIKE ?3 ESCAPE '\\')
  AND (?4 IS NULL OR type = ?4)
  AND (?5 IS NULL OR id IN (SELECT groupId FROM IMGroupMember WHERE userId = ?5 AND status = 0))`;

export class SqliteGroupAdmin implements GroupAdmin {
  readonly #parts: ManagementParts;
  readonly #count: Statement<{ count: number }>;
  /** One per column and direction, made when it is first asked for. */
  readonly #lists = new Map<string, Statement<GroupSummary>>();
  readonly #byId: Statement<GroupSummary>;
  readonly #find: Statement<{ id: number }>;
  readonly #update: Statement<object>;
  readonly #members: Statement<{ userId: number }>;
  readonly #close: Statement<object>;
  readonly #leave: Statement<object>;

  constructor(parts: ManagementParts) {
    const { db } = parts;
    this.#parts = parts;
    this.#count = db.prepare(`SELECT count(*) AS count FROM IMGroup WHERE ${FILTER}`);
    this.#byId = db.prepare(`
      SELECT ${COLUMNS}, ${MEMBER_COUNT} FROM IMGroup g WHERE id = ? AND status = 0`);
    this.#find = db.prepare("SELECT id FROM IMGroup WHERE id = ? AND status = 0");
    this.#update = db.prepare(`
      UPDATE IMGroup SET version = version + 1, name = coalesce(?2, name),
        avatar = coalesce(?3, avatar), creator = coalesce(?4, creator)
      WHERE id = ?1`);
    this.#members = db.prepare(`
      SELECT userId FROM IMGroupMember WHERE groupId = ? AND status = 0 ORDER BY userId`);
    this.#close = db.prepare(`
      UPDATE IMGroup SET status = 1, version = version + 1, userCnt = 0 WHERE id = ?`);
    this.#leave = db.prepare(`
      UPDATE IMGroupMember SET status = 1, hiddenMsgId = g.lastMsgId, seenMsgId = g.lastMsgId
      FROM IMGroup g WHERE g.id = groupId AND groupId = ? AND IMGroupMember.status = 0`);
  }

  list(query: GroupQuery): Promise<Page<GroupSummary>> {
    const filter: Value[] = [
      query.search,
      idIn(query.search),
      containing(query.search),
      query.type,
      query.memberId,
    ];
    return this.#parts.db.read(() => ({
      total: this.#count.get(...filter)!.count,
      rows: this.#list(query.sort, query.order).all(...filter, query.limit, query.offset),
    }));
  }

  byId(id: number): Promise<GroupSummary | null> {
    return this.#parts.db.read(() => this.#byId.get(id));
  }

  update(
    id: number,
    { name, avatar, creator }: { name?: string; avatar?: string; creator?: number },
  ): Promise<Result<null, "unknown_group" | "unknown_user">> {
    return this.#parts.db.write(() => {
      if (this.#find.get(id) === null) return refused("unknown_group");
      if (creator !== undefined && !this.#parts.activeUsers.has(creator)) {
        return refused("unknown_user");
      }
      this.#update.run(id, name ?? null, avatar ?? null, creator ?? null);
      return ok(null);
    });
  }

  dismiss(id: number, _now: number): Promise<Result<readonly number[], "unknown_group">> {
    return this.#parts.db.write(() => {
      if (this.#find.get(id) === null) return refused("unknown_group");
      const members = this.#members.all(id).map(({ userId }) => userId);
      this.#leave.run(id);
      this.#close.run(id);
      this.#parts.liveGroups.forgetGroup(id);
      return ok(members);
    });
  }

  /** Members are counted for the rows of the page only, hence the two steps. */
  #list(sort: string, order: SortOrder): Statement<GroupSummary> {
    const key = `${sort} ${order}`;
    let statement = this.#lists.get(key);
    if (statement === undefined) {
      statement = this.#parts.db.prepare(`
        SELECT ${COLUMNS}, ${MEMBER_COUNT} FROM (
          SELECT ${COLUMNS} FROM IMGroup WHERE ${FILTER} ORDER BY ${key}, id LIMIT ?6 OFFSET ?7
        ) g ORDER BY ${key}, id`);
      this.#lists.set(key, statement);
    }
    return statement;
  }
}
