/** Every command msg_server takes from route_servers. */
import * as proto from "../../proto/mod.ts";
import { type Command, command, relayCommand } from "../../shared/dispatch/mod.ts";
import * as fileTransfer from "./handlers/file_transfer.ts";
import * as group from "./handlers/group.ts";
import * as message from "./handlers/message.ts";
import * as profile from "./handlers/profile.ts";
import * as session from "./handlers/session.ts";
import * as terminal from "./handlers/terminal.ts";
import { internalCommands } from "./internal_commands.ts";
import type { PeerCaller } from "./services.ts";

/** Relays and notices from route_servers. */
export const routeCommands: readonly Command<PeerCaller>[] = [
  ...internalCommands,
  command({
    id: proto.CID_BUDDY_LIST_STATUS_NOTIFY,
    request: proto.IMUserStatNotify,
    reply: null,
    auth: "peer",
    handle: session.statusNotify,
  }),
  relayCommand({
    id: proto.CID_BUDDY_LIST_USERS_STATUS_RESPONSE,
    auth: "peer",
    handle: session.usersStatusArrived,
  }),
  command({
    id: proto.CID_BUDDY_LIST_REMOVE_SESSION_NOTIFY,
    request: proto.IMRemoveSessionNotify,
    reply: null,
    auth: "peer",
    handle: session.removedSessionRelayed,
  }),
  command({
    id: proto.CID_BUDDY_LIST_AVATAR_CHANGED_NOTIFY,
    request: proto.IMAvatarChangedNotify,
    reply: null,
    auth: "peer",
    handle: profile.avatarNotify,
  }),
  command({
    id: proto.CID_BUDDY_LIST_SIGN_INFO_CHANGED_NOTIFY,
    request: proto.IMSignInfoChangedNotify,
    reply: null,
    auth: "peer",
    handle: profile.signInfoNotify,
  }),
  command({
    id: proto.CID_MSG_DATA,
    request: proto.IMMsgData,
    reply: null,
    auth: "peer",
    handle: message.messageRelayed,
  }),
  command({
    id: proto.CID_MSG_READ_NOTIFY,
    request: proto.IMMsgDataReadNotify,
    reply: null,
    auth: "peer",
    handle: message.readNotifyRelayed,
  }),
  command({
    id: proto.CID_GROUP_CHANGE_MEMBER_NOTIFY,
    request: proto.IMGroupChangeMemberNotify,
    reply: null,
    auth: "peer",
    handle: group.membersChangedRelayed,
  }),
  command({
    id: proto.CID_FILE_NOTIFY,
    request: proto.IMFileNotify,
    reply: null,
    auth: "peer",
    handle: fileTransfer.fileNotifyRelayed,
  }),
  command({
    id: proto.CID_SWITCH_P2P_CMD,
    request: proto.IMP2PCmdMsg,
    reply: null,
    auth: "peer",
    handle: terminal.p2pCommandRelayed,
  }),
  relayCommand({
    id: proto.CID_OTHER_HEARTBEAT,
    auth: "peer",
    handle: session.ignoreHeartbeat,
  }),
  command({
    id: proto.CID_OTHER_SERVER_KICK_USER,
    request: proto.IMServerKickUser,
    reply: null,
    auth: "peer",
    handle: session.kickRelayed,
  }),
  command({
    id: proto.CID_OTHER_LOGIN_STATUS_NOTIFY,
    request: proto.IMServerPCLoginStatusNotify,
    reply: null,
    auth: "peer",
    handle: session.pcLoginStatus,
  }),
];
