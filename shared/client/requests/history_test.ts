import * as proto from "../../../proto/mod.ts";
import { answer, testRequests } from "../test_support/request_cases.ts";
import type { SessionRef } from "./history.ts";

const user_id = 7;
const single: SessionRef = { session_type: proto.SESSION_TYPE_SINGLE, session_id: 8 };

testRequests({
  messageList: {
    send: (client) => client.messageList(single, { begin: 9, count: 5 }),
    id: proto.CID_MSG_LIST_REQUEST,
    request: proto.IMGetMsgListReq,
    sent: { user_id, ...single, msg_id_begin: 9, msg_cnt: 5 },
    answer: answer(proto.CID_MSG_LIST_RESPONSE, proto.IMGetMsgListRsp),
    reply: { user_id, ...single, msg_id_begin: 9, msg_list: [] },
  },
  messagesByIds: {
    send: (client) => client.messagesByIds(single, [3, 4]),
    id: proto.CID_MSG_GET_BY_MSG_ID_REQ,
    request: proto.IMGetMsgByIdReq,
    sent: { user_id, ...single, msg_id_list: [3, 4] },
    answer: answer(proto.CID_MSG_GET_BY_MSG_ID_RES, proto.IMGetMsgByIdRsp),
    reply: { user_id, ...single, msg_list: [] },
  },
  latestMessageId: {
    send: (client) => client.latestMessageId(single),
    id: proto.CID_MSG_GET_LATEST_MSG_ID_REQ,
    request: proto.IMGetLatestMsgIdReq,
    sent: { user_id, ...single },
    answer: answer(proto.CID_MSG_GET_LATEST_MSG_ID_RSP, proto.IMGetLatestMsgIdRsp),
    reply: { user_id, ...single, latest_msg_id: 12 },
    result: 12,
  },
  unread: {
    send: (client) => client.unread(),
    id: proto.CID_MSG_UNREAD_CNT_REQUEST,
    request: proto.IMUnreadMsgCntReq,
    sent: { user_id },
    answer: answer(proto.CID_MSG_UNREAD_CNT_RESPONSE, proto.IMUnreadMsgCntRsp),
    reply: { user_id, total_cnt: 0, unreadinfo_list: [] },
  },
  readAck: {
    send: (client) => client.readAck(single, 4),
    id: proto.CID_MSG_READ_ACK,
    request: proto.IMMsgDataReadAck,
    sent: { user_id, ...single, msg_id: 4 },
  },
  recentSessions: {
    send: (client) => client.recentSessions(50),
    id: proto.CID_BUDDY_LIST_RECENT_CONTACT_SESSION_REQUEST,
    request: proto.IMRecentContactSessionReq,
    sent: { user_id, latest_update_time: 50 },
    answer: answer(
      proto.CID_BUDDY_LIST_RECENT_CONTACT_SESSION_RESPONSE,
      proto.IMRecentContactSessionRsp,
    ),
    reply: { user_id, contact_session_list: [] },
  },
  removeSession: {
    send: (client) => client.removeSession(single),
    id: proto.CID_BUDDY_LIST_REMOVE_SESSION_REQ,
    request: proto.IMRemoveSessionReq,
    sent: { user_id, ...single },
    answer: answer(proto.CID_BUDDY_LIST_REMOVE_SESSION_RES, proto.IMRemoveSessionRsp),
    reply: { user_id, result_code: 0, ...single },
  },
});
