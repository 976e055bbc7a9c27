import { ok, refused, type Result } from "../../../result.ts";
import { containing, idIn } from "../../like_pattern.ts";
import type { GroupAdmin, GroupQuery, GroupSummary, Page } from "../../management.ts";
import { assignments, Filter } from "./filters.ts";
import type { ManagementParts } from "./mod.ts";

const COLUMNS = "id, name, avatar, creator, type, version, lastChated, updated, created";
const MEMBER_COUNT = `(
    SELECT count(DISTINCT m.userId) FROM IMGroupMember m WHERE m.groupId = g.id AND m.status = 0
  ) AS memberCount`;

export class MysqlGroupAdmin implements GroupAdmin {
  readonly #parts: ManagementParts;

  constructor(parts: ManagementParts) {
    this.#parts = parts;
  }

  /** Members are counted for the rows of the page only, hence the two steps. */
  async list(query: GroupQuery): Promise<Page<GroupSummary>> {
    const { master } = this.#parts;
    const filter = filterOf(query);
    const order = `${query.sort} ${query.order}, id`;
    const [count, rows] = await Promise.all([
      master.row<{ total: number }>(
        `SELECT count(*) AS total FROM IMGroup WHERE ${filter.sql}`,
        filter.values,
      ),
      master.rows<GroupSummary>(
        `SELECT ${COLUMNS}, ${MEMBER_COUNT} FROM (
           SELECT ${COLUMNS} FROM IMGroup WHERE ${filter.sql} ORDER BY ${order} LIMIT ? OFFSET ?
         ) g ORDER BY ${order}`,
        [...filter.values, query.limit, query.offset],
      ),
    ]);
    return { total: count!.total, rows };
  }

  byId(id: number): Promise<GroupSummary | null> {
    return this.#parts.master.row<GroupSummary>(
      `SELECT ${COLUMNS}, ${MEMBER_COUNT} FROM IMGroup g WHERE id = ? AND status = 0`,
      [id],
    );
  }

  async update(
    id: number,
    { name, avatar, creator }: { name?: string; avatar?: string; creator?: number },
  ): Promise<Result<null, "unknown_group" | "unknown_user">> {
    const { activeUsers, master } = this.#parts;
    const isKnown = creator === undefined || (await activeUsers.among([creator])).length > 0;
    if (!isKnown) {
      return refused(await this.byId(id) === null ? "unknown_group" : "unknown_user");
    }
    const fields = assignments({ name, avatar, creator });
    const { affectedRows } = await master.run(
      `UPDATE IMGroup SET version = version + 1${fields === null ? "" : `, ${fields.sql}`}
       WHERE id = ? AND status = 0`,
      [...(fields?.values ?? []), id],
    );
    return affectedRows === 0 ? refused("unknown_group") : ok(null);
  }

  /**
   * Members leave as they do one by one, then the group is closed, then whoever came in between
   * leaves too: a closed group takes nobody.
   */
  async dismiss(
    id: number,
    now: number,
  ): Promise<Result<readonly number[], "unknown_group">> {
    const { groupMembers, master, memberships } = this.#parts;
    if (await this.byId(id) === null) return refused("unknown_group");
    const members = [...(await memberships.members(id))?.keys() ?? []].sort((a, b) => a - b);
    await groupMembers.remove({ groupId: id, userIds: members, now });
    const { affectedRows } = await master.run(
      "UPDATE IMGroup SET status = 1, version = version + 1, userCnt = 0 WHERE id = ? AND status = 0",
      [id],
    );
    if (affectedRows === 0) return refused("unknown_group");
    await master.run("UPDATE IMGroupMember SET status = 1 WHERE groupId = ? AND status = 0", [id]);
    await groupMembers.inRedis(id, async () => void await memberships.renew(id));
    return ok(members);
  }
}

function filterOf({ search, type, memberId }: GroupQuery): Filter {
  const filter = new Filter().add("status = 0");
  if (search !== "") {
    filter.add("(id = ? OR lower(name) LIKE ?)", idIn(search), containing(search.toLowerCase()));
  }
  if (type !== null) filter.add("type = ?", type);
  if (memberId !== null) {
    filter.add(
      "id IN (SELECT groupId FROM IMGroupMember WHERE userId = ? AND status = 0)",
      memberId,
    );
  }
  return filter;
}
