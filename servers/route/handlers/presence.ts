/** Who is online where (docs/spec/roles.md 5.2, docs/spec/flows.md 5). */
import {
  type IMOnlineUserInfo,
  type IMUsersStatReq,
  type IMUsersStatRspInit,
  type IMUserStatusUpdate,
  USER_STATUS_OFFLINE,
  USER_STATUS_ONLINE,
} from "../../../proto/mod.ts";
import { isMobile } from "../../../shared/client_class.ts";
import type { Call } from "../../../shared/dispatch/mod.ts";
import type { RouteCaller } from "../context.ts";

/** Most users in one answer; the rest of a longer request is left out (P-LIM6). */
export const MAX_STATUS_IDS = 5000;

const NO_ATTACH_DATA = new Uint8Array(0);

/**
 * The full list of a msg_server's logged-in connections, sent after it connected. It replaces what
 * was known of that link. The status of an entry is what the client wished to look like when it
 * logged in, so every entry counts as online (P-RT5).
 */
export function onlineUserInfo({ from }: Call<RouteCaller>, request: IMOnlineUserInfo): null {
  const { presence, losses } = from.context;
  const withoutPc = presence.removeOwner(from);
  for (const terminal of request.user_stat_list) presence.add(from, terminal);
  from.isKnown = true;
  for (const { user_id, client_type } of request.user_stat_list) {
    if (!isMobile(client_type)) losses.listed(user_id);
  }
  if (!from.isSlave) losses.lose(withoutPc.filter((userId) => !presence.hasPc(userId)));
  return null;
}

/** A login or a logout. A status that is not "offline" is online. */
export function userStatusUpdate({ from }: Call<RouteCaller>, update: IMUserStatusUpdate): null {
  if (from.loggingInId === update.user_id) from.loggingInId = 0;
  if (update.user_status === USER_STATUS_OFFLINE) terminalOffline(from, update);
  else terminalOnline(from, update);
  return null;
}

function terminalOnline(from: RouteCaller, update: IMUserStatusUpdate): void {
  const { presence, losses, news } = from.context;
  const isPc = !isMobile(update.client_type);
  presence.add(from, update);
  if (isPc) losses.pcOnline(update.user_id);
  if (from.isSlave) return;
  if (isPc) news.pcOnline(update.user_id);
  else news.mobileOnline(update.user_id);
}

function terminalOffline(from: RouteCaller, update: IMUserStatusUpdate): void {
  const { presence, losses, news } = from.context;
  presence.remove(from, update);
  if (isMobile(update.client_type) || presence.hasPc(update.user_id)) return;
  losses.pcOffline(update.user_id);
  if (!from.isSlave) news.pcOffline(update.user_id);
}

/** Answers in the order of the request, repeated ids included. */
export function usersStat(
  { from }: Call<RouteCaller>,
  request: IMUsersStatReq,
): IMUsersStatRspInit {
  const { presence } = from.context;
  return {
    user_id: request.user_id,
    user_stat_list: request.user_id_list.slice(0, MAX_STATUS_IDS).map((userId) => ({
      user_id: userId,
      status: presence.hasPc(userId) ? USER_STATUS_ONLINE : USER_STATUS_OFFLINE,
    })),
    // COMPAT: the original sets the field also when the request has none.
    attach_data: request.attach_data ?? NO_ATTACH_DATA,
  };
}
