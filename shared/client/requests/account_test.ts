import * as proto from "../../../proto/mod.ts";
import { answer, testRequests } from "../test_support/request_cases.ts";

const user_id = 7;

testRequests({
  serverTime: {
    send: (client) => client.serverTime(),
    id: proto.CID_MSG_TIME_REQUEST,
    request: proto.IMClientTimeReq,
    sent: {},
    answer: answer(proto.CID_MSG_TIME_RESPONSE, proto.IMClientTimeRsp),
    reply: { server_time: 99 },
    result: 99,
  },
  logout: {
    send: (client) => client.logout(),
    id: proto.CID_LOGIN_REQ_LOGINOUT,
    request: proto.IMLogoutReq,
    sent: {},
    answer: answer(proto.CID_LOGIN_RES_LOGINOUT, proto.IMLogoutRsp),
    reply: { result_code: 0 },
  },
  kickPc: {
    send: (client) => client.kickPc(),
    id: proto.CID_LOGIN_REQ_KICKPCCLIENT,
    request: proto.IMKickPCClientReq,
    sent: { user_id },
    answer: answer(proto.CID_LOGIN_RES_KICKPCCLIENT, proto.IMKickPCClientRsp),
    reply: { user_id, result_code: 0 },
  },
  setDeviceToken: {
    send: (client) => client.setDeviceToken("token"),
    id: proto.CID_LOGIN_REQ_DEVICETOKEN,
    request: proto.IMDeviceTokenReq,
    sent: { user_id, device_token: "token", client_type: proto.CLIENT_TYPE_WINDOWS },
    answer: answer(proto.CID_LOGIN_RES_DEVICETOKEN, proto.IMDeviceTokenRsp),
    reply: { user_id },
  },
  "setDeviceToken, at an original msg_server": {
    send: (client) => client.setDeviceToken("token"),
    id: proto.CID_LOGIN_REQ_DEVICETOKEN,
    request: proto.IMDeviceTokenReq,
    sent: { user_id, device_token: "token", client_type: proto.CLIENT_TYPE_WINDOWS },
    // Any message without fields has the empty body that it answers with.
    answer: answer(proto.CID_LOGIN_RES_DEVICETOKEN, proto.IMHeartBeat),
    reply: {},
    result: { user_id },
  },
  setPushShield: {
    send: (client) => client.setPushShield(1),
    id: proto.CID_LOGIN_REQ_PUSH_SHIELD,
    request: proto.IMPushShieldReq,
    sent: { user_id, shield_status: 1 },
    answer: answer(proto.CID_LOGIN_RES_PUSH_SHIELD, proto.IMPushShieldRsp),
    reply: { user_id, result_code: 0, shield_status: 1 },
  },
  queryPushShield: {
    send: (client) => client.queryPushShield(),
    id: proto.CID_LOGIN_REQ_QUERY_PUSH_SHIELD,
    request: proto.IMQueryPushShieldReq,
    sent: { user_id },
    answer: answer(proto.CID_LOGIN_RES_QUERY_PUSH_SHIELD, proto.IMQueryPushShieldRsp),
    reply: { user_id, result_code: 0, shield_status: 0 },
  },
});
