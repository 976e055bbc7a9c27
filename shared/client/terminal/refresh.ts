/** Fetches what the chat needs to know, after a login and after every reconnect. */
import { SESSION_TYPE_GROUP, USER_STATUS_ONLINE } from "../../../proto/mod.ts";
import type { Client } from "../mod.ts";
import { type ChatState } from "./chat_state.ts";

/** Users asked about in one request, so that it stays far below the server's limit of 1 MiB. */
const STATUS_BATCH = 5000;

/** Fetches everything and exchanges it in `state`. */
export async function refresh(client: Client, state: ChatState): Promise<void> {
  const [users, recent, normalGroups, unread] = await Promise.all([
    client.allUsers(),
    client.recentSessions(),
    client.groupList(),
    client.unread(),
  ]);
  for (const user of users.user_list) state.users.set(user.user_id, user);
  state.recent = recent.contact_session_list;
  state.clearUnread();
  for (const one of unread.unreadinfo_list) state.setUnread(one, one.unread_cnt);
  // Temporary groups are in no list: they are found where something was said in them.
  const talked = [...recent.contact_session_list, ...unread.unreadinfo_list]
    .filter((session) => session.session_type === SESSION_TYPE_GROUP)
    .map((session) => session.session_id);
  const normal = normalGroups.group_version_list.map((group) => group.group_id);
  await fetchGroups(client, state, [...normal, ...talked]);
  await fetchOnline(client, state);
}

/** Fetches groups, known ones too. Unknown ids are left out by the server. */
export async function fetchGroups(
  client: Client,
  state: ChatState,
  groupIds: readonly number[],
): Promise<void> {
  const wanted = [...new Set(groupIds)].map((group_id) => ({ group_id, version: 0 }));
  if (wanted.length === 0) return;
  const groups = await client.groupInfo(wanted);
  for (const group of groups.group_info_list) state.groups.set(group.group_id, group);
}

/** Fetches users of whom nothing is known. */
export async function fetchMissingUsers(
  client: Client,
  state: ChatState,
  userIds: readonly number[],
): Promise<void> {
  const missing = userIds.filter((id) => !state.users.has(id));
  if (missing.length === 0) return;
  const users = await client.usersInfo(missing);
  for (const user of users.user_info_list) state.users.set(user.user_id, user);
}

async function fetchOnline(client: Client, state: ChatState): Promise<void> {
  const userIds = [...state.users.keys()];
  const online = new Set<number>();
  for (let start = 0; start < userIds.length; start += STATUS_BATCH) {
    const answer = await client.usersStatus(userIds.slice(start, start + STATUS_BATCH));
    for (const { user_id, status } of answer.user_stat_list) {
      if (status === USER_STATUS_ONLINE) online.add(user_id);
    }
  }
  state.online.clear();
  for (const userId of online) state.online.add(userId);
}
