/**
 * The Android client refuses frames above 400 KiB. Lists it takes in parts are split for it; a page
 * of history is cut, as it asks for the rest by itself (docs/spec/pitfalls.md P-LIM3).
 */
import {
  CID_BUDDY_LIST_ALL_USER_RESPONSE,
  CID_BUDDY_LIST_RECENT_CONTACT_SESSION_RESPONSE,
  CID_GROUP_INFO_RESPONSE,
  CID_MSG_GET_BY_MSG_ID_RES,
  CID_MSG_LIST_RESPONSE,
  ContactSessionInfo,
  GroupInfo,
  IMAllUserRsp,
  IMGetMsgByIdRsp,
  IMGetMsgListRsp,
  IMGroupInfoListRsp,
  IMRecentContactSessionRsp,
  MsgInfo,
  UserInfo,
} from "../../proto/mod.ts";
import { HEADER_SIZE } from "../../shared/pdu/mod.ts";

/** Largest frame for an Android client, in bytes. */
export const ANDROID_MAX_FRAME_BYTES = 390 * 1024;
const MAX_BODY_BYTES = ANDROID_MAX_FRAME_BYTES - HEADER_SIZE;
/** At least what the fields beside the list, and tag and length of one item, take. */
const OTHER_FIELDS_BYTES = 64;
const ITEM_HEADER_BYTES = 8;

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
  [CID_BUDDY_LIST_RECENT_CONTACT_SESSION_RESPONSE, splitSessions],
  [CID_GROUP_INFO_RESPONSE, splitGroups],
  [CID_MSG_LIST_RESPONSE, cutHistory],
  [CID_MSG_GET_BY_MSG_ID_RES, cutMessages],
]);

/** All parts but the last leave the client's time as it was: a list cut off is asked for again. */
function splitUsers(body: Uint8Array, usersSince: number): readonly Uint8Array[] {
  const answer = IMAllUserRsp.decode(body);
  return partsOf(answer.user_list, UserInfo).map((users, index, parts) =>
    IMAllUserRsp.encode({
      user_id: answer.user_id,
      latest_update_time: index === parts.length - 1 ? answer.latest_update_time : usersSince,
      user_list: users,
    })
  );
}

function splitSessions(body: Uint8Array): readonly Uint8Array[] {
  const answer = IMRecentContactSessionRsp.decode(body);
  return partsOf(answer.contact_session_list, ContactSessionInfo).map((sessions) =>
    IMRecentContactSessionRsp.encode({ user_id: answer.user_id, contact_session_list: sessions })
  );
}

function splitGroups(body: Uint8Array): readonly Uint8Array[] {
  const answer = IMGroupInfoListRsp.decode(body);
  return partsOf(answer.group_info_list, GroupInfo).map((groups) =>
    IMGroupInfoListRsp.encode({ user_id: answer.user_id, group_info_list: groups })
  );
}

function cutHistory(body: Uint8Array): readonly Uint8Array[] {
  const answer = IMGetMsgListRsp.decode(body);
  const [newest] = partsOf(answer.msg_list, MsgInfo);
  return [IMGetMsgListRsp.encode({ ...answer, msg_list: newest ?? [] })];
}

function cutMessages(body: Uint8Array): readonly Uint8Array[] {
  const answer = IMGetMsgByIdRsp.decode(body);
  const [newest] = partsOf(answer.msg_list, MsgInfo);
  return [IMGetMsgByIdRsp.encode({ ...answer, msg_list: newest ?? [] })];
}

/** Cuts a list into parts that fit one frame each; an item that does not fit alone is one of its own. */
function partsOf<T>(
  items: readonly T[],
  codec: { readonly encode: (item: T) => Uint8Array },
): readonly (readonly T[])[] {
  const parts: T[][] = [];
  let room = 0;
  for (const item of items) {
    const bytes = ITEM_HEADER_BYTES + codec.encode(item).length;
    if (bytes > room) {
      parts.push([]);
      room = MAX_BODY_BYTES - OTHER_FIELDS_BYTES;
    }
    parts.at(-1)!.push(item);
    room -= bytes;
  }
  return parts;
}
