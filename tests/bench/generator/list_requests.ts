/** What clients ask for when they show lists, each with the command of its answer. */
import {
  CID_BUDDY_LIST_ALL_USER_REQUEST,
  CID_BUDDY_LIST_ALL_USER_RESPONSE,
  CID_BUDDY_LIST_RECENT_CONTACT_SESSION_REQUEST,
  CID_BUDDY_LIST_RECENT_CONTACT_SESSION_RESPONSE,
  CID_MSG_GET_LATEST_MSG_ID_REQ,
  CID_MSG_GET_LATEST_MSG_ID_RSP,
  CID_MSG_LIST_REQUEST,
  CID_MSG_LIST_RESPONSE,
  CID_MSG_UNREAD_CNT_REQUEST,
  CID_MSG_UNREAD_CNT_RESPONSE,
  IMAllUserReq,
  IMGetLatestMsgIdReq,
  IMGetMsgListReq,
  IMRecentContactSessionReq,
  IMUnreadMsgCntReq,
  SESSION_TYPE_SINGLE,
} from "../../../proto/mod.ts";
import { buildFrame } from "../../../shared/pdu/mod.ts";

export interface ListRequest {
  readonly frame: Uint8Array;
  readonly answerId: number;
}

/** Messages on a page of history, as clients ask for them. */
export const PAGE_MESSAGES = 20;

export function unreadRequest(userId: number): ListRequest {
  const body = IMUnreadMsgCntReq.encode({ user_id: userId });
  return {
    frame: buildFrame(CID_MSG_UNREAD_CNT_REQUEST, 1, body),
    answerId: CID_MSG_UNREAD_CNT_RESPONSE,
  };
}

export function recentRequest(userId: number): ListRequest {
  const body = IMRecentContactSessionReq.encode({ user_id: userId, latest_update_time: 0 });
  return {
    frame: buildFrame(CID_BUDDY_LIST_RECENT_CONTACT_SESSION_REQUEST, 1, body),
    answerId: CID_BUDDY_LIST_RECENT_CONTACT_SESSION_RESPONSE,
  };
}

/** A conversation as one of its two users sees it. */
export interface UserAndPeer {
  readonly userId: number;
  readonly peerId: number;
}

export function latestIdRequest({ userId, peerId }: UserAndPeer): ListRequest {
  const body = IMGetLatestMsgIdReq.encode({
    user_id: userId,
    session_type: SESSION_TYPE_SINGLE,
    session_id: peerId,
  });
  return {
    frame: buildFrame(CID_MSG_GET_LATEST_MSG_ID_REQ, 1, body),
    answerId: CID_MSG_GET_LATEST_MSG_ID_RSP,
  };
}

/** A page of the history, from message id `newest` back; 0 for the latest. */
export function historyRequest(
  { userId, peerId, newest }: UserAndPeer & { readonly newest: number },
): ListRequest {
  const body = IMGetMsgListReq.encode({
    user_id: userId,
    session_type: SESSION_TYPE_SINGLE,
    session_id: peerId,
    msg_id_begin: newest,
    msg_cnt: PAGE_MESSAGES,
  });
  return { frame: buildFrame(CID_MSG_LIST_REQUEST, 1, body), answerId: CID_MSG_LIST_RESPONSE };
}

/** Everybody who was changed after `since` (unix seconds); 0 for the whole directory. */
export function directoryRequest(userId: number, since: number): ListRequest {
  const body = IMAllUserReq.encode({ user_id: userId, latest_update_time: since });
  return {
    frame: buildFrame(CID_BUDDY_LIST_ALL_USER_REQUEST, 1, body),
    answerId: CID_BUDDY_LIST_ALL_USER_RESPONSE,
  };
}
