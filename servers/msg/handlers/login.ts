/** Login, logout and what else ends a session (docs/spec/flows.md 2, 3 and 6). */
import {
  CID_LOGIN_REQ_DEVICETOKEN,
  CID_LOGIN_RES_LOGINOUT,
  CID_LOGIN_RES_USERLOGIN,
  CID_OTHER_SERVER_KICK_USER,
  CID_OTHER_VALIDATE_REQ,
  IMDeviceTokenReq,
  type IMLoginReq,
  IMLoginRes,
  type IMLoginResInit,
  type IMLogoutReq,
  IMLogoutRsp,
  type IMLogoutRspInit,
  IMServerKickUser,
  IMValidateReq,
  type IMValidateRsp,
  KICK_REASON_DUPLICATE_USER,
  REFUSE_REASON_DB_VALIDATE_FAILED,
  REFUSE_REASON_MSG_SERVER_FULL,
  REFUSE_REASON_NO_DB_SERVER,
  REFUSE_REASON_NO_LOGIN_SERVER,
  REFUSE_REASON_NO_ROUTE_SERVER,
  REFUSE_REASON_NONE,
  type ResultType,
} from "../../../proto/mod.ts";
import { nowSec } from "../../../shared/clock.ts";
import { bareAddress } from "../../../shared/netlib/mod.ts";
import {
  ATTACH_TYPE_HANDLE,
  buildFrame,
  decodeAttach,
  encodeDbAttach,
} from "../../../shared/pdu/mod.ts";
import { goOffline, goOnline, kickSameClass } from "../sessions.ts";
import type { ClientCall, MsgServices, PeerCall } from "../services.ts";
import { isMobile } from "../../../shared/client_class.ts";
import type { ClientConn } from "../state/client_conn.ts";

/** What the original's clients show when a server behind this one is missing. */
const SERVICE_ERROR_TEXT = "服务端异常";

/**
 * CID_LOGIN_REQ_USERLOGIN: asks db_proxy about the password. The answer to the client follows in
 * {@link userValidated}; only a missing server is answered here. A second request is ignored.
 */
export function userLogin(call: ClientCall, request: IMLoginReq): null {
  const { from: conn, seqNum } = call;
  if (conn.state !== "new") return null;
  const obstacle = loginObstacle(conn.services);
  if (obstacle !== null) {
    refuseLogin(conn, seqNum, obstacle);
    return null;
  }
  conn.state = "waiting";
  // It has said who it wants to be; how many wait for db_proxy is limited with all others.
  conn.leaveNewcomers();
  conn.loginName = request.user_name;
  conn.clientType = request.client_type;
  conn.onlineStatus = request.online_status;
  const validate = IMValidateReq.encode({
    user_name: request.user_name,
    password: request.password,
    attach_data: encodeDbAttach(ATTACH_TYPE_HANDLE, conn.id),
    ...(conn.services.config.tellClientAddress &&
      { client_address: bareAddress(conn.link.remote) }),
  });
  conn.services.db.send("login", buildFrame(CID_OTHER_VALIDATE_REQ, seqNum, validate));
  return null;
}

/** CID_OTHER_VALIDATE_RSP from db_proxy: lets the waiting connection in, or turns it away. */
export function userValidated(call: PeerCall, response: IMValidateRsp): null {
  const { services } = call.from;
  const attach = decodeAttach(response.attach_data ?? new Uint8Array(0));
  const conn = attach === null ? undefined : services.conns.get(attach.handle);
  if (conn?.state !== "waiting" || conn.loginName !== response.user_name) return null;
  const { user_info: info } = response;
  const text = response.result_string ?? "";
  if (response.result_code !== 0 || info === undefined) {
    refuseLater(conn, call.seqNum, text);
    return null;
  }
  // Again: others who were checked before this one's answer came may have taken the last places.
  if (isFull(services)) {
    refuseLogin(conn, call.seqNum, SERVER_FULL);
    return null;
  }
  const kicked = kickSameClass(services, info.user_id, {
    clientType: conn.clientType,
    reason: KICK_REASON_DUPLICATE_USER,
  });
  services.routes.send(buildFrame(
    CID_OTHER_SERVER_KICK_USER,
    0,
    IMServerKickUser.encode({
      user_id: info.user_id,
      client_type: conn.clientType,
      reason: KICK_REASON_DUPLICATE_USER,
    }),
  ));
  goOnline(conn, { id: info.user_id, nick: info.user_nick_name });
  for (const old of kicked) goOffline(old);
  reply(conn, call.seqNum, {
    server_time: nowSec(services.clock),
    result_code: REFUSE_REASON_NONE,
    result_string: text,
    online_status: conn.onlineStatus,
    user_info: info,
  });
  return null;
}

