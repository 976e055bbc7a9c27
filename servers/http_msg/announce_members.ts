/** Tells members of a group that it has changed. */
import {
  CID_GROUP_CHANGE_MEMBER_NOTIFY,
  type GroupModifyType,
  IMGroupChangeMemberNotify,
} from "../../proto/mod.ts";
import { buildFrame } from "../../shared/pdu/mod.ts";
import type { ServerLinks } from "./links/server_links.ts";

export interface MembersChange {
  /** Who changed it; 0 for the administration. */
  readonly user_id: number;
  readonly change_type: GroupModifyType;
  readonly group_id: number;
  readonly cur_user_id_list: readonly number[];
  readonly chg_user_id_list: readonly number[];
}

/**
 * CID_GROUP_CHANGE_MEMBER_NOTIFY through route_server to every msg_server, which hands it to the
 * terminals of those who changed and of the current members. Without a route_server nobody is told;
 * clients then see the change when they ask for the group again.
 */
export function announceMembers(routes: ServerLinks, change: MembersChange): void {
  const { user_id, change_type, group_id, cur_user_id_list, chg_user_id_list } = change;
  const notify = { user_id, change_type, group_id, cur_user_id_list, chg_user_id_list };
  routes.send(
    buildFrame(CID_GROUP_CHANGE_MEMBER_NOTIFY, 0, IMGroupChangeMemberNotify.encode(notify)),
  );
}
