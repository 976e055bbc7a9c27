/** Messages, history and unread counters (docs/spec/flows.md 8 to 12). */
import {
  type IMGetLatestMsgIdReq,
  type IMGetLatestMsgIdRspInit,
  type IMGetMsgByIdReq,
  type IMGetMsgByIdRspInit,
  type IMGetMsgListReq,
  type IMGetMsgListRspInit,
  type IMMsgData,
  type IMMsgDataInit,
  type IMMsgDataReadAck,
  type IMUnreadMsgCntReq,
  type IMUnreadMsgCntRspInit,
  type MsgType,
  SESSION_TYPE_SINGLE,
  type SessionType,
  type UnreadInfo,
} from "../../../proto/mod.ts";
import { isGroupMessage } from "../../../shared/message_class.ts";
import type { Conversation, UnreadSession } from "../../../shared/storage/types.ts";
import { isStorableMessage } from "../../../shared/message_limits.ts";
import type { TaskCall } from "../services.ts";
import { MAX_ID_LIST, NO_ATTACH } from "./answers.ts";
import { latestMessageData, messageInfos } from "./rows.ts";

/** Most rows of one history answer (docs/spec/pitfalls.md P-LIM4). */
const MAX_HISTORY_ROWS = 100;
/** What a refused message is answered with: msg_server then sends no ack. */
const NOT_STORED = 0;

/**
 * CID_MSG_DATA: stores a message and answers it with its id. The answer leaves only after the
 * commit; id 0 tells msg_server that nothing was stored, for whatever reason.
 */
export async function sendMessage(call: TaskCall, request: IMMsgData): Promise<IMMsgDataInit> {
  request.msg_id = NOT_STORED;
  if (!isStorableMessage(request.msg_type, request.msg_data)) return request;
  if (!isGroupMessage(request.msg_type) && request.from_user_id === request.to_session_id) {
    return request;
  }
  const { storage, clock, stored: storedIn } = call.from.services;
  const startMs = clock.elapsedMs();
  const stored = await storage.messages.append({
    fromId: request.from_user_id,
    toId: request.to_session_id,
    type: request.msg_type,
    content: request.msg_data,
    created: request.create_time,
  });
  if (stored.ok) {
    request.msg_id = stored.value;
    storedIn.add(clock.elapsedMs() - startMs);
  }
  return request;
}

/** The answer when storage failed: no id, so no ack. */
export function sendMessageFailed(request: IMMsgData): IMMsgDataInit {
  return { ...request, msg_id: NOT_STORED };
}

/** CID_MSG_READ_ACK: everything in the session is read, whatever msg_id says (P-UNR3). */
export async function readAck(call: TaskCall, request: IMMsgDataReadAck): Promise<null> {
  await call.from.services.storage.unread.clear(conversationOf(request));
  return null;
}

/**
 * CID_MSG_UNREAD_CNT_REQUEST, answered by CID_MSG_UNREAD_CNT_RESPONSE: unread messages per session,
 * single sessions first.
 */
export async function unreadCounts(
  call: TaskCall,
  request: IMUnreadMsgCntReq,
): Promise<IMUnreadMsgCntRspInit> {
  const { storage, audioLabel } = call.from.services;
  const sessions = await storage.unread.counts(request.user_id);
  return {
    user_id: request.user_id,
    total_cnt: sessions.reduce((sum, session) => sum + session.count, 0),
    unreadinfo_list: sessions
      .map((session) => unreadInfo(session, audioLabel))
      .filter((info) => info !== null),
    attach_data: request.attach_data ?? NO_ATTACH,
  };
}

/** CID_MSG_LIST_REQUEST: a page of history, newest first. */
export async function messageList(
  call: TaskCall,
  request: IMGetMsgListReq,
): Promise<IMGetMsgListRspInit> {
  const limit = Math.min(request.msg_cnt, MAX_HISTORY_ROWS);
  const rows = limit === 0 ? [] : await call.from.services.storage.messages.list({
    conversation: conversationOf(request),
    beginId: request.msg_id_begin,
    limit,
  });
  return {
    user_id: request.user_id,
    session_type: request.session_type,
    session_id: request.session_id,
    msg_id_begin: request.msg_id_begin,
    msg_list: messageInfos(rows),
    attach_data: request.attach_data ?? NO_ATTACH,
  };
}

/** CID_MSG_GET_BY_MSG_ID_REQ: the visible ones of the given ids, newest first, at most 100. */
export async function messagesById(
  call: TaskCall,
  request: IMGetMsgByIdReq,
): Promise<IMGetMsgByIdRspInit> {
  const rows = await call.from.services.storage.messages.byIds(
    conversationOf(request),
    request.msg_id_list.slice(0, MAX_ID_LIST),
  );
  return {
    user_id: request.user_id,
    session_type: request.session_type,
    session_id: request.session_id,
    msg_list: messageInfos(rows.slice(0, MAX_HISTORY_ROWS)),
    attach_data: request.attach_data ?? NO_ATTACH,
  };
}

/**
 * CID_MSG_GET_LATEST_MSG_ID_REQ, answered by CID_MSG_GET_LATEST_MSG_ID_RSP: id of the newest
 * message, 0 when there is none.
 */
export async function latestMessageId(
  call: TaskCall,
  request: IMGetLatestMsgIdReq,
): Promise<IMGetLatestMsgIdRspInit> {
  return {
    user_id: request.user_id,
    session_type: request.session_type,
    session_id: request.session_id,
    latest_msg_id: await call.from.services.storage.messages.latestId(conversationOf(request)),
    attach_data: request.attach_data ?? NO_ATTACH,
  };
}

function conversationOf(
  request: { user_id: number; session_type: SessionType; session_id: number },
): Conversation {
  return {
    type: request.session_type,
    userId: request.user_id,
    sessionId: request.session_id,
  };
}

function unreadInfo(session: UnreadSession, audioLabel: Uint8Array): UnreadInfo | null {
  const { latest } = session;
  if (latest === null) return null;
  return {
    session_id: session.sessionId,
    session_type: session.type as SessionType,
    unread_cnt: session.count,
    latest_msg_id: latest.msgId,
    latest_msg_data: latestMessageData(latest, audioLabel),
    latest_msg_type: latest.type as MsgType,
    latest_msg_from_user_id: session.type === SESSION_TYPE_SINGLE
      ? session.sessionId
      : latest.fromId,
  };
}