/**
 * CID_LOGIN_REQ_LOGINOUT: answers and closes. A mobile terminal's device token is erased, so that a
 * phone that logged out gets no more pushes (docs/spec/pitfalls.md P-PUSH2).
 */
export function userLogout(call: ClientCall, _request: IMLogoutReq): IMLogoutRspInit | null {
  const { from: conn, seqNum } = call;
  if (isMobile(conn.clientType)) {
    const erase = IMDeviceTokenReq.encode({ user_id: conn.userId, device_token: "" });
    conn.services.db.send("other", buildFrame(CID_LOGIN_REQ_DEVICETOKEN, seqNum, erase));
  }
  conn.reply(buildFrame(CID_LOGIN_RES_LOGINOUT, seqNum, IMLogoutRsp.encode({ result_code: 0 })));
  conn.link.close("logged out");
  return null;
}

interface Refusal {
  readonly code: ResultType;
  readonly text: string;
}

const SERVER_FULL: Refusal = { code: REFUSE_REASON_MSG_SERVER_FULL, text: "负载过高" };

/** Why nobody can log in now, in the order the original checks (docs/spec/flows.md 2.1). */
function loginObstacle(services: MsgServices): Refusal | null {
  const { db, logins, routes } = services;
  if (!db.hasOpenLink) return { code: REFUSE_REASON_NO_DB_SERVER, text: SERVICE_ERROR_TEXT };
  if (!logins.hasOpenLink) return { code: REFUSE_REASON_NO_LOGIN_SERVER, text: SERVICE_ERROR_TEXT };
  if (!routes.hasOpenLink) return { code: REFUSE_REASON_NO_ROUTE_SERVER, text: SERVICE_ERROR_TEXT };
  return isFull(services) ? SERVER_FULL : null;
}

function isFull({ users, config }: MsgServices): boolean {
  return users.connCount >= config.maxConnCnt;
}

/**
 * Every refusal of db_proxy is result 6; the text tells why (docs/spec/pitfalls.md Q-LOGCODE). It
 * waits a little, as the guess of somebody who tries many (P-PWD).
 */
function refuseLater(conn: ClientConn, seqNum: number, text: string): void {
  const { clock, config } = conn.services;
  const refuse = () => refuseLogin(conn, seqNum, { code: REFUSE_REASON_DB_VALIDATE_FAILED, text });
  if (config.loginFailureDelayMs === 0) return refuse();
  conn.state = "refused";
  conn.refusal = clock.after(config.loginFailureDelayMs, refuse);
}

function refuseLogin(conn: ClientConn, seqNum: number, refusal: Refusal): void {
  conn.services.log.debug("login refused", { connId: conn.id, result: refusal.code });
  reply(conn, seqNum, {
    server_time: nowSec(conn.services.clock),
    result_code: refusal.code,
    result_string: refusal.text,
  });
  conn.link.close("login refused");
}

function reply(conn: ClientConn, seqNum: number, response: IMLoginResInit): void {
  conn.reply(buildFrame(CID_LOGIN_RES_USERLOGIN, seqNum, IMLoginRes.encode(response)));
}
