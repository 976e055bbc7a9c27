/** Presence, kicks and removed sessions: notices between servers and to terminals. */
import {
  CID_BUDDY_LIST_PC_LOGIN_STATUS_NOTIFY,
  CID_BUDDY_LIST_REMOVE_SESSION_NOTIFY,
  CID_BUDDY_LIST_USERS_STATUS_REQUEST,
  type IMAllUserReq,
  IMPCLoginStatusNotify,
  IMRemoveSessionNotify,
  type IMRemoveSessionReq,
  type IMServerKickUser,
  type IMServerPCLoginStatusNotify,
  IMUsersStatReq,
  type IMUsersStatRspInit,
  type IMUserStatNotify,
  KICK_REASON_DUPLICATE_USER,
  KICK_REASON_MOBILE_KICK,
  type KickReasonType,
  SESSION_TYPE_SINGLE,
  USER_STATUS_OFFLINE,
  USER_STATUS_ONLINE,
} from "../../../proto/mod.ts";
import {
  ATTACH_TYPE_HANDLE,
  ATTACH_TYPE_HANDLE_AND_PDU_FOR_FILE,
  ATTACH_TYPE_PDU_FOR_PUSH,
  buildFrame,
  encodePduAttach,
} from "../../../shared/pdu/mod.ts";
import { deliverTo } from "../delivery.ts";
import { goOffline, kickSameClass } from "../sessions.ts";
import type { ClientCall, PeerCall } from "../services.ts";
import { isMobile } from "../../../shared/client_class.ts";
import { receiverStatusArrived } from "./file_transfer.ts";
import { answerToClient, readAnswer } from "./forward.ts";
import { pcStatusesArrived } from "./push.ts";

/** Most ids of a status request that are asked (docs/spec/pitfalls.md P-LIM6). */
const MAX_STATUS_IDS = 5000;

/** CID_OTHER_HEARTBEAT: the same bytes back, header included (docs/spec/pitfalls.md Q-HB). */
export function echoHeartbeat(call: ClientCall): void {
  call.from.reply(call.frame);
}

/** CID_OTHER_HEARTBEAT on a server link; that it came is all it says. */
export function ignoreHeartbeat(_call: PeerCall): void {}

/**
 * CID_BUDDY_LIST_STATUS_NOTIFY from route_server: to every PC terminal (docs/spec/pitfalls.md
 * Q-STAT).
 */
export function statusNotify(call: PeerCall, _notify: IMUserStatNotify): null {
  for (const conn of call.from.services.users.pcConns) conn.link.send(call.frame);
  return null;
}

/**
 * CID_OTHER_LOGIN_STATUS_NOTIFY from route_server: the user's mobile terminals learn whether a PC
 * is online. Between servers that is 1 or 0, for clients 1 or 2 (docs/spec/pitfalls.md Q-PCNUM).
 */
export function pcLoginStatus(call: PeerCall, status: IMServerPCLoginStatusNotify): null {
  const user = call.from.services.users.get(status.user_id);
  if (user === undefined) return null;
  user.hasPcOnline = status.login_status !== 0;
  const frame = buildFrame(
    CID_BUDDY_LIST_PC_LOGIN_STATUS_NOTIFY,
    0,
    IMPCLoginStatusNotify.encode({
      user_id: user.id,
      login_stat: user.hasPcOnline ? USER_STATUS_ONLINE : USER_STATUS_OFFLINE,
    }),
  );
  for (const conn of user.conns) if (isMobile(conn.clientType)) conn.link.send(frame);
  return null;
}

/** CID_OTHER_SERVER_KICK_USER from route_server: the user logged in elsewhere or kicked the PC. */
export function kickRelayed(call: PeerCall, kick: IMServerKickUser): null {
  const reason: KickReasonType = kick.reason === KICK_REASON_MOBILE_KICK
    ? KICK_REASON_MOBILE_KICK
    : KICK_REASON_DUPLICATE_USER;
  const options = { clientType: kick.client_type, reason };
  for (const conn of kickSameClass(call.from.services, kick.user_id, options)) goOffline(conn);
  return null;
}

/**
 * CID_BUDDY_LIST_USERS_STATUS_REQUEST, answered by CID_BUDDY_LIST_USERS_STATUS_RESPONSE: asks the
 * master route_server. Without one everybody is reported offline (docs/spec/pitfalls.md, part 3).
 */
export function usersStatus(call: ClientCall, request: IMUsersStatReq): IMUsersStatRspInit | null {
  const { from: conn, seqNum } = call;
  const ids = request.user_id_list.slice(0, MAX_STATUS_IDS);
  const query = IMUsersStatReq.encode({
    user_id: conn.userId,
    user_id_list: ids,
    attach_data: encodePduAttach(ATTACH_TYPE_HANDLE, conn.id, new Uint8Array(0)),
  });
  const frame = buildFrame(CID_BUDDY_LIST_USERS_STATUS_REQUEST, seqNum, query);
  if (conn.services.routes.send(frame)) return null;
  return {
    user_id: conn.userId,
    user_stat_list: ids.map((id) => ({ user_id: id, status: USER_STATUS_OFFLINE })),
  };
}

/**
 * CID_BUDDY_LIST_USERS_STATUS_RESPONSE from route_server: the answer for a client, or to a question
 * of our own.
 */
export function usersStatusArrived(call: PeerCall): void {
  const { attachType } = readAnswer(call.from.services, call.frame);
  if (attachType === ATTACH_TYPE_HANDLE_AND_PDU_FOR_FILE) receiverStatusArrived(call);
  else if (attachType === ATTACH_TYPE_PDU_FOR_PUSH) pcStatusesArrived(call);
  else answerToClient(call);
}

/** Remembers since when a client wants users, for an answer that has to be split for it. */
export function rememberUsersSince(call: ClientCall, request: IMAllUserReq): null {
  call.from.usersSince = request.latest_update_time;
  return null;
}

/**
 * Tells the user's other terminals that a single session was removed, without waiting for db_proxy
 * (docs/spec/pitfalls.md Q-REMOVE). The request itself is forwarded.
 */
export function announceRemovedSession(call: ClientCall, request: IMRemoveSessionReq): null {
  if (request.session_type !== SESSION_TYPE_SINGLE) return null;
  const { from: conn } = call;
  const frame = buildFrame(
    CID_BUDDY_LIST_REMOVE_SESSION_NOTIFY,
    0,
    IMRemoveSessionNotify.encode({
      user_id: conn.userId,
      session_type: request.session_type,
      session_id: request.session_id,
    }),
  );
  deliverTo(conn.services.users, conn.userId, frame, conn);
  conn.services.routes.send(frame);
  return null;
}

/** CID_BUDDY_LIST_REMOVE_SESSION_NOTIFY from route_server: to all terminals of the user here. */
export function removedSessionRelayed(call: PeerCall, notify: IMRemoveSessionNotify): null {
  deliverTo(call.from.services.users, notify.user_id, call.frame);
  return null;
}
