/** Making groups and changing members, with the original's commands and so at any db_proxy. */
import {
  CID_GROUP_CHANGE_MEMBER_REQUEST,
  CID_GROUP_CREATE_REQUEST,
  type GroupModifyType,
  type GroupType,
  IMGroupChangeMemberReq,
  IMGroupChangeMemberRsp,
  IMGroupCreateReq,
  IMGroupCreateRsp,
} from "../../../proto/mod.ts";
import { bodyOf, buildFrame } from "../../../shared/pdu/mod.ts";
import type { ServerLinks } from "./server_links.ts";

/** How long db_proxy may take, in milliseconds (docs/spec/admin-http.md 2.4). */
export const QUERY_LIMIT_MS = 4500;
/** db_proxy's answer for "done". */
export const RESULT_OK = 0;
/**
 * The id that http_msg_server acts with (docs/spec/flows.md 21): the group's creator becomes 0, and
 * every change of members is allowed.
 */
export const ADMINISTRATION_USER_ID = 0;

export interface NewGroupRequest {
  readonly type: GroupType;
  readonly name: string;
  readonly avatar: string;
  readonly members: readonly number[];
}

/** @throws {AskError} */
export async function askCreateGroup(
  db: ServerLinks,
  { type, name, avatar, members }: NewGroupRequest,
): Promise<IMGroupCreateRsp> {
  const frame = await db.ask(null, (attach_data) =>
    buildFrame(
      CID_GROUP_CREATE_REQUEST,
      0,
      IMGroupCreateReq.encode({
        user_id: ADMINISTRATION_USER_ID,
        group_type: type,
        group_name: name,
        group_avatar: avatar,
        member_id_list: members,
        attach_data,
      }),
    ), QUERY_LIMIT_MS);
  return IMGroupCreateRsp.decode(bodyOf(frame));
}

/** @throws {AskError} */
export async function askChangeMembers(
  db: ServerLinks,
  { type, groupId, members }: {
    readonly type: GroupModifyType;
    readonly groupId: number;
    readonly members: readonly number[];
  },
): Promise<IMGroupChangeMemberRsp> {
  const frame = await db.ask(null, (attach_data) =>
    buildFrame(
      CID_GROUP_CHANGE_MEMBER_REQUEST,
      0,
      IMGroupChangeMemberReq.encode({
        user_id: ADMINISTRATION_USER_ID,
        change_type: type,
        group_id: groupId,
        member_id_list: members,
        attach_data,
      }),
    ), QUERY_LIMIT_MS);
  return IMGroupChangeMemberRsp.decode(bodyOf(frame));
}
