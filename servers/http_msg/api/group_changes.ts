/** Changing groups, and telling those whom it concerns. */
import {
  GROUP_MODIFY_TYPE_ADD,
  GROUP_MODIFY_TYPE_DEL,
  type GroupModifyType,
} from "../../../proto/mod.ts";
import { MEMBER_PAGE } from "../../../shared/management/fields.ts";
import { announceMembers } from "../announce_members.ts";
import { ApiError } from "../http/errors.ts";
import {
  ADMINISTRATION_USER_ID,
  askChangeMembers,
  askCreateGroup,
  type NewGroupRequest,
  RESULT_OK,
} from "../links/group_client.ts";
import { AskError } from "../links/pending_answers.ts";
import type { ApiServices } from "./call.ts";

/** Makes the group and tells its members. Its id. @throws {ApiError} */
export async function addGroup(services: ApiServices, request: NewGroupRequest): Promise<number> {
  const answer = await atStorage(() => askCreateGroup(services.db, request));
  if (answer.result_code !== RESULT_OK) {
    // Name and avatar were checked, so it is the members: none of them exists.
    throw new ApiError("unknown_user", {
      field: "member_ids",
      message: "None of them exists and has not left",
    });
  }
  const groupId = answer.group_id!;
  announceMembers(services.routes, {
    user_id: ADMINISTRATION_USER_ID,
    change_type: GROUP_MODIFY_TYPE_ADD,
    group_id: groupId,
    cur_user_id_list: answer.user_id_list,
    chg_user_id_list: answer.user_id_list,
  });
  return groupId;
}

/** @throws {ApiError} */
export async function changeGroupMembers(
  services: ApiServices,
  groupId: number,
  { add, remove }: { readonly add: readonly number[]; readonly remove: readonly number[] },
): Promise<{ added: number[]; removed: number[] }> {
  const before = new Set(await allMembers(services, groupId));
  const leaving = remove.filter((userId) => before.has(userId));
  const joining = add.filter((userId) => !before.has(userId));
  // Additions first: the original's db_proxy takes no changes of a group that became empty.
  const added = await change(services, { groupId, type: GROUP_MODIFY_TYPE_ADD, members: joining });
  const removed = await change(services, {
    groupId,
    type: GROUP_MODIFY_TYPE_DEL,
    members: leaving,
  });
  if (added.length + removed.length === 0) throw new ApiError("nothing_changed");
  return { added, removed };
}

/** Everybody in the group, by ascending id. @throws {ApiError} */
export async function allMembers({ manage }: ApiServices, groupId: number): Promise<number[]> {
  const ids: number[] = [];
  for (;;) {
    const paging = { offset: ids.length, limit: MEMBER_PAGE };
    const page = await manage.run("groups.members", { id: groupId, ...paging });
    ids.push(...(page?.rows ?? []).map(({ userId }) => userId));
    if (page === null || ids.length >= page.total || page.rows.length === 0) return ids;
  }
}

/** Who changed; nobody when db_proxy finds nothing to change. */
async function change(
  { db, routes }: ApiServices,
  request: {
    readonly groupId: number;
    readonly type: GroupModifyType;
    readonly members: readonly number[];
  },
): Promise<number[]> {
  if (request.members.length === 0) return [];
  const answer = await atStorage(() => askChangeMembers(db, request));
  if (answer.result_code !== RESULT_OK) return [];
  announceMembers(routes, answer);
  return answer.chg_user_id_list;
}

async function atStorage<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    throw error instanceof AskError ? new ApiError("storage_unavailable") : error;
  }
}
