/**
 * Every command db_proxy_server answers. Requests come from msg_server and http_msg_server only, so
 * all of them need a server link.
 *
 * A change that storage could not make is answered with its failure result. A list that could not be
 * read is not answered: an empty one would be taken for the truth, without an answer the client asks
 * again.
 */
import {
  CID_BUDDY_LIST_ALL_USER_REQUEST,
  CID_BUDDY_LIST_ALL_USER_RESPONSE,
  CID_BUDDY_LIST_CHANGE_AVATAR_REQUEST,
  CID_BUDDY_LIST_CHANGE_AVATAR_RESPONSE,
  CID_BUDDY_LIST_CHANGE_SIGN_INFO_REQUEST,
  CID_BUDDY_LIST_CHANGE_SIGN_INFO_RESPONSE,
  CID_BUDDY_LIST_DEPARTMENT_REQUEST,
  CID_BUDDY_LIST_DEPARTMENT_RESPONSE,
  CID_BUDDY_LIST_RECENT_CONTACT_SESSION_REQUEST,
  CID_BUDDY_LIST_RECENT_CONTACT_SESSION_RESPONSE,
  CID_BUDDY_LIST_REMOVE_SESSION_REQ,
  CID_BUDDY_LIST_REMOVE_SESSION_RES,
  CID_BUDDY_LIST_USER_INFO_REQUEST,
  CID_BUDDY_LIST_USER_INFO_RESPONSE,
  CID_FILE_ADD_OFFLINE_REQ,
  CID_FILE_DEL_OFFLINE_REQ,
  CID_FILE_HAS_OFFLINE_REQ,
  CID_FILE_HAS_OFFLINE_RES,
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
  CID_LOGIN_REQ_DEVICETOKEN,
  CID_LOGIN_REQ_PUSH_SHIELD,
  CID_LOGIN_REQ_QUERY_PUSH_SHIELD,
  CID_LOGIN_RES_DEVICETOKEN,
  CID_LOGIN_RES_PUSH_SHIELD,
  CID_LOGIN_RES_QUERY_PUSH_SHIELD,
  CID_MSG_DATA,
  CID_MSG_GET_BY_MSG_ID_REQ,
  CID_MSG_GET_BY_MSG_ID_RES,
  CID_MSG_GET_LATEST_MSG_ID_REQ,
  CID_MSG_GET_LATEST_MSG_ID_RSP,
  CID_MSG_LIST_REQUEST,
  CID_MSG_LIST_RESPONSE,
  CID_MSG_READ_ACK,
  CID_MSG_UNREAD_CNT_REQUEST,
  CID_MSG_UNREAD_CNT_RESPONSE,
  CID_OTHER_GET_DEVICE_TOKEN_REQ,
  CID_OTHER_GET_DEVICE_TOKEN_RSP,
  CID_OTHER_GET_SHIELD_REQ,
  CID_OTHER_GET_SHIELD_RSP,
  CID_OTHER_VALIDATE_REQ,
  CID_OTHER_VALIDATE_RSP,
  IMAllUserReq,
  IMChangeAvatarReq,
  IMChangeAvatarRsp,
  IMChangeSignInfoReq,
  IMChangeSignInfoRsp,
  IMDepartmentReq,
  IMDepartmentRsp,
  IMDeviceTokenReq,
  IMDeviceTokenRsp,
  IMFileAddOfflineReq,
  IMFileDelOfflineReq,
  IMFileHasOfflineReq,
  IMFileHasOfflineRsp,
  IMGetDeviceTokenReq,
  IMGetDeviceTokenRsp,
  IMGetLatestMsgIdReq,
  IMGetLatestMsgIdRsp,
  IMGetMsgByIdReq,
  IMGetMsgByIdRsp,
  IMGetMsgListReq,
  IMGetMsgListRsp,
  IMGroupChangeMemberReq,
  IMGroupChangeMemberRsp,
  IMGroupCreateReq,
  IMGroupCreateRsp,
  IMGroupGetShieldReq,
  IMGroupGetShieldRsp,
  IMGroupInfoListReq,
  IMGroupInfoListRsp,
  IMGroupShieldReq,
  IMGroupShieldRsp,
  IMMsgData,
  IMMsgDataReadAck,
  IMNormalGroupListReq,
  IMNormalGroupListRsp,
  IMPushShieldReq,
  IMPushShieldRsp,
  IMQueryPushShieldReq,
  IMQueryPushShieldRsp,
  IMRecentContactSessionReq,
  IMRecentContactSessionRsp,
  IMRemoveSessionReq,
  IMRemoveSessionRsp,
  IMUnreadMsgCntReq,
  IMUnreadMsgCntRsp,
  IMUsersInfoReq,
  IMUsersInfoRsp,
  IMValidateReq,
  IMValidateRsp,
} from "../../proto/mod.ts";
import { type Command, command } from "../../shared/dispatch/mod.ts";
import { directoryAnswer } from "./directory.ts";
import * as buddy from "./handlers/buddy.ts";
import * as file from "./handlers/file.ts";
import * as group from "./handlers/group.ts";
import * as login from "./handlers/login.ts";
import * as message from "./handlers/message.ts";
import * as profile from "./handlers/profile.ts";
import * as push from "./handlers/push.ts";
import { internalCommands } from "./internal_commands.ts";
import type { TaskCaller } from "./services.ts";

