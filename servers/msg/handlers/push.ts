/** What other servers say for pushes; what becomes of it is in `push/push_pipeline.ts`. */
import {
  type IMGetDeviceTokenRsp,
  type IMGroupGetShieldRsp,
  IMUsersInfoRsp,
  IMUsersStatRsp,
} from "../../../proto/mod.ts";
import { ATTACH_TYPE_PDU_FOR_PUSH, bodyOf } from "../../../shared/pdu/mod.ts";
import type { PeerCall } from "../services.ts";
import { answerToClient, readAnswer } from "./forward.ts";

/** CID_OTHER_GET_SHIELD_RSP: who wants no pushes of a group. */
export function groupShieldsArrived(call: PeerCall, response: IMGroupGetShieldRsp): null {
  call.from.services.pushLookup.shieldsArrived(response);
  return null;
}

/** CID_OTHER_GET_DEVICE_TOKEN_RSP: where pushes go. */
export function deviceTokensArrived(call: PeerCall, response: IMGetDeviceTokenRsp): null {
  call.from.services.pushLookup.tokensArrived(response);
  return null;
}

/** CID_BUDDY_LIST_USER_INFO_RESPONSE: an answer for a client, or the names of authors. */
export function usersInfoArrived(call: PeerCall): void {
  const { services } = call.from;
  const { attachType } = readAnswer(services, call.frame);
  if (attachType !== ATTACH_TYPE_PDU_FOR_PUSH) answerToClient(call);
  else services.pushLookup.infosArrived(IMUsersInfoRsp.decode(bodyOf(call.frame)));
}

/** CID_BUDDY_LIST_USERS_STATUS_RESPONSE to a question of ours: who has a PC online. */
export function pcStatusesArrived(call: PeerCall): void {
  call.from.services.pushLookup.statusesArrived(IMUsersStatRsp.decode(bodyOf(call.frame)));
}

/** CID_OTHER_PUSH_TO_USER_RSP: what push_server has done says nothing about the phone. */
export function pushDone(_call: PeerCall): void {}
