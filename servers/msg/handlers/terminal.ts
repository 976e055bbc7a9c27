/**
 * Between the terminals of a user, and from terminal to terminal (docs/spec/flows.md 6, 18 and 20):
 * what a phone may do to the PC, where its pushes go, and commands that servers do not read.
 */
import {
  CID_LOGIN_REQ_DEVICETOKEN,
  CID_OTHER_SERVER_KICK_USER,
  CID_SWITCH_P2P_CMD,
  CLIENT_TYPE_MAC,
  IMDeviceTokenReq,
  type IMDeviceTokenRspInit,
  type IMKickPCClientReq,
  type IMKickPCClientRspInit,
  IMP2PCmdMsg,
  IMServerKickUser,
  KICK_REASON_MOBILE_KICK,
} from "../../../proto/mod.ts";
import { buildFrame } from "../../../shared/pdu/mod.ts";
import { deliverToAll } from "../delivery.ts";
import { goOffline, kickSameClass } from "../sessions.ts";
import type { ClientCall, PeerCall } from "../services.ts";
import { isMobile } from "../../../shared/client_class.ts";

const RESULT_OK = 0;

/**
 * CID_LOGIN_REQ_DEVICETOKEN: answered here and passed on to db_proxy. From a PC it is ignored: its
 * token would take the place of the phone's.
 */
export function deviceToken(
  call: ClientCall,
  request: IMDeviceTokenReq,
): IMDeviceTokenRspInit | null {
  const { from: conn, seqNum } = call;
  if (!isMobile(conn.clientType)) return null;
  const token = IMDeviceTokenReq.encode({
    user_id: conn.userId,
    device_token: request.device_token,
    client_type: conn.clientType,
  });
  conn.services.db.send("other", buildFrame(CID_LOGIN_REQ_DEVICETOKEN, seqNum, token));
  // The original leaves the required user_id out (docs/spec/pitfalls.md P-PUSH6).
  return { user_id: conn.userId };
}

/** CID_LOGIN_RES_DEVICETOKEN from db_proxy: the client has its answer already. */
export function deviceTokenStored(_call: PeerCall): void {}

/**
 * CID_LOGIN_REQ_KICKPCCLIENT, answered by CID_LOGIN_RES_KICKPCCLIENT: a phone ends the session at
 * the PC, wherever that is connected. The result is 0 also when there is none
 * (docs/spec/pitfalls.md Q-KICK0). From a PC it is ignored.
 */
export function kickPcClient(
  call: ClientCall,
  _request: IMKickPCClientReq,
): IMKickPCClientRspInit | null {
  const { services, userId, clientType } = call.from;
  if (!isMobile(clientType)) return null;
  // MAC stands for the class, whatever the PC is.
  const kick = { clientType: CLIENT_TYPE_MAC, reason: KICK_REASON_MOBILE_KICK };
  const kicked = kickSameClass(services, userId, kick);
  services.routes.send(buildFrame(
    CID_OTHER_SERVER_KICK_USER,
    0,
    IMServerKickUser.encode({
      user_id: userId,
      client_type: kick.clientType,
      reason: kick.reason,
    }),
  ));
  for (const conn of kicked) goOffline(conn);
  return { user_id: userId, result_code: RESULT_OK };
}

/**
 * CID_SWITCH_P2P_CMD from a client: to the sender's other terminals and the terminals of the
 * target, here and elsewhere, in the name of the logged-in user (docs/spec/pitfalls.md P-AUTH3).
 * COMPAT: it keeps the sender's seq_num, as clients know it from the original's relays.
 */
export function p2pCommand(call: ClientCall, command: IMP2PCmdMsg): null {
  const { from: conn, seqNum } = call;
  const { users, routes } = conn.services;
  command.from_user_id = conn.userId;
  const frame = buildFrame(CID_SWITCH_P2P_CMD, seqNum, IMP2PCmdMsg.encode(command));
  deliverToAll(users, [conn.userId, command.to_user_id], { frame, except: conn });
  routes.send(frame);
  return null;
}

/** CID_SWITCH_P2P_CMD from route_server: to all terminals of both users here. */
export function p2pCommandRelayed(call: PeerCall, command: IMP2PCmdMsg): null {
  const { users } = call.from.services;
  const both = [command.from_user_id, command.to_user_id];
  deliverToAll(users, both, { frame: call.frame, except: null });
  return null;
}
