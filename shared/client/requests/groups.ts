/** Groups (docs/spec/flows.md 16). */
import {
  CID_GROUP_CHANGE_MEMBER_REQUEST,
  CID_GROUP_CHANGE_MEMBER_RESPONSE,
  CID_GROUP_CREATE_REQUEST,
  CID_GROUP_CREATE_RESPONSE,
  CID_GROUP_INFO_REQUEST,
  CID_GROUP_INFO_RESPONSE,
  CID_GROUP_NORMAL_LIST_REQUEST,
  CID_GROUP_NORMAL_LIST_RESPONSE,
  CID_GROUP_SHIELD_GROUP_REQUEST,
  CID_GROUP_SHIELD_GROUP_RESPONSE,
  GROUP_TYPE_TMP,
  type GroupModifyType,
  type GroupType,
  type GroupVersionInfo,
  IMGroupChangeMemberReq,
  IMGroupChangeMemberRsp,
  IMGroupCreateReq,
  IMGroupCreateRsp,
  IMGroupInfoListReq,
  IMGroupInfoListRsp,
  IMGroupShieldReq,
  IMGroupShieldRsp,
  IMNormalGroupListReq,
  IMNormalGroupListRsp,
} from "../../../proto/mod.ts";
import type { Requester } from "../exchange.ts";

export interface NewGroup {
  readonly name: string;
  /** The creator is a member only when listed. */
  readonly members: readonly number[];
  readonly avatar?: string;
  /** Servers accept GROUP_TYPE_TMP, the default, only. */
  readonly type?: GroupType;
}

export interface MemberChange {
  readonly group_id: number;
  readonly change_type: GroupModifyType;
  readonly member_id_list: readonly number[];
}

export type GroupRequests = ReturnType<typeof groupRequests>;

export function groupRequests(client: Requester) {
  return {
    ...groupLists(client),
    createGroup: (group: NewGroup) =>
      client.request({
        id: CID_GROUP_CREATE_REQUEST,
        request: IMGroupCreateReq,
        replyId: CID_GROUP_CREATE_RESPONSE,
        reply: IMGroupCreateRsp,
      }, {
        user_id: client.userId,
        group_type: group.type ?? GROUP_TYPE_TMP,
        group_name: group.name,
        group_avatar: group.avatar ?? "",
        member_id_list: group.members,
      }),
    changeMembers: ({ group_id, change_type, member_id_list }: MemberChange) =>
      client.request({
        id: CID_GROUP_CHANGE_MEMBER_REQUEST,
        request: IMGroupChangeMemberReq,
        replyId: CID_GROUP_CHANGE_MEMBER_RESPONSE,
        reply: IMGroupChangeMemberRsp,
      }, { user_id: client.userId, group_id, change_type, member_id_list }),
    /** Whether messages of a group are pushed to this user's mobile: 1 not, 0 yes. */
    shieldGroup: (groupId: number, shieldStatus: 0 | 1) =>
      client.request({
        id: CID_GROUP_SHIELD_GROUP_REQUEST,
        request: IMGroupShieldReq,
        replyId: CID_GROUP_SHIELD_GROUP_RESPONSE,
        reply: IMGroupShieldRsp,
      }, { user_id: client.userId, group_id: groupId, shield_status: shieldStatus }),
  };
}

function groupLists(client: Requester) {
  return {
    /** The user's normal groups; temporary ones are found among the recent sessions. */
    groupList: () =>
      client.request({
        id: CID_GROUP_NORMAL_LIST_REQUEST,
        request: IMNormalGroupListReq,
        replyId: CID_GROUP_NORMAL_LIST_RESPONSE,
        reply: IMNormalGroupListRsp,
      }, { user_id: client.userId }),
    /** Groups that are newer than the given version (0 = any), joined when the answer was split. */
    async groupInfo(groups: readonly GroupVersionInfo[]): Promise<IMGroupInfoListRsp> {
      const parts = await client.requestParts({
        id: CID_GROUP_INFO_REQUEST,
        request: IMGroupInfoListReq,
        replyId: CID_GROUP_INFO_RESPONSE,
        reply: IMGroupInfoListRsp,
      }, { user_id: client.userId, group_version_list: groups });
      return { ...parts.at(-1)!, group_info_list: parts.flatMap((part) => part.group_info_list) };
    },
  };
}
