/** Stored messages, what of them is unread, and the recent sessions (docs/spec/flows.md 10–13). */
import {
  CID_BUDDY_LIST_RECENT_CONTACT_SESSION_REQUEST,
  CID_BUDDY_LIST_RECENT_CONTACT_SESSION_RESPONSE,
  CID_BUDDY_LIST_REMOVE_SESSION_REQ,
  CID_BUDDY_LIST_REMOVE_SESSION_RES,
  CID_MSG_GET_BY_MSG_ID_REQ,
  CID_MSG_GET_BY_MSG_ID_RES,
  CID_MSG_GET_LATEST_MSG_ID_REQ,
  CID_MSG_GET_LATEST_MSG_ID_RSP,
  CID_MSG_LIST_REQUEST,
  CID_MSG_LIST_RESPONSE,
  CID_MSG_READ_ACK,
  CID_MSG_UNREAD_CNT_REQUEST,
  CID_MSG_UNREAD_CNT_RESPONSE,
  IMGetLatestMsgIdReq,
  IMGetLatestMsgIdRsp,
  IMGetMsgByIdReq,
  IMGetMsgByIdRsp,
  IMGetMsgListReq,
  IMGetMsgListRsp,
  IMMsgDataReadAck,
  IMRecentContactSessionReq,
  IMRecentContactSessionRsp,
  IMRemoveSessionReq,
  IMRemoveSessionRsp,
  IMUnreadMsgCntReq,
  IMUnreadMsgCntRsp,
  type SessionType,
} from "../../../proto/mod.ts";
import type { Requester } from "../exchange.ts";

/** One conversation of the user: with another user, or a group. */
export interface SessionRef {
  readonly session_type: SessionType;
  readonly session_id: number;
}

export interface HistoryRange {
  /** Newest msg_id wanted; 0, the default, is the latest. */
  readonly begin?: number;
  /** Most messages wanted; 20 when absent. */
  readonly count?: number;
}

const HISTORY_COUNT = 20;

export type HistoryRequests = ReturnType<typeof historyRequests>;

export function historyRequests(client: Requester) {
  return {
    ...storedMessages(client),
    ...sessions(client),
  };
}

function storedMessages(client: Requester) {
  return {
    /** Stored messages, newest first. */
    messageList: ({ session_type, session_id }: SessionRef, range: HistoryRange = {}) =>
      client.request({
        id: CID_MSG_LIST_REQUEST,
        request: IMGetMsgListReq,
        replyId: CID_MSG_LIST_RESPONSE,
        reply: IMGetMsgListRsp,
      }, {
        user_id: client.userId,
        session_type,
        session_id,
        msg_id_begin: range.begin ?? 0,
        msg_cnt: range.count ?? HISTORY_COUNT,
      }),
    messagesByIds: ({ session_type, session_id }: SessionRef, ids: readonly number[]) =>
      client.request({
        id: CID_MSG_GET_BY_MSG_ID_REQ,
        request: IMGetMsgByIdReq,
        replyId: CID_MSG_GET_BY_MSG_ID_RES,
        reply: IMGetMsgByIdRsp,
      }, { user_id: client.userId, session_type, session_id, msg_id_list: ids }),
    /** 0 when there is no message. */
    async latestMessageId({ session_type, session_id }: SessionRef): Promise<number> {
      const answer = await client.request({
        id: CID_MSG_GET_LATEST_MSG_ID_REQ,
        request: IMGetLatestMsgIdReq,
        replyId: CID_MSG_GET_LATEST_MSG_ID_RSP,
        reply: IMGetLatestMsgIdRsp,
      }, { user_id: client.userId, session_type, session_id });
      return answer.latest_msg_id;
    },
  };
}

function sessions(client: Requester) {
  return {
    unread: () =>
      client.request({
        id: CID_MSG_UNREAD_CNT_REQUEST,
        request: IMUnreadMsgCntReq,
        replyId: CID_MSG_UNREAD_CNT_RESPONSE,
        reply: IMUnreadMsgCntRsp,
      }, { user_id: client.userId }),
    /** Marks the whole session as read. There is no answer. */
    readAck: ({ session_type, session_id }: SessionRef, msgId: number): void =>
      client.notify(
        { id: CID_MSG_READ_ACK, request: IMMsgDataReadAck },
        { user_id: client.userId, session_type, session_id, msg_id: msgId },
      ),
    /** Sessions that changed after `latestUpdateTime`, newest first. */
    async recentSessions(latestUpdateTime = 0): Promise<IMRecentContactSessionRsp> {
      const parts = await client.requestParts({
        id: CID_BUDDY_LIST_RECENT_CONTACT_SESSION_REQUEST,
        request: IMRecentContactSessionReq,
        replyId: CID_BUDDY_LIST_RECENT_CONTACT_SESSION_RESPONSE,
        reply: IMRecentContactSessionRsp,
      }, { user_id: client.userId, latest_update_time: latestUpdateTime });
      const sessions = parts.flatMap((part) => part.contact_session_list);
      return { ...parts.at(-1)!, contact_session_list: sessions };
    },
    removeSession: ({ session_type, session_id }: SessionRef) =>
      client.request({
        id: CID_BUDDY_LIST_REMOVE_SESSION_REQ,
        request: IMRemoveSessionReq,
        replyId: CID_BUDDY_LIST_REMOVE_SESSION_RES,
        reply: IMRemoveSessionRsp,
      }, { user_id: client.userId, session_type, session_id }),
  };
}
