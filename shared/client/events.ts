/** What a client can be told without having asked. */
import type {
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
  SessionType,
  UserStat,
} from "../../proto/mod.ts";

/** A message delivered to this terminal; it may have been sent by another one of the same user. */
export interface ReceivedMessage extends IMMsgData {
  session_type: SessionType;
  /** The conversation as this user has it: the other user, or the group. */
  session_id: number;
  /** `null` for audio, and for data that is not text in the client's key. */
  text: string | null;
}

export interface ClientEvents {
  /** 0x0301 */
  message: ReceivedMessage;
  /** 0x0107 */
  kicked: IMKickUser;
  /** 0x0203 */
  status: UserStat;
  /** 0x0304: read on another terminal of this user. */
  readNotify: IMMsgDataReadNotify;
  /** 0x040b */
  groupChanged: IMGroupChangeMemberNotify;
  /** 0x020f */
  sessionRemoved: IMRemoveSessionNotify;
  /** 0x020e */
  pcStatus: IMPCLoginStatusNotify;
  /** 0x0215 */
  signInfo: IMSignInfoChangedNotify;
  /** 0x0212 */
  avatarChanged: IMAvatarChangedNotify;
  /** 0x0601 */
  p2p: IMP2PCmdMsg;
  /** 0x0508 */
  fileNotify: IMFileNotify;
  /** The link was lost; a client that reconnects is trying. */
  disconnected: { reason: string };
  /** Logged in again after `attempts` tries. Fetch what may have been missed. */
  reconnected: { attempts: number };
  /** The end. Comes once. */
  closed: { reason: string };
}

export type EventKind = keyof ClientEvents;
