/** Users, departments and recent sessions (docs/spec/flows.md 13 and 14). */
import {
  type ContactSessionInfo,
  type IMAllUserReq,
  type IMDepartmentReq,
  type IMDepartmentRspInit,
  type IMRecentContactSessionReq,
  type IMRecentContactSessionRspInit,
  type IMRemoveSessionReq,
  type IMRemoveSessionRspInit,
  type IMUsersInfoReq,
  type IMUsersInfoRspInit,
  type MsgType,
  SESSION_STATUS_OK,
  SESSION_TYPE_SINGLE,
  type SessionType,
} from "../../../proto/mod.ts";
import { nowSec } from "../../../shared/clock.ts";
import type { RecentSession } from "../../../shared/storage/types.ts";
import { type DirectoryAnswer, encodeUsers } from "../directory.ts";
import { MAX_ID_LIST, NO_ATTACH, RESULT_FAILED, RESULT_OK } from "./answers.ts";
import type { TaskCall } from "../services.ts";
import { departInfo, latestMessageData, userInfo } from "./rows.ts";

/** Most sessions in one answer (docs/spec/pitfalls.md Q-RECENT). */
const MAX_RECENT_SESSIONS = 100;

const NOBODY = encodeUsers([]);

/** CID_BUDDY_LIST_ALL_USER_REQUEST: everybody, or who changed since the client's last sync. */
export async function allUsers(
  call: TaskCall,
  request: IMAllUserReq,
): Promise<DirectoryAnswer> {
  const { storage: { users }, directory } = call.from.services;
  const since = request.latest_update_time;
  const lastUpdate = await users.lastUpdate();
  const { list, newest } = lastUpdate <= since
    ? NOBODY
    : since === 0
    ? await directory.all(users, lastUpdate)
    : encodeUsers(await users.changedSince(since));
  return {
    user_id: request.user_id,
    latest_update_time: Math.max(since, newest),
    list,
    attach_data: request.attach_data ?? NO_ATTACH,
  };
}

/**
 * CID_BUDDY_LIST_USER_INFO_REQUEST, answered by CID_BUDDY_LIST_USER_INFO_RESPONSE: rows of the ids
 * that exist.
 */
export async function usersInfo(
  call: TaskCall,
  request: IMUsersInfoReq,
): Promise<IMUsersInfoRspInit> {
  const ids = request.user_id_list.slice(0, MAX_ID_LIST);
  const rows = await call.from.services.storage.users.byIds(ids);
  return {
    user_id: request.user_id,
    user_info_list: rows.map(userInfo),
    attach_data: request.attach_data ?? NO_ATTACH,
  };
}

/**
 * CID_BUDDY_LIST_DEPARTMENT_REQUEST, answered by CID_BUDDY_LIST_DEPARTMENT_RESPONSE: departments
 * that changed since the client's last sync.
 */
export async function departments(
  call: TaskCall,
  request: IMDepartmentReq,
): Promise<IMDepartmentRspInit> {
  const since = request.latest_update_time;
  const rows = await call.from.services.storage.departments.changedSince(since);
  return {
    user_id: request.user_id,
    latest_update_time: newest(since, rows),
    dept_list: rows.map(departInfo).filter((info) => info !== null),
    attach_data: request.attach_data ?? NO_ATTACH,
  };
}

/** CID_BUDDY_LIST_RECENT_CONTACT_SESSION_REQUEST: conversations with their last message. */
export async function recentSessions(
  call: TaskCall,
  request: IMRecentContactSessionReq,
): Promise<IMRecentContactSessionRspInit> {
  const { storage, audioLabel } = call.from.services;
  const sessions = await storage.sessions.recent(
    request.user_id,
    request.latest_update_time,
    MAX_RECENT_SESSIONS,
  );
  return {
    user_id: request.user_id,
    contact_session_list: sessions.map((session) => contactSession(session, audioLabel)),
    attach_data: request.attach_data ?? NO_ATTACH,
  };
}

/**
 * CID_BUDDY_LIST_REMOVE_SESSION_REQ, answered by CID_BUDDY_LIST_REMOVE_SESSION_RES: hides a
 * conversation until its next message.
 */
export async function removeSession(
  call: TaskCall,
  request: IMRemoveSessionReq,
): Promise<IMRemoveSessionRspInit> {
  const { storage, clock } = call.from.services;
  const removed = await storage.sessions.remove(
    { type: request.session_type, userId: request.user_id, sessionId: request.session_id },
    nowSec(clock),
  );
  return removeSessionResult(request, removed ? RESULT_OK : RESULT_FAILED);
}

/** The answer when storage failed. */
export function removeSessionFailed(request: IMRemoveSessionReq): IMRemoveSessionRspInit {
  return removeSessionResult(request, RESULT_FAILED);
}

function removeSessionResult(request: IMRemoveSessionReq, code: number): IMRemoveSessionRspInit {
  return {
    user_id: request.user_id,
    result_code: code,
    session_type: request.session_type,
    session_id: request.session_id,
    attach_data: request.attach_data ?? NO_ATTACH,
  };
}

function contactSession(session: RecentSession, audioLabel: Uint8Array): ContactSessionInfo {
  const { latest } = session;
  return {
    session_id: session.sessionId,
    session_type: session.type as SessionType,
    session_status: SESSION_STATUS_OK,
    updated_time: session.updated,
    latest_msg_id: latest.msgId,
    latest_msg_data: latestMessageData(latest, audioLabel),
    latest_msg_type: latest.type as MsgType,
    // For a single session always the peer, whoever wrote last (docs/spec/pitfalls.md Q-FROM).
    latest_msg_from_user_id: session.type === SESSION_TYPE_SINGLE
      ? session.sessionId
      : latest.fromId,
  };
}

/** The highest `updated` seen, not "now" (docs/spec/pitfalls.md Q-ALLUSER). */
function newest(since: number, rows: readonly { readonly updated: number }[]): number {
  return rows.reduce((latest, row) => Math.max(latest, row.updated), since);
}