/**
 * Tasks that run as soon as they arrive: storing messages, which the write combiner keeps in order,
 * and what belongs to no user: password checks and the shields of a group.
 */
export const immediateCommands: readonly Command<TaskCaller>[] = [
  ...internalCommands,
  command({
    id: CID_MSG_DATA,
    request: IMMsgData,
    reply: { id: CID_MSG_DATA, codec: IMMsgData },
    auth: "peer",
    handle: message.sendMessage,
    onFailure: message.sendMessageFailed,
  }),
  command({
    id: CID_OTHER_VALIDATE_REQ,
    request: IMValidateReq,
    reply: { id: CID_OTHER_VALIDATE_RSP, codec: IMValidateRsp },
    auth: "peer",
    handle: login.validateUser,
    onFailure: login.validateFailed,
  }),
  command({
    id: CID_OTHER_GET_SHIELD_REQ,
    request: IMGroupGetShieldReq,
    reply: { id: CID_OTHER_GET_SHIELD_RSP, codec: IMGroupGetShieldRsp },
    auth: "peer",
    handle: push.getGroupShields,
  }),
];

/** Tasks that run one after the other for the user they belong to: field 1, the user id. */
export const userOrderedCommands: readonly Command<TaskCaller>[] = [
  command({
    id: CID_LOGIN_REQ_DEVICETOKEN,
    request: IMDeviceTokenReq,
    reply: { id: CID_LOGIN_RES_DEVICETOKEN, codec: IMDeviceTokenRsp },
    auth: "peer",
    handle: push.deviceToken,
  }),
  command({
    id: CID_LOGIN_REQ_PUSH_SHIELD,
    request: IMPushShieldReq,
    reply: { id: CID_LOGIN_RES_PUSH_SHIELD, codec: IMPushShieldRsp },
    auth: "peer",
    handle: profile.setPushShield,
    onFailure: profile.setPushShieldFailed,
  }),
  command({
    id: CID_LOGIN_REQ_QUERY_PUSH_SHIELD,
    request: IMQueryPushShieldReq,
    reply: { id: CID_LOGIN_RES_QUERY_PUSH_SHIELD, codec: IMQueryPushShieldRsp },
    auth: "peer",
    handle: profile.queryPushShield,
    onFailure: profile.queryPushShieldFailed,
  }),
  command({
    id: CID_BUDDY_LIST_RECENT_CONTACT_SESSION_REQUEST,
    request: IMRecentContactSessionReq,
    reply: {
      id: CID_BUDDY_LIST_RECENT_CONTACT_SESSION_RESPONSE,
      codec: IMRecentContactSessionRsp,
    },
    auth: "peer",
    handle: buddy.recentSessions,
  }),
  command({
    id: CID_BUDDY_LIST_USER_INFO_REQUEST,
    request: IMUsersInfoReq,
    reply: { id: CID_BUDDY_LIST_USER_INFO_RESPONSE, codec: IMUsersInfoRsp },
    auth: "peer",
    handle: buddy.usersInfo,
  }),
  command({
    id: CID_BUDDY_LIST_REMOVE_SESSION_REQ,
    request: IMRemoveSessionReq,
    reply: { id: CID_BUDDY_LIST_REMOVE_SESSION_RES, codec: IMRemoveSessionRsp },
    auth: "peer",
    handle: buddy.removeSession,
    onFailure: buddy.removeSessionFailed,
  }),
  command({
    id: CID_BUDDY_LIST_ALL_USER_REQUEST,
    request: IMAllUserReq,
    reply: { id: CID_BUDDY_LIST_ALL_USER_RESPONSE, codec: directoryAnswer },
    auth: "peer",
    handle: buddy.allUsers,
  }),
  command({
    id: CID_BUDDY_LIST_CHANGE_AVATAR_REQUEST,
    request: IMChangeAvatarReq,
    reply: { id: CID_BUDDY_LIST_CHANGE_AVATAR_RESPONSE, codec: IMChangeAvatarRsp },
    auth: "peer",
    handle: profile.changeAvatar,
    onFailure: profile.changeAvatarFailed,
  }),
  command({
    id: CID_BUDDY_LIST_DEPARTMENT_REQUEST,
    request: IMDepartmentReq,
    reply: { id: CID_BUDDY_LIST_DEPARTMENT_RESPONSE, codec: IMDepartmentRsp },
    auth: "peer",
    handle: buddy.departments,
  }),
  command({
    id: CID_BUDDY_LIST_CHANGE_SIGN_INFO_REQUEST,
    request: IMChangeSignInfoReq,
    reply: { id: CID_BUDDY_LIST_CHANGE_SIGN_INFO_RESPONSE, codec: IMChangeSignInfoRsp },
    auth: "peer",
    handle: profile.changeSignInfo,
    onFailure: profile.changeSignInfoFailed,
  }),
  command({
    id: CID_MSG_READ_ACK,
    request: IMMsgDataReadAck,
    reply: null,
    auth: "peer",
    handle: message.readAck,
  }),
  command({
    id: CID_MSG_UNREAD_CNT_REQUEST,
    request: IMUnreadMsgCntReq,
    reply: { id: CID_MSG_UNREAD_CNT_RESPONSE, codec: IMUnreadMsgCntRsp },
    auth: "peer",
    handle: message.unreadCounts,
  }),
  command({
    id: CID_MSG_LIST_REQUEST,
    request: IMGetMsgListReq,
    reply: { id: CID_MSG_LIST_RESPONSE, codec: IMGetMsgListRsp },
    auth: "peer",
    handle: message.messageList,
  }),
  command({
    id: CID_MSG_GET_LATEST_MSG_ID_REQ,
    request: IMGetLatestMsgIdReq,
    reply: { id: CID_MSG_GET_LATEST_MSG_ID_RSP, codec: IMGetLatestMsgIdRsp },
    auth: "peer",
    handle: message.latestMessageId,
  }),
  command({
    id: CID_MSG_GET_BY_MSG_ID_REQ,
    request: IMGetMsgByIdReq,
    reply: { id: CID_MSG_GET_BY_MSG_ID_RES, codec: IMGetMsgByIdRsp },
    auth: "peer",
    handle: message.messagesById,
  }),
  command({
    id: CID_GROUP_NORMAL_LIST_REQUEST,
    request: IMNormalGroupListReq,
    reply: { id: CID_GROUP_NORMAL_LIST_RESPONSE, codec: IMNormalGroupListRsp },
    auth: "peer",
    handle: group.groupList,
  }),
  command({
    id: CID_GROUP_INFO_REQUEST,
    request: IMGroupInfoListReq,
    reply: { id: CID_GROUP_INFO_RESPONSE, codec: IMGroupInfoListRsp },
    auth: "peer",
    handle: group.groupInfos,
  }),
  command({
    id: CID_GROUP_CREATE_REQUEST,
    request: IMGroupCreateReq,
    reply: { id: CID_GROUP_CREATE_RESPONSE, codec: IMGroupCreateRsp },
    auth: "peer",
    handle: group.createGroup,
    onFailure: group.createGroupFailed,
  }),
  command({
    id: CID_GROUP_CHANGE_MEMBER_REQUEST,
    request: IMGroupChangeMemberReq,
    reply: { id: CID_GROUP_CHANGE_MEMBER_RESPONSE, codec: IMGroupChangeMemberRsp },
    auth: "peer",
    handle: group.changeMembers,
    onFailure: group.changeMembersFailed,
  }),
  command({
    id: CID_GROUP_SHIELD_GROUP_REQUEST,
    request: IMGroupShieldReq,
    reply: { id: CID_GROUP_SHIELD_GROUP_RESPONSE, codec: IMGroupShieldRsp },
    auth: "peer",
    handle: group.shieldGroup,
    onFailure: group.shieldGroupFailed,
  }),
  command({
    id: CID_FILE_HAS_OFFLINE_REQ,
    request: IMFileHasOfflineReq,
    reply: { id: CID_FILE_HAS_OFFLINE_RES, codec: IMFileHasOfflineRsp },
    auth: "peer",
    handle: file.waitingFiles,
  }),
  // Field 1 is the first of the receivers: after a message of two that is its receiver, whose read
  // acks and token come before or after as a whole.
  command({
    id: CID_OTHER_GET_DEVICE_TOKEN_REQ,
    request: IMGetDeviceTokenReq,
    reply: { id: CID_OTHER_GET_DEVICE_TOKEN_RSP, codec: IMGetDeviceTokenRsp },
    auth: "peer",
    handle: push.getDeviceTokens,
  }),
];

/**
 * Tasks that belong to the receiver, field 2. They run in order with his own: a file that was noted
 * is in the list that is asked for after it.
 */
export const receiverOrderedCommands: readonly Command<TaskCaller>[] = [
  command({
    id: CID_FILE_ADD_OFFLINE_REQ,
    request: IMFileAddOfflineReq,
    reply: null,
    auth: "peer",
    handle: file.addWaitingFile,
  }),
  command({
    id: CID_FILE_DEL_OFFLINE_REQ,
    request: IMFileDelOfflineReq,
    reply: null,
    auth: "peer",
    handle: file.removeWaitingFile,
  }),
];

/** All of them. */
export const commands: readonly Command<TaskCaller>[] = [
  ...immediateCommands,
  ...userOrderedCommands,
  ...receiverOrderedCommands,
];
