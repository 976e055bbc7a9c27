/** The table of pushes: which command is which event. */
import {
  CID_BUDDY_LIST_AVATAR_CHANGED_NOTIFY,
  CID_BUDDY_LIST_PC_LOGIN_STATUS_NOTIFY,
  CID_BUDDY_LIST_REMOVE_SESSION_NOTIFY,
  CID_BUDDY_LIST_SIGN_INFO_CHANGED_NOTIFY,
  CID_BUDDY_LIST_STATUS_NOTIFY,
  CID_FILE_NOTIFY,
  CID_GROUP_CHANGE_MEMBER_NOTIFY,
  CID_LOGIN_KICK_USER,
  CID_MSG_DATA,
  CID_MSG_READ_NOTIFY,
  CID_SWITCH_P2P_CMD,
  IMAvatarChangedNotify,
  IMFileNotify,
  IMGroupChangeMemberNotify,
  IMKickUser,
  IMMsgData,
  IMMsgDataReadNotify,
  IMP2PCmdMsg,
  IMPCLoginStatusNotify,
  IMRemoveSessionNotify,
  IMSignInfoChangedNotify,
  IMUserStatNotify,
  type MsgType,
  SESSION_TYPE_GROUP,
  SESSION_TYPE_SINGLE,
  type SessionType,
} from "../../proto/mod.ts";
import { isGroupMessage } from "../message_class.ts";
import type { ClientEvents, EventKind, ReceivedMessage } from "./events.ts";
import { textOf } from "./message_text.ts";

/** What is needed of the client to understand a push. */
export interface PushContext {
  readonly userId: number;
  readonly aesKey: string;
}

/** Gets a decoded push in its kind's own type. */
export interface PushSink {
  <Kind extends EventKind>(kind: Kind, event: ClientEvents[Kind]): void;
}

export interface PushReader {
  readonly id: number;
  /**
   * Decodes now and returns how to deliver, so that a handler's error is not taken for a bad body.
   * @throws {ProtocolError} when the body does not decode
   */
  readonly read: (body: Uint8Array, context: PushContext) => (sink: PushSink) => void;
}

function reader<Kind extends EventKind>(
  kind: Kind,
  id: number,
  eventOf: (body: Uint8Array, context: PushContext) => ClientEvents[Kind],
): PushReader {
  return {
    id,
    read(body, context) {
      const event = eventOf(body, context);
      return (sink) => sink(kind, event);
    },
  };
}

const READERS: readonly PushReader[] = [
  reader("kicked", CID_LOGIN_KICK_USER, IMKickUser.decode),
  reader("status", CID_BUDDY_LIST_STATUS_NOTIFY, (body) => IMUserStatNotify.decode(body).user_stat),
  reader("pcStatus", CID_BUDDY_LIST_PC_LOGIN_STATUS_NOTIFY, IMPCLoginStatusNotify.decode),
  reader("sessionRemoved", CID_BUDDY_LIST_REMOVE_SESSION_NOTIFY, IMRemoveSessionNotify.decode),
  reader("avatarChanged", CID_BUDDY_LIST_AVATAR_CHANGED_NOTIFY, IMAvatarChangedNotify.decode),
  reader("signInfo", CID_BUDDY_LIST_SIGN_INFO_CHANGED_NOTIFY, IMSignInfoChangedNotify.decode),
  reader(
    "message",
    CID_MSG_DATA,
    (body, context) => receivedMessage(IMMsgData.decode(body), context),
  ),
  reader("readNotify", CID_MSG_READ_NOTIFY, IMMsgDataReadNotify.decode),
  reader("groupChanged", CID_GROUP_CHANGE_MEMBER_NOTIFY, IMGroupChangeMemberNotify.decode),
  reader("fileNotify", CID_FILE_NOTIFY, IMFileNotify.decode),
  reader("p2p", CID_SWITCH_P2P_CMD, IMP2PCmdMsg.decode),
];

export const PUSH_READERS: ReadonlyMap<number, PushReader> = new Map(
  READERS.map((one) => [one.id, one]),
);

export function sessionTypeOf(msgType: MsgType): SessionType {
  return isGroupMessage(msgType) ? SESSION_TYPE_GROUP : SESSION_TYPE_SINGLE;
}

function receivedMessage(message: IMMsgData, { userId, aesKey }: PushContext): ReceivedMessage {
  const session_type = sessionTypeOf(message.msg_type);
  const isFromPeer = session_type === SESSION_TYPE_SINGLE && message.from_user_id !== userId;
  return {
    ...message,
    session_type,
    session_id: isFromPeer ? message.from_user_id : message.to_session_id,
    text: textOf(message, aesKey),
  };
}
