/** Rows of storage as messages of the wire. */
import {
  type DepartInfo,
  type DepartmentStatusType,
  DEPT_STATUS_DELETE,
  DEPT_STATUS_OK,
  type MsgInfo,
  type MsgType,
  type UserInfo,
} from "../../../proto/mod.ts";
import { isAudioMessage } from "../../../shared/message_class.ts";
import type { DepartmentRow, MessageRow, UserRow } from "../../../shared/storage/types.ts";

/**
 * What one answer may hold of message data, in bytes: two of the largest sounds, and a quarter of the
 * output that msg_server keeps for a client before it counts as too slow.
 */
const MAX_HISTORY_BYTES = 2 * 1024 * 1024;

export function userInfo(row: UserRow): UserInfo {
  return {
    user_id: row.id,
    user_gender: row.sex,
    user_nick_name: row.nick,
    avatar_url: row.avatar,
    department_id: row.departId,
    email: row.email,
    user_real_name: row.name,
    user_tel: row.phone,
    user_domain: row.domain,
    status: row.status,
    sign_info: row.sign_info,
  };
}

/** `null` for a row whose status the protocol does not know; it is left out of lists. */
export function departInfo(row: DepartmentRow): DepartInfo | null {
  if (row.status !== DEPT_STATUS_OK && row.status !== DEPT_STATUS_DELETE) return null;
  return {
    dept_id: row.id,
    priority: row.priority,
    dept_name: row.departName,
    parent_dept_id: row.parentId,
    dept_status: row.status as DepartmentStatusType,
  };
}

/** Newest first; rows that would make the answer too large for a link are left for the next request. */
export function messageInfos(rows: readonly MessageRow[]): MsgInfo[] {
  const infos: MsgInfo[] = [];
  let bytes = 0;
  for (const row of rows) {
    bytes += row.content.length;
    if (bytes > MAX_HISTORY_BYTES && infos.length > 0) break;
    infos.push({
      msg_id: row.msgId,
      from_session_id: row.fromId,
      create_time: row.created,
      msg_type: row.type as MsgType,
      msg_data: row.content,
    });
  }
  return infos;
}

/** The last message of a session as lists show it: a label for a sound (docs/spec/pitfalls.md Q-AUD). */
export function latestMessageData(latest: MessageRow, audioLabel: Uint8Array): Uint8Array {
  return isAudioMessage(latest.type) ? audioLabel : latest.content;
}
