/** Groups: what msg_server does besides forwarding (docs/spec/flows.md 16). */
import {
  CID_GROUP_CHANGE_MEMBER_NOTIFY,
  GROUP_TYPE_NORMAL,
  IMGroupChangeMemberNotify,
  IMGroupChangeMemberRsp,
  type IMGroupCreateReq,
  type IMGroupCreateRspInit,
  IMGroupInfoListRsp,
  IMMsgData,
} from "../../../proto/mod.ts";
import { ATTACH_TYPE_HANDLE_AND_PDU, bodyOf, buildFrame } from "../../../shared/pdu/mod.ts";
import { deliverToAll } from "../delivery.ts";
import type { ClientCall, PeerCall } from "../services.ts";
import { answerToClient, readAnswer } from "./forward.ts";
import { membersArrived } from "./message.ts";

const RESULT_OK = 0;
const RESULT_FAILED = 1;

/** Normal groups are made by administrators only (docs/spec/pitfalls.md P-GRP5). */
export function refuseNormalGroup(
  _call: ClientCall,
  request: IMGroupCreateReq,
): IMGroupCreateRspInit | null {
  return request.group_type === GROUP_TYPE_NORMAL ? groupNotCreated(request) : null;
}

/** The answer of a creation that did not happen. */
export function groupNotCreated(request: IMGroupCreateReq): IMGroupCreateRspInit {
  return {
    user_id: request.user_id,
    result_code: RESULT_FAILED,
    group_name: request.group_name,
    user_id_list: request.member_id_list,
  };
}

/**
 * CID_GROUP_INFO_RESPONSE: an answer for a client, or the members of a group whose messages wait to
 * be delivered.
 */
export function groupInfoArrived(call: PeerCall): void {
  const { services } = call.from;
  const { attachType, attachPdu } = readAnswer(services, call.frame);
  if (attachType !== ATTACH_TYPE_HANDLE_AND_PDU) {
    answerToClient(call);
    return;
  }
  const asked = IMMsgData.decode(attachPdu);
  const [group] = IMGroupInfoListRsp.decode(bodyOf(call.frame)).group_info_list;
  membersArrived(services, {
    groupId: asked.to_session_id,
    authorId: asked.from_user_id,
    msgId: asked.msg_id,
    members: group?.group_member_list ?? null,
  });
}

/**
 * CID_GROUP_CHANGE_MEMBER_RESPONSE: the answer for the requester; after a change everybody it
 * concerns is told, each terminal once (docs/spec/pitfalls.md P-GRP8).
 */
export function membersChanged(call: PeerCall): void {
  const { services } = call.from;
  answerToClient(call);
  const answer = IMGroupChangeMemberRsp.decode(bodyOf(call.frame));
  if (answer.result_code !== RESULT_OK || answer.chg_user_id_list.length === 0) return;
  const frame = buildFrame(
    CID_GROUP_CHANGE_MEMBER_NOTIFY,
    0,
    IMGroupChangeMemberNotify.encode({
      user_id: answer.user_id,
      change_type: answer.change_type,
      group_id: answer.group_id,
      cur_user_id_list: answer.cur_user_id_list,
      chg_user_id_list: answer.chg_user_id_list,
    }),
  );
  services.routes.send(frame);
  const { conn } = readAnswer(services, call.frame);
  deliverToAll(services.users, concerned(answer), { frame, except: conn });
}

/** CID_GROUP_CHANGE_MEMBER_NOTIFY from route_server: to everybody it concerns here. */
export function membersChangedRelayed(call: PeerCall, notify: IMGroupChangeMemberNotify): null {
  const { users } = call.from.services;
  deliverToAll(users, concerned(notify), { frame: call.frame, except: null });
  return null;
}

/** Changed users first, then the others who are members now. */
function concerned(
  change: { readonly chg_user_id_list: number[]; readonly cur_user_id_list: number[] },
): readonly number[] {
  return [...change.chg_user_id_list, ...change.cur_user_id_list];
}
