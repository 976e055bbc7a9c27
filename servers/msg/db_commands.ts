/** Every command msg_server takes from db_proxy_servers. */
import * as proto from "../../proto/mod.ts";
import { type Command, command, relayCommand } from "../../shared/dispatch/mod.ts";
import { answerToClient } from "./handlers/forward.ts";
import * as group from "./handlers/group.ts";
import * as login from "./handlers/login.ts";
import * as message from "./handlers/message.ts";
import * as offlineFile from "./handlers/offline_file.ts";
import * as profile from "./handlers/profile.ts";
import * as push from "./handlers/push.ts";
import * as session from "./handlers/session.ts";
import * as terminal from "./handlers/terminal.ts";
import type { PeerCaller } from "./services.ts";

/** Answers from db_proxy_servers. */
export const dbCommands: readonly Command<PeerCaller>[] = [
  ...[
    proto.CID_LOGIN_RES_PUSH_SHIELD,
    proto.CID_LOGIN_RES_QUERY_PUSH_SHIELD,
    proto.CID_BUDDY_LIST_RECENT_CONTACT_SESSION_RESPONSE,
    proto.CID_BUDDY_LIST_REMOVE_SESSION_RES,
    proto.CID_BUDDY_LIST_ALL_USER_RESPONSE,
    proto.CID_BUDDY_LIST_DEPARTMENT_RESPONSE,
    proto.CID_MSG_UNREAD_CNT_RESPONSE,
    proto.CID_MSG_LIST_RESPONSE,
    proto.CID_MSG_GET_LATEST_MSG_ID_RSP,
    proto.CID_MSG_GET_BY_MSG_ID_RES,
    proto.CID_GROUP_NORMAL_LIST_RESPONSE,
    proto.CID_GROUP_CREATE_RESPONSE,
    proto.CID_GROUP_SHIELD_GROUP_RESPONSE,
  ].map((id) => relayCommand<PeerCaller>({ id, auth: "peer", handle: answerToClient })),
  relayCommand({
    id: proto.CID_LOGIN_RES_DEVICETOKEN,
    auth: "peer",
    handle: terminal.deviceTokenStored,
  }),
  relayCommand({
    id: proto.CID_BUDDY_LIST_USER_INFO_RESPONSE,
    auth: "peer",
    handle: push.usersInfoArrived,
  }),
  relayCommand({
    id: proto.CID_BUDDY_LIST_CHANGE_AVATAR_RESPONSE,
    auth: "peer",
    handle: profile.avatarChanged,
  }),
  relayCommand({
    id: proto.CID_BUDDY_LIST_CHANGE_SIGN_INFO_RESPONSE,
    auth: "peer",
    handle: profile.signInfoChanged,
  }),
  command({
    id: proto.CID_MSG_DATA,
    request: proto.IMMsgData,
    reply: null,
    auth: "peer",
    handle: message.messageStored,
  }),
  relayCommand({
    id: proto.CID_GROUP_INFO_RESPONSE,
    auth: "peer",
    handle: group.groupInfoArrived,
  }),
  relayCommand({
    id: proto.CID_GROUP_CHANGE_MEMBER_RESPONSE,
    auth: "peer",
    handle: group.membersChanged,
  }),
  relayCommand({
    id: proto.CID_FILE_HAS_OFFLINE_RES,
    auth: "peer",
    handle: offlineFile.waitingFilesArrived,
  }),
  relayCommand({
    id: proto.CID_OTHER_HEARTBEAT,
    auth: "peer",
    handle: session.ignoreHeartbeat,
  }),
  command({
    id: proto.CID_OTHER_VALIDATE_RSP,
    request: proto.IMValidateRsp,
    reply: null,
    auth: "peer",
    handle: login.userValidated,
  }),
  command({
    id: proto.CID_OTHER_GET_DEVICE_TOKEN_RSP,
    request: proto.IMGetDeviceTokenRsp,
    reply: null,
    auth: "peer",
    handle: push.deviceTokensArrived,
  }),
  command({
    id: proto.CID_OTHER_GET_SHIELD_RSP,
    request: proto.IMGroupGetShieldRsp,
    reply: null,
    auth: "peer",
    handle: push.groupShieldsArrived,
  }),
];
