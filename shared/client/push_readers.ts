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
  MSG_TYPE_GROUP_AUDIO,
  MSG_TYPE_GROUP_TEXT,
  type MsgType,
  SESSION_TYPE_GROUP,
  SESSION_TYPE_SINGLE,
  type SessionType,
} from "../../proto/mod.ts";
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
  /** @throws {ProtocolError} when the body does not decode */
  readonly read: (body: Uint8Array, context: PushContext, sink: PushSink) => void;
}

interface Decoder<Message> {
  readonly decode: (body: Uint8Array) => Message;
}

function reader<Kind extends EventKind>(
  id: number,
  kind: Kind,
  codec: Decoder<ClientEvents[Kind]>,
): PushReader {
  return { id, read: (body, _context, sink) => sink(kind, codec.decode(body)) };
}

const READERS: readonly PushReader[] = [
  reader(CID_LOGIN_KICK_USER, "kicked", IMKickUser),
  {
    id: CID_BUDDY_LIST_STATUS_NOTIFY,
    read: (body, _context, sink) => sink("status", IMUserStatNotify.decode(body).user_stat),
  },
  reader(CID_BUDDY_LIST_PC_LOGIN_STATUS_NOTIFY, "pcStatus", IMPCLoginStatusNotify),
  reader(CID_BUDDY_LIST_REMOVE_SESSION_NOTIFY, "sessionRemoved", IMRemoveSessionNotify),
  reader(CID_BUDDY_LIST_AVATAR_CHANGED_NOTIFY, "avatarChanged", IMAvatarChangedNotify),
  reader(CID_BUDDY_LIST_SIGN_INFO_CHANGED_NOTIFY, "signInfo", IMSignInfoChangedNotify),
  {
    id: CID_MSG_DATA,
    read: (body, context, sink) =>
      sink("message", receivedMessage(IMMsgData.decode(body), context)),
  },
  reader(CID_MSG_READ_NOTIFY, "readNotify", IMMsgDataReadNotify),
  reader(CID_GROUP_CHANGE_MEMBER_NOTIFY, "groupChanged", IMGroupChangeMemberNotify),
  reader(CID_FILE_NOTIFY, "fileNotify", IMFileNotify),
  reader(CID_SWITCH_P2P_CMD, "p2p", IMP2PCmdMsg),
];

export const PUSH_READERS: ReadonlyMap<number, PushReader> = new Map(
  READERS.map((one) => [one.id, one]),
);

export function sessionTypeOf(msgType: MsgType): SessionType {
  const isGroup = msgType === MSG_TYPE_GROUP_TEXT || msgType === MSG_TYPE_GROUP_AUDIO;
  return isGroup ? SESSION_TYPE_GROUP : SESSION_TYPE_SINGLE;
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
