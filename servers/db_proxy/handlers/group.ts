/** Groups and their members (docs/spec/flows.md 16). */
import {
  GROUP_MODIFY_TYPE_ADD,
  GROUP_TYPE_TMP,
  type GroupInfoInit,
  type GroupType,
  type IMGroupChangeMemberReq,
  type IMGroupChangeMemberRspInit,
  type IMGroupCreateReq,
  type IMGroupCreateRspInit,
  type IMGroupInfoListReq,
  type IMGroupInfoListRspInit,
  type IMGroupShieldReq,
  type IMGroupShieldRspInit,
  type IMNormalGroupListReq,
  type IMNormalGroupListRspInit,
} from "../../../proto/mod.ts";
import { nowSec } from "../../../shared/clock.ts";
import type { GroupRow, Members } from "../../../shared/storage/types.ts";
import type { TaskCall } from "../services.ts";
import { sortedUnique } from "../state/text_order.ts";
import { MAX_ID_LIST, NO_ATTACH, RESULT_FAILED, RESULT_OK } from "./answers.ts";
import { isIntactText } from "./texts.ts";

/** Longest group name and avatar path, in characters: the width of the original's columns. */
const MAX_GROUP_TEXT_CHARS = 256;
/** The id http_msg_server acts with: it may change every group. */
const ADMINISTRATION_USER_ID = 0;
const SHIELD_OFF = 0;
const SHIELD_ON = 1;

/**
 * CID_GROUP_NORMAL_LIST_REQUEST, answered by CID_GROUP_NORMAL_LIST_RESPONSE: the user's permanent
 * groups; temporary ones are not listed.
 */
export async function groupList(
  call: TaskCall,
  request: IMNormalGroupListReq,
): Promise<IMNormalGroupListRspInit> {
  const versions = await call.from.services.storage.groups.normalGroupsOf(request.user_id);
  return {
    user_id: request.user_id,
    group_version_list: versions.map(({ groupId, version }) => ({ group_id: groupId, version })),
    attach_data: request.attach_data ?? NO_ATTACH,
  };
}

/**
 * CID_GROUP_INFO_REQUEST: groups that are newer than what the client has. Groups of which the
 * requester is no member are left out (docs/spec/pitfalls.md P-AUTH5).
 */
export async function groupInfos(
  call: TaskCall,
  request: IMGroupInfoListReq,
): Promise<IMGroupInfoListRspInit> {
  const { storage, memberLists } = call.from.services;
  const known = new Map<number, number>();
  for (const { group_id, version } of request.group_version_list.slice(0, MAX_ID_LIST)) {
    known.set(group_id, version);
  }
  const shielded = await storage.groupShields.shieldedBy(request.user_id, [...known.keys()]);
  const infos: GroupInfoInit[] = [];
  for (const row of await storage.groups.byIds([...known.keys()])) {
    if (row.version <= known.get(row.id)!) continue;
    const members = await storage.groups.members(row.id);
    if (members !== null && members.has(request.user_id)) {
      infos.push({
        ...groupInfo(row, memberLists.of(members)),
        // For the requester, so that a client knows it after a new installation (P-GRP4).
        shield_status: shielded.has(row.id) ? SHIELD_ON : SHIELD_OFF,
      });
    }
  }
  return {
    user_id: request.user_id,
    group_info_list: infos,
    attach_data: request.attach_data ?? NO_ATTACH,
  };
}

/**
 * CID_GROUP_CREATE_REQUEST, answered by CID_GROUP_CREATE_RESPONSE: makes a group of the listed
 * members; the creator is not added.
 */
export async function createGroup(
  call: TaskCall,
  request: IMGroupCreateReq,
): Promise<IMGroupCreateRspInit> {
  const isValid = request.group_name !== "" && request.member_id_list.length > 0 &&
    request.member_id_list.length <= MAX_ID_LIST &&
    isStorableText(request.group_name) && isStorableText(request.group_avatar);
  if (!isValid) return createGroupFailed(request);
  const { storage, clock } = call.from.services;
  const created = await storage.groups.create({
    name: request.group_name,
    avatar: request.group_avatar,
    creator: request.user_id,
    type: request.group_type,
    members: request.member_id_list,
    created: nowSec(clock),
  });
  if (!created.ok) return createGroupFailed(request);
  return {
    user_id: request.user_id,
    result_code: RESULT_OK,
    group_id: created.value.groupId,
    group_name: request.group_name,
    user_id_list: created.value.members,
    attach_data: request.attach_data ?? NO_ATTACH,
  };
}

/** Fits the column, and has no NUL, at which text columns would cut it. */
function isStorableText(text: string): boolean {
  return text.length <= MAX_GROUP_TEXT_CHARS && isIntactText(text);
}

