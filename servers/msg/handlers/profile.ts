/** Signature and avatar (docs/spec/flows.md 14): the answer, and the notice to everybody. */
import {
  CID_BUDDY_LIST_AVATAR_CHANGED_NOTIFY,
  CID_BUDDY_LIST_CHANGE_AVATAR_RESPONSE,
  CID_BUDDY_LIST_SIGN_INFO_CHANGED_NOTIFY,
  IMAvatarChangedNotify,
  type IMChangeAvatarReq,
  IMChangeAvatarRsp,
  IMChangeSignInfoRsp,
  IMSignInfoChangedNotify,
} from "../../../proto/mod.ts";
import { bodyOf, buildFrame } from "../../../shared/pdu/mod.ts";
import { deliverTo } from "../delivery.ts";
import type { PeerCall } from "../services.ts";
import { answerToClient, readAnswer } from "./forward.ts";

const RESULT_OK = 0;

/**
 * CID_BUDDY_LIST_CHANGE_SIGN_INFO_RESPONSE: first the answer (docs/spec/pitfalls.md Q-SIGN), then the
 * notice to route_server, which sends it to every msg_server, this one included. Without a
 * route_server nobody is notified; clients then see the change with their next sync.
 */
export function signInfoChanged(call: PeerCall): void {
  const { services } = call.from;
  answerToClient(call);
  const { user_id, result_code, sign_info = "" } = IMChangeSignInfoRsp.decode(bodyOf(call.frame));
  if (result_code !== RESULT_OK) return;
  const notify = IMSignInfoChangedNotify.encode({ changed_user_id: user_id, sign_info });
  services.routes.send(buildFrame(CID_BUDDY_LIST_SIGN_INFO_CHANGED_NOTIFY, 0, notify));
}

/** The notice that will follow a changed avatar; the answer of db_proxy does not have the URL. */
export function avatarNotice({ user_id, avatar_url }: IMChangeAvatarReq): Uint8Array {
  return IMAvatarChangedNotify.encode({ changed_user_id: user_id, avatar_url });
}

/**
 * CID_BUDDY_LIST_CHANGE_AVATAR_RESPONSE: after a change all terminals of the user here are told, the
 * others with seq_num 0 so that they do not take it for an answer of theirs, and then everybody, in
 * the same way as of a signature.
 */
export function avatarChanged(call: PeerCall): void {
  const { services } = call.from;
  answerToClient(call);
  const { user_id, result_code } = IMChangeAvatarRsp.decode(bodyOf(call.frame));
  const { conn, body, attachPdu } = readAnswer(services, call.frame);
  // Without the notice this is no answer to a request of ours.
  if (result_code !== RESULT_OK || attachPdu.length === 0) return;
  const told = buildFrame(CID_BUDDY_LIST_CHANGE_AVATAR_RESPONSE, 0, body);
  deliverTo(services.users, user_id, told, conn);
  services.routes.send(buildFrame(CID_BUDDY_LIST_AVATAR_CHANGED_NOTIFY, 0, attachPdu));
}

/** CID_BUDDY_LIST_SIGN_INFO_CHANGED_NOTIFY from route_server: to every client. */
export function signInfoNotify(call: PeerCall, _notify: IMSignInfoChangedNotify): null {
  toEverybody(call);
  return null;
}

/** CID_BUDDY_LIST_AVATAR_CHANGED_NOTIFY from route_server: to every client. */
export function avatarNotify(call: PeerCall, _notify: IMAvatarChangedNotify): null {
  toEverybody(call);
  return null;
}

function toEverybody({ from, frame }: PeerCall): void {
  for (const conn of from.services.users.allConns()) conn.link.send(frame);
}
