/** The own terminal and account (docs/spec/flows.md 3, 4, 6, 18, 19). */
import {
  CID_LOGIN_REQ_DEVICETOKEN,
  CID_LOGIN_REQ_KICKPCCLIENT,
  CID_LOGIN_REQ_LOGINOUT,
  CID_LOGIN_REQ_PUSH_SHIELD,
  CID_LOGIN_REQ_QUERY_PUSH_SHIELD,
  CID_LOGIN_RES_DEVICETOKEN,
  CID_LOGIN_RES_KICKPCCLIENT,
  CID_LOGIN_RES_LOGINOUT,
  CID_LOGIN_RES_PUSH_SHIELD,
  CID_LOGIN_RES_QUERY_PUSH_SHIELD,
  CID_MSG_TIME_REQUEST,
  CID_MSG_TIME_RESPONSE,
  IMClientTimeReq,
  IMClientTimeRsp,
  IMDeviceTokenReq,
  IMDeviceTokenRsp,
  IMKickPCClientReq,
  IMKickPCClientRsp,
  IMLogoutReq,
  IMLogoutRsp,
  IMPushShieldReq,
  IMPushShieldRsp,
  IMQueryPushShieldReq,
  IMQueryPushShieldRsp,
} from "../../../proto/mod.ts";
import type { Requester } from "../exchange.ts";

export type AccountRequests = ReturnType<typeof accountRequests>;

export function accountRequests(client: Requester) {
  return {
    /** Unix seconds. Answered in order by the msg_server alone, so it also serves as a barrier. */
    async serverTime(): Promise<number> {
      const answer = await client.request({
        id: CID_MSG_TIME_REQUEST,
        request: IMClientTimeReq,
        replyId: CID_MSG_TIME_RESPONSE,
        reply: IMClientTimeRsp,
      }, {});
      return answer.server_time;
    },
    /** Logs out, which also erases the device token, and closes the client. */
    async logout(): Promise<IMLogoutRsp> {
      try {
        return await client.request({
          id: CID_LOGIN_REQ_LOGINOUT,
          request: IMLogoutReq,
          replyId: CID_LOGIN_RES_LOGINOUT,
          reply: IMLogoutRsp,
        }, {});
      } finally {
        await client.close();
      }
    },
    /** Kicks the user's PC terminal; only mobile clients may. */
    kickPc: () =>
      client.request({
        id: CID_LOGIN_REQ_KICKPCCLIENT,
        request: IMKickPCClientReq,
        replyId: CID_LOGIN_RES_KICKPCCLIENT,
        reply: IMKickPCClientRsp,
      }, { user_id: client.userId }),
    ...pushSettings(client),
  };
}

/** COMPAT: the original's msg_server answers with an empty body (docs/spec/pitfalls.md P-PUSH6). */
function deviceTokenReply(userId: number): typeof IMDeviceTokenRsp {
  return {
    ...IMDeviceTokenRsp,
    decode: (body) => body.length === 0 ? { user_id: userId } : IMDeviceTokenRsp.decode(body),
  };
}

function pushSettings(client: Requester) {
  return {
    /** Only mobile clients may. */
    setDeviceToken: (deviceToken: string) =>
      client.request({
        id: CID_LOGIN_REQ_DEVICETOKEN,
        request: IMDeviceTokenReq,
        replyId: CID_LOGIN_RES_DEVICETOKEN,
        reply: deviceTokenReply(client.userId),
      }, {
        user_id: client.userId,
        device_token: deviceToken,
        client_type: client.clientType,
      }),
    /** Whether pushes are held back at night: 1 yes, 0 no. */
    setPushShield: (shieldStatus: 0 | 1) =>
      client.request({
        id: CID_LOGIN_REQ_PUSH_SHIELD,
        request: IMPushShieldReq,
        replyId: CID_LOGIN_RES_PUSH_SHIELD,
        reply: IMPushShieldRsp,
      }, { user_id: client.userId, shield_status: shieldStatus }),
    queryPushShield: () =>
      client.request({
        id: CID_LOGIN_REQ_QUERY_PUSH_SHIELD,
        request: IMQueryPushShieldReq,
        replyId: CID_LOGIN_RES_QUERY_PUSH_SHIELD,
        reply: IMQueryPushShieldRsp,
      }, { user_id: client.userId }),
  };
}
