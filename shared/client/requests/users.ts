/** Users and departments (docs/spec/flows.md 5, 14). */
import {
  CID_BUDDY_LIST_ALL_USER_REQUEST,
  CID_BUDDY_LIST_ALL_USER_RESPONSE,
  CID_BUDDY_LIST_CHANGE_AVATAR_REQUEST,
  CID_BUDDY_LIST_CHANGE_AVATAR_RESPONSE,
  CID_BUDDY_LIST_CHANGE_SIGN_INFO_REQUEST,
  CID_BUDDY_LIST_CHANGE_SIGN_INFO_RESPONSE,
  CID_BUDDY_LIST_DEPARTMENT_REQUEST,
  CID_BUDDY_LIST_DEPARTMENT_RESPONSE,
  CID_BUDDY_LIST_USER_INFO_REQUEST,
  CID_BUDDY_LIST_USER_INFO_RESPONSE,
  CID_BUDDY_LIST_USERS_STATUS_REQUEST,
  CID_BUDDY_LIST_USERS_STATUS_RESPONSE,
  IMAllUserReq,
  IMAllUserRsp,
  IMChangeAvatarReq,
  IMChangeAvatarRsp,
  IMChangeSignInfoReq,
  IMChangeSignInfoRsp,
  IMDepartmentReq,
  IMDepartmentRsp,
  IMUsersInfoReq,
  IMUsersInfoRsp,
  IMUsersStatReq,
  IMUsersStatRsp,
} from "../../../proto/mod.ts";
import type { Requester } from "../exchange.ts";

export type UserRequests = ReturnType<typeof userRequests>;

export function userRequests(client: Requester) {
  return {
    ...directory(client),
    /** Changes the own signature. */
    changeSignInfo: (signInfo: string) =>
      client.request({
        id: CID_BUDDY_LIST_CHANGE_SIGN_INFO_REQUEST,
        request: IMChangeSignInfoReq,
        replyId: CID_BUDDY_LIST_CHANGE_SIGN_INFO_RESPONSE,
        reply: IMChangeSignInfoRsp,
      }, { user_id: client.userId, sign_info: signInfo }),
    /** Changes the own avatar. */
    changeAvatar: (avatarUrl: string) =>
      client.request({
        id: CID_BUDDY_LIST_CHANGE_AVATAR_REQUEST,
        request: IMChangeAvatarReq,
        replyId: CID_BUDDY_LIST_CHANGE_AVATAR_RESPONSE,
        reply: IMChangeAvatarRsp,
      }, { user_id: client.userId, avatar_url: avatarUrl }),
  };
}

function directory(client: Requester) {
  return {
    /** Users changed at or after `latestUpdateTime` (0 = all), joined when the answer was split. */
    async allUsers(latestUpdateTime = 0): Promise<IMAllUserRsp> {
      const parts = await client.requestParts({
        id: CID_BUDDY_LIST_ALL_USER_REQUEST,
        request: IMAllUserReq,
        replyId: CID_BUDDY_LIST_ALL_USER_RESPONSE,
        reply: IMAllUserRsp,
      }, { user_id: client.userId, latest_update_time: latestUpdateTime });
      // All parts but the last carry the time of the request.
      return { ...parts.at(-1)!, user_list: parts.flatMap((part) => part.user_list) };
    },
    usersInfo: (userIds: readonly number[]) =>
      client.request({
        id: CID_BUDDY_LIST_USER_INFO_REQUEST,
        request: IMUsersInfoReq,
        replyId: CID_BUDDY_LIST_USER_INFO_RESPONSE,
        reply: IMUsersInfoRsp,
      }, { user_id: client.userId, user_id_list: userIds }),
    usersStatus: (userIds: readonly number[]) =>
      client.request({
        id: CID_BUDDY_LIST_USERS_STATUS_REQUEST,
        request: IMUsersStatReq,
        replyId: CID_BUDDY_LIST_USERS_STATUS_RESPONSE,
        reply: IMUsersStatRsp,
      }, { user_id: client.userId, user_id_list: userIds }),
    /** Departments changed after `latestUpdateTime` (0 = all). */
    departments: (latestUpdateTime = 0) =>
      client.request({
        id: CID_BUDDY_LIST_DEPARTMENT_REQUEST,
        request: IMDepartmentReq,
        replyId: CID_BUDDY_LIST_DEPARTMENT_RESPONSE,
        reply: IMDepartmentRsp,
      }, { user_id: client.userId, latest_update_time: latestUpdateTime }),
  };
}
