/** Every command msg_server answers to clients. */
import * as proto from "../../proto/mod.ts";
import { type Command, command, relayCommand } from "../../shared/dispatch/mod.ts";
import * as fileTransfer from "./handlers/file_transfer.ts";
import { forwardToDb } from "./handlers/forward.ts";
import * as group from "./handlers/group.ts";
import * as login from "./handlers/login.ts";
import * as message from "./handlers/message.ts";
import * as offlineFile from "./handlers/offline_file.ts";
import * as profile from "./handlers/profile.ts";
import * as session from "./handlers/session.ts";
import * as terminal from "./handlers/terminal.ts";
import type { ClientConn } from "./state/client_conn.ts";

/** From clients. Before the login only what is marked `auth: "none"` (docs/spec/pitfalls.md P-AUTH1). */
export const clientCommands: readonly Command<ClientConn>[] = [
  command({
    id: proto.CID_LOGIN_REQ_USERLOGIN,
    request: proto.IMLoginReq,
    reply: { id: proto.CID_LOGIN_RES_USERLOGIN, codec: proto.IMLoginRes },
    auth: "none",
    handle: login.userLogin,
  }),
  command({
    id: proto.CID_LOGIN_REQ_LOGINOUT,
    request: proto.IMLogoutReq,
    reply: { id: proto.CID_LOGIN_RES_LOGINOUT, codec: proto.IMLogoutRsp },
    auth: "user",
    handle: login.userLogout,
  }),
  command({
    id: proto.CID_LOGIN_REQ_DEVICETOKEN,
    request: proto.IMDeviceTokenReq,
    reply: { id: proto.CID_LOGIN_RES_DEVICETOKEN, codec: proto.IMDeviceTokenRsp },
    auth: "user",
    handle: terminal.deviceToken,
  }),
  command({
    id: proto.CID_LOGIN_REQ_KICKPCCLIENT,
    request: proto.IMKickPCClientReq,
    reply: { id: proto.CID_LOGIN_RES_KICKPCCLIENT, codec: proto.IMKickPCClientRsp },
    auth: "user",
    handle: terminal.kickPcClient,
  }),
  forwardToDb({
    id: proto.CID_LOGIN_REQ_PUSH_SHIELD,
    request: proto.IMPushShieldReq,
    answer: { id: proto.CID_LOGIN_RES_PUSH_SHIELD, codec: proto.IMPushShieldRsp },
    group: "other",
    attach: "pdu",
    withoutDb: ({ user_id }) => ({ user_id, result_code: 1 }),
  }),
  forwardToDb({
    id: proto.CID_LOGIN_REQ_QUERY_PUSH_SHIELD,
    request: proto.IMQueryPushShieldReq,
    answer: { id: proto.CID_LOGIN_RES_QUERY_PUSH_SHIELD, codec: proto.IMQueryPushShieldRsp },
    group: "other",
    attach: "pdu",
    withoutDb: ({ user_id }) => ({ user_id, result_code: 1 }),
  }),
  forwardToDb({
    id: proto.CID_BUDDY_LIST_RECENT_CONTACT_SESSION_REQUEST,
    request: proto.IMRecentContactSessionReq,
    answer: {
      id: proto.CID_BUDDY_LIST_RECENT_CONTACT_SESSION_RESPONSE,
      codec: proto.IMRecentContactSessionRsp,
    },
    group: "login",
    withoutDb: ({ user_id }) => ({ user_id }),
  }),
  forwardToDb({
    id: proto.CID_BUDDY_LIST_USER_INFO_REQUEST,
    request: proto.IMUsersInfoReq,
    answer: { id: proto.CID_BUDDY_LIST_USER_INFO_RESPONSE, codec: proto.IMUsersInfoRsp },
    group: "login",
    withoutDb: ({ user_id }) => ({ user_id }),
  }),
  forwardToDb({
    id: proto.CID_BUDDY_LIST_REMOVE_SESSION_REQ,
    request: proto.IMRemoveSessionReq,
    answer: { id: proto.CID_BUDDY_LIST_REMOVE_SESSION_RES, codec: proto.IMRemoveSessionRsp },
    group: "other",
    before: session.announceRemovedSession,
    withoutDb: ({ user_id, session_type, session_id }) => ({
      user_id,
      result_code: 1,
      session_type,
      session_id,
    }),
  }),
  forwardToDb({
    id: proto.CID_BUDDY_LIST_ALL_USER_REQUEST,
    request: proto.IMAllUserReq,
    answer: { id: proto.CID_BUDDY_LIST_ALL_USER_RESPONSE, codec: proto.IMAllUserRsp },
    group: "other",
    before: session.rememberUsersSince,
    withoutDb: ({ user_id, latest_update_time }) => ({ user_id, latest_update_time }),
  }),
  command({
    id: proto.CID_BUDDY_LIST_USERS_STATUS_REQUEST,
    request: proto.IMUsersStatReq,
    reply: { id: proto.CID_BUDDY_LIST_USERS_STATUS_RESPONSE, codec: proto.IMUsersStatRsp },
    auth: "user",
    handle: session.usersStatus,
  }),
  forwardToDb({
    id: proto.CID_BUDDY_LIST_CHANGE_AVATAR_REQUEST,
    request: proto.IMChangeAvatarReq,
    answer: { id: proto.CID_BUDDY_LIST_CHANGE_AVATAR_RESPONSE, codec: proto.IMChangeAvatarRsp },
    group: "other",
    remember: profile.avatarNotice,
    withoutDb: ({ user_id }) => ({ user_id, result_code: 1 }),
  }),
  forwardToDb({
    id: proto.CID_BUDDY_LIST_DEPARTMENT_REQUEST,
    request: proto.IMDepartmentReq,
    answer: { id: proto.CID_BUDDY_LIST_DEPARTMENT_RESPONSE, codec: proto.IMDepartmentRsp },
    group: "other",
    withoutDb: ({ user_id, latest_update_time }) => ({ user_id, latest_update_time }),
  }),
  forwardToDb({
    id: proto.CID_BUDDY_LIST_CHANGE_SIGN_INFO_REQUEST,
    request: proto.IMChangeSignInfoReq,
    answer: {
      id: proto.CID_BUDDY_LIST_CHANGE_SIGN_INFO_RESPONSE,
      codec: proto.IMChangeSignInfoRsp,
    },
    group: "other",
    attach: "pdu",
    withoutDb: ({ user_id }) => ({ user_id, result_code: 1 }),
  }),
  command({
    id: proto.CID_MSG_DATA,
    request: proto.IMMsgData,
    reply: { id: proto.CID_MSG_DATA_ACK, codec: proto.IMMsgDataAck },
    auth: "user",
    handle: message.messageFromClient,
  }),
  command({
    id: proto.CID_MSG_DATA_ACK,
    request: proto.IMMsgDataAck,
    reply: null,
    auth: "user",
    handle: message.messageDelivered,
  }),
  command({
    id: proto.CID_MSG_READ_ACK,
    request: proto.IMMsgDataReadAck,
    reply: null,
    auth: "user",
    handle: message.messageRead,
  }),
  command({
    id: proto.CID_MSG_TIME_REQUEST,
    request: proto.IMClientTimeReq,
    reply: { id: proto.CID_MSG_TIME_RESPONSE, codec: proto.IMClientTimeRsp },
    auth: "none",
    handle: message.serverTime,
  }),
  forwardToDb({
    id: proto.CID_MSG_UNREAD_CNT_REQUEST,
    request: proto.IMUnreadMsgCntReq,
    answer: { id: proto.CID_MSG_UNREAD_CNT_RESPONSE, codec: proto.IMUnreadMsgCntRsp },
    group: "login",
    withoutDb: ({ user_id }) => ({ user_id, total_cnt: 0 }),
  }),
  forwardToDb({
    id: proto.CID_MSG_LIST_REQUEST,
    request: proto.IMGetMsgListReq,
    answer: { id: proto.CID_MSG_LIST_RESPONSE, codec: proto.IMGetMsgListRsp },
    group: "login",
    withoutDb: ({ user_id, session_type, session_id, msg_id_begin }) => ({
      user_id,
      session_type,
      session_id,
      msg_id_begin,
    }),
  }),
  forwardToDb({
    id: proto.CID_MSG_GET_LATEST_MSG_ID_REQ,
    request: proto.IMGetLatestMsgIdReq,
    answer: { id: proto.CID_MSG_GET_LATEST_MSG_ID_RSP, codec: proto.IMGetLatestMsgIdRsp },
    group: "other",
    withoutDb: ({ user_id, session_type, session_id }) => ({
      user_id,
      session_type,
      session_id,
      latest_msg_id: 0,
    }),
  }),
  forwardToDb({
    id: proto.CID_MSG_GET_BY_MSG_ID_REQ,
    request: proto.IMGetMsgByIdReq,
    answer: { id: proto.CID_MSG_GET_BY_MSG_ID_RES, codec: proto.IMGetMsgByIdRsp },
    group: "login",
    withoutDb: ({ user_id, session_type, session_id }) => ({ user_id, session_type, session_id }),
  }),
  forwardToDb({
    id: proto.CID_GROUP_NORMAL_LIST_REQUEST,
    request: proto.IMNormalGroupListReq,
    answer: { id: proto.CID_GROUP_NORMAL_LIST_RESPONSE, codec: proto.IMNormalGroupListRsp },
    group: "other",
    withoutDb: ({ user_id }) => ({ user_id }),
  }),
  forwardToDb({
    id: proto.CID_GROUP_INFO_REQUEST,
    request: proto.IMGroupInfoListReq,
    answer: { id: proto.CID_GROUP_INFO_RESPONSE, codec: proto.IMGroupInfoListRsp },
    group: "other",
    attach: "pdu",
    withoutDb: ({ user_id }) => ({ user_id }),
  }),
  forwardToDb({
    id: proto.CID_GROUP_CREATE_REQUEST,
    request: proto.IMGroupCreateReq,
    answer: { id: proto.CID_GROUP_CREATE_RESPONSE, codec: proto.IMGroupCreateRsp },
    group: "other",
    before: group.refuseNormalGroup,
    withoutDb: group.groupNotCreated,
  }),
  forwardToDb({
    id: proto.CID_GROUP_CHANGE_MEMBER_REQUEST,
    request: proto.IMGroupChangeMemberReq,
    answer: { id: proto.CID_GROUP_CHANGE_MEMBER_RESPONSE, codec: proto.IMGroupChangeMemberRsp },
    group: "other",
    withoutDb: ({ user_id, change_type, group_id }) => ({
      user_id,
      change_type,
      result_code: 1,
      group_id,
    }),
  }),
  forwardToDb({
    id: proto.CID_GROUP_SHIELD_GROUP_REQUEST,
    request: proto.IMGroupShieldReq,
    answer: { id: proto.CID_GROUP_SHIELD_GROUP_RESPONSE, codec: proto.IMGroupShieldRsp },
    group: "other",
    withoutDb: ({ user_id, group_id }) => ({ user_id, group_id, result_code: 1 }),
  }),
  command({
    id: proto.CID_FILE_REQUEST,
    request: proto.IMFileReq,
    reply: { id: proto.CID_FILE_RESPONSE, codec: proto.IMFileRsp },
    auth: "user",
    handle: fileTransfer.fileRequested,
  }),
  forwardToDb({
    id: proto.CID_FILE_HAS_OFFLINE_REQ,
    request: proto.IMFileHasOfflineReq,
    answer: { id: proto.CID_FILE_HAS_OFFLINE_RES, codec: proto.IMFileHasOfflineRsp },
    group: "other",
    withoutDb: ({ user_id }) => ({ user_id }),
  }),
  command({
    id: proto.CID_FILE_ADD_OFFLINE_REQ,
    request: proto.IMFileAddOfflineReq,
    reply: null,
    auth: "user",
    handle: offlineFile.fileUploaded,
  }),
  command({
    id: proto.CID_FILE_DEL_OFFLINE_REQ,
    request: proto.IMFileDelOfflineReq,
    reply: null,
    auth: "user",
    handle: offlineFile.fileTaken,
  }),
  command({
    id: proto.CID_SWITCH_P2P_CMD,
    request: proto.IMP2PCmdMsg,
    reply: null,
    auth: "user",
    handle: terminal.p2pCommand,
  }),
  relayCommand({
    id: proto.CID_OTHER_HEARTBEAT,
    answer: proto.CID_OTHER_HEARTBEAT,
    auth: "none",
    handle: session.echoHeartbeat,
  }),
];
