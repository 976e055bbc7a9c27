/**
 * The Android client refuses frames above 400 KiB. Lists it takes in parts are split for it; a page
 * of history is cut, as it asks for the rest by itself (docs/spec/pitfalls.md P-LIM3).
 */
import {
  CID_BUDDY_LIST_ALL_USER_RESPONSE,
  CID_GROUP_INFO_RESPONSE,
  CID_MSG_LIST_RESPONSE,
  IMAllUserRsp,
  IMGetMsgListRsp,
  IMGroupInfoListRsp,
} from "../../proto/mod.ts";
import { HEADER_SIZE } from "../../shared/pdu/mod.ts";

/** Largest frame for an Android client, in bytes. */
export const ANDROID_MAX_FRAME_BYTES = 390 * 1024;
const MAX_BODY_BYTES = ANDROID_MAX_FRAME_BYTES - HEADER_SIZE;

/**
 * Gives the body, or several that together say the same, each small enough. `usersSince` is the
 * latest_update_time of the client's request for all users.
 */
export function splitForAndroid(
  commandId: number,
  body: Uint8Array,
  usersSince: number,
): readonly Uint8Array[] {
  if (body.length <= MAX_BODY_BYTES) return [body];
  return SPLITTERS.get(commandId)?.(body, usersSince) ?? [body];
}

type Splitter = (body: Uint8Array, usersSince: number) => readonly Uint8Array[];

const SPLITTERS: ReadonlyMap<number, Splitter> = new Map([
  [CID_BUDDY_LIST_ALL_USER_RESPONSE, splitUsers],
  [CID_GROUP_INFO_RESPONSE, splitGroups],
  [CID_MSG_LIST_RESPONSE, cutHistory],
]);

/** All parts but the last leave the client's time as it was: a list cut off is asked for again. */
function splitUsers(body: Uint8Array, usersSince: number): readonly Uint8Array[] {
  const answer = IMAllUserRsp.decode(body);
  return partsOf(answer.user_list, body.length).map((users, index, parts) =>
    IMAllUserRsp.encode({
      user_id: answer.user_id,
      latest_update_time: index === parts.length - 1 ? answer.latest_update_time : usersSince,
      user_list: users,
    })
  );
}

function splitGroups(body: Uint8Array): readonly Uint8Array[] {
  const answer = IMGroupInfoListRsp.decode(body);
  return partsOf(answer.group_info_list, body.length).map((groups) =>
    IMGroupInfoListRsp.encode({ user_id: answer.user_id, group_info_list: groups })
  );
}

function cutHistory(body: Uint8Array): readonly Uint8Array[] {
  const answer = IMGetMsgListRsp.decode(body);
  const [newest] = partsOf(answer.msg_list, body.length);
  return [IMGetMsgListRsp.encode({ ...answer, msg_list: newest ?? [] })];
}

/**
 * Cuts a list whose items take `bytes` together into parts of equal count. Items are of similar
 * size; halving the bound leaves room for those that are not.
 */
function partsOf<T>(items: readonly T[], bytes: number): readonly (readonly T[])[] {
  const count = Math.ceil(bytes / (MAX_BODY_BYTES / 2));
  const size = Math.max(1, Math.ceil(items.length / count));
  const parts: T[][] = [];
  for (let i = 0; i < items.length; i += size) parts.push(items.slice(i, i + size));
  return parts;
}
