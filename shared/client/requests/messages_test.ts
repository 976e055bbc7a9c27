import * as proto from "../../../proto/mod.ts";
import { answer, testRequests } from "../test_support/request_cases.ts";
import type { SessionRef } from "./history.ts";

const single: SessionRef = { session_type: proto.SESSION_TYPE_SINGLE, session_id: 8 };
const ack = { user_id: 7, session_id: 8, msg_id: 3, session_type: 1 };

testRequests({
  sendMessage: {
    send: (client) =>
      client.sendMessage({ to_session_id: 8, msg_type: 1, msg_data: Uint8Array.of(1) }),
    id: proto.CID_MSG_DATA,
    request: proto.IMMsgData,
    sent: {
      from_user_id: 7,
      to_session_id: 8,
      msg_id: 0,
      create_time: 0,
      msg_type: 1,
      msg_data: Uint8Array.of(1),
    },
    answer: answer(proto.CID_MSG_DATA_ACK, proto.IMMsgDataAck),
    reply: ack,
  },
  sendAudio: {
    send: (client) => client.sendAudio(single, { durationSec: 258, sound: Uint8Array.of(9) }),
    id: proto.CID_MSG_DATA,
    request: proto.IMMsgData,
    sent: {
      from_user_id: 7,
      to_session_id: 8,
      msg_id: 0,
      create_time: 0,
      msg_type: proto.MSG_TYPE_SINGLE_AUDIO,
      msg_data: Uint8Array.of(0, 0, 1, 2, 9),
    },
    answer: answer(proto.CID_MSG_DATA_ACK, proto.IMMsgDataAck),
    reply: ack,
  },
  p2pCommand: {
    send: (client) => client.p2pCommand(8, "{}"),
    id: proto.CID_SWITCH_P2P_CMD,
    request: proto.IMP2PCmdMsg,
    sent: { from_user_id: 7, to_user_id: 8, cmd_msg_data: "{}" },
  },
});