/** The answer of a refused creation; it echoes the members (docs/spec/pitfalls.md Q-CREATE). */
export function createGroupFailed(request: IMGroupCreateReq): IMGroupCreateRspInit {
  return {
    user_id: request.user_id,
    result_code: RESULT_FAILED,
    group_name: request.group_name,
    user_id_list: sortedUnique(request.member_id_list),
    attach_data: request.attach_data ?? NO_ATTACH,
  };
}

/** CID_GROUP_CHANGE_MEMBER_REQUEST: adds or removes members. */
export async function changeMembers(
  call: TaskCall,
  request: IMGroupChangeMemberReq,
): Promise<IMGroupChangeMemberRspInit> {
  const { storage, clock, memberLists } = call.from.services;
  const [group] = await storage.groups.byIds([request.group_id]);
  const members = await storage.groups.members(request.group_id);
  if (
    group === undefined || request.member_id_list.length > MAX_ID_LIST ||
    !mayChange(group, members, request)
  ) return changeMembersFailed(request);

  const userIds = sortedUnique(request.member_id_list);
  const change = { groupId: group.id, userIds, now: nowSec(clock) };
  let changed: readonly number[] = userIds;
  if (request.change_type === GROUP_MODIFY_TYPE_ADD) {
    changed = await storage.groups.addMembers(change);
    if (changed.length === 0) return changeMembersFailed(request);
  } else if (userIds.length > 0) {
    await storage.groups.removeMembers(change);
  } else {
    // A removal of nobody succeeds with empty lists (docs/spec/flows.md 16).
    return changeMembersResult(request, RESULT_OK, { current: [], changed: [] });
  }
  const current = await storage.groups.members(group.id);
  return changeMembersResult(request, RESULT_OK, {
    current: current === null ? [] : memberLists.of(current),
    changed,
  });
}

/** The answer when the change is not allowed, changes nothing, or storage failed. */
export function changeMembersFailed(request: IMGroupChangeMemberReq): IMGroupChangeMemberRspInit {
  return changeMembersResult(request, RESULT_FAILED, { current: [], changed: [] });
}

/**
 * The administration may fill a group that has become empty; for everybody else there is none.
 * Adding: the creator, and any member of a temporary group (docs/spec/pitfalls.md P-AUTH5).
 * Removing: the creator, and oneself from a temporary group (P-GRP6).
 */
function mayChange(
  group: GroupRow,
  members: Members | null,
  request: IMGroupChangeMemberReq,
): boolean {
  const { user_id: userId } = request;
  if (userId === ADMINISTRATION_USER_ID) return true;
  if (members === null) return false;
  if (userId === group.creator) return true;
  if (group.type !== GROUP_TYPE_TMP || !members.has(userId)) return false;
  return request.change_type === GROUP_MODIFY_TYPE_ADD ||
    request.member_id_list.every((id) => id === userId);
}

function changeMembersResult(
  request: IMGroupChangeMemberReq,
  code: number,
  lists: { readonly current: readonly number[]; readonly changed: readonly number[] },
): IMGroupChangeMemberRspInit {
  return {
    user_id: request.user_id,
    change_type: request.change_type,
    result_code: code,
    group_id: request.group_id,
    cur_user_id_list: lists.current,
    chg_user_id_list: lists.changed,
    attach_data: request.attach_data ?? NO_ATTACH,
  };
}

/**
 * CID_GROUP_SHIELD_GROUP_REQUEST, answered by CID_GROUP_SHIELD_GROUP_RESPONSE: whether pushes of a
 * group's messages are held back.
 */
export async function shieldGroup(
  call: TaskCall,
  request: IMGroupShieldReq,
): Promise<IMGroupShieldRspInit> {
  const { user_id: userId, group_id: groupId, shield_status: status } = request;
  const done = (status === SHIELD_ON || status === SHIELD_OFF) &&
    await call.from.services.storage.groupShields.set({
      groupId,
      userId,
      isShielded: status === SHIELD_ON,
    });
  return shieldGroupResult(request, done ? RESULT_OK : RESULT_FAILED);
}

/** The answer when storage failed. */
export function shieldGroupFailed(request: IMGroupShieldReq): IMGroupShieldRspInit {
  return shieldGroupResult(request, RESULT_FAILED);
}

function shieldGroupResult(request: IMGroupShieldReq, code: number): IMGroupShieldRspInit {
  return {
    user_id: request.user_id,
    group_id: request.group_id,
    result_code: code,
    attach_data: request.attach_data ?? NO_ATTACH,
  };
}

function groupInfo(row: GroupRow, members: readonly number[]): GroupInfoInit {
  return {
    group_id: row.id,
    version: row.version,
    group_name: row.name,
    group_avatar: row.avatar,
    group_creator_id: row.creator,
    group_type: row.type as GroupType,
    shield_status: SHIELD_OFF,
    group_member_list: members,
  };
}
