/** Every command route_server answers or relays. */
import {
  CID_BUDDY_LIST_AVATAR_CHANGED_NOTIFY,
  CID_BUDDY_LIST_REMOVE_SESSION_NOTIFY,
  CID_BUDDY_LIST_SIGN_INFO_CHANGED_NOTIFY,
  CID_BUDDY_LIST_USERS_STATUS_REQUEST,
  CID_BUDDY_LIST_USERS_STATUS_RESPONSE,
  CID_FILE_NOTIFY,
  CID_GROUP_CHANGE_MEMBER_NOTIFY,
  CID_MSG_DATA,
  CID_MSG_READ_NOTIFY,
  CID_OTHER_HEARTBEAT,
  CID_OTHER_ONLINE_USER_INFO,
  CID_OTHER_ROLE_SET,
  CID_OTHER_SERVER_KICK_USER,
  CID_OTHER_USER_STATUS_UPDATE,
  CID_SWITCH_P2P_CMD,
  IMHeartBeat,
  IMOnlineUserInfo,
  IMRoleSet,
  IMServerKickUser,
  IMUsersStatReq,
  IMUsersStatRsp,
  IMUserStatusUpdate,
} from "../../proto/mod.ts";
import { type Command, command, relayCommand } from "../../shared/dispatch/mod.ts";
import type { RouteCaller } from "./context.ts";
import { heartBeat, roleSet } from "./handlers/link.ts";
import { onlineUserInfo, usersStat, userStatusUpdate } from "./handlers/presence.ts";
import { relayKick, relayMessage, relayToAll, relayToOthers } from "./handlers/relay.ts";
import { internalCommands } from "./internal_commands.ts";

export const commands: readonly Command<RouteCaller>[] = [
  command({
    id: CID_BUDDY_LIST_USERS_STATUS_REQUEST,
    auth: "peer",
    request: IMUsersStatReq,
    reply: { id: CID_BUDDY_LIST_USERS_STATUS_RESPONSE, codec: IMUsersStatRsp },
    handle: usersStat,
  }),
  relayCommand({ id: CID_BUDDY_LIST_REMOVE_SESSION_NOTIFY, auth: "peer", handle: relayToOthers }),
  relayCommand({ id: CID_BUDDY_LIST_AVATAR_CHANGED_NOTIFY, auth: "peer", handle: relayToAll }),
  relayCommand({ id: CID_BUDDY_LIST_SIGN_INFO_CHANGED_NOTIFY, auth: "peer", handle: relayToAll }),
  relayCommand({ id: CID_MSG_DATA, auth: "peer", handle: relayMessage }),
  relayCommand({ id: CID_MSG_READ_NOTIFY, auth: "peer", handle: relayToOthers }),
  relayCommand({ id: CID_GROUP_CHANGE_MEMBER_NOTIFY, auth: "peer", handle: relayToOthers }),
  relayCommand({ id: CID_FILE_NOTIFY, auth: "peer", handle: relayToOthers }),
  relayCommand({ id: CID_SWITCH_P2P_CMD, auth: "peer", handle: relayToOthers }),
  command({
    id: CID_OTHER_HEARTBEAT,
    auth: "peer",
    request: IMHeartBeat,
    reply: null,
    handle: heartBeat,
  }),
  command({
    id: CID_OTHER_ROLE_SET,
    auth: "peer",
    request: IMRoleSet,
    reply: null,
    handle: roleSet,
  }),
  command({
    id: CID_OTHER_ONLINE_USER_INFO,
    auth: "peer",
    request: IMOnlineUserInfo,
    reply: null,
    handle: onlineUserInfo,
  }),
  command({
    id: CID_OTHER_USER_STATUS_UPDATE,
    auth: "peer",
    request: IMUserStatusUpdate,
    reply: null,
    handle: userStatusUpdate,
  }),
  command({
    id: CID_OTHER_SERVER_KICK_USER,
    auth: "peer",
    request: IMServerKickUser,
    reply: null,
    handle: relayKick,
  }),
  ...internalCommands,
];
