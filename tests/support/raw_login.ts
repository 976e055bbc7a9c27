/** Logging in over a bare connection, for what a client library would not do. */
import {
  CID_LOGIN_REQ_USERLOGIN,
  CID_LOGIN_RES_USERLOGIN,
  CID_MSG_TIME_REQUEST,
  CID_MSG_TIME_RESPONSE,
  CLIENT_TYPE_ANDROID,
  IMClientTimeRsp,
  IMLoginReq,
  type IMLoginReqInit,
  IMLoginRes,
  USER_STATUS_ONLINE,
} from "../../proto/mod.ts";
import { md5Hex } from "../../shared/password.ts";
import { buildFrame } from "../../shared/pdu/mod.ts";
import { PASSWORD } from "./demo_data.ts";
import type { ScriptedLink } from "./scripted_link.ts";

/** A mobile terminal by default: it gets no presence notifications, so answers are all it hears. */
export function loginFrame(request: Partial<IMLoginReqInit> = {}, seqNum = 1): Uint8Array {
  const body = IMLoginReq.encode({
    user_name: "user1",
    password: md5Hex(PASSWORD),
    online_status: USER_STATUS_ONLINE,
    client_type: CLIENT_TYPE_ANDROID,
    client_version: "1.0",
    ...request,
  });
  return buildFrame(CID_LOGIN_REQ_USERLOGIN, seqNum, body);
}

export function sendLogin(
  link: ScriptedLink,
  request: Partial<IMLoginReqInit> = {},
  seqNum = 1,
): void {
  link.sendBytes(loginFrame(request, seqNum));
}

/** Logs in and returns the answer, which may be a refusal. */
export async function rawLogin(
  link: ScriptedLink,
  request: Partial<IMLoginReqInit> = {},
): Promise<IMLoginRes> {
  sendLogin(link, request);
  return await link.expect(CID_LOGIN_RES_USERLOGIN, IMLoginRes);
}

/** Asks for the time, which every server answers at once: the answer has to be the next frame. */
export async function isServed(link: ScriptedLink): Promise<void> {
  link.send(CID_MSG_TIME_REQUEST, new Uint8Array(0), { seqNum: 99 });
  await link.expect(CID_MSG_TIME_RESPONSE, IMClientTimeRsp);
}
