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
  IMAllUserRsp,
} from "../../proto/mod.ts";
import { type FieldSpan, HEADER_SIZE, scanFields, withoutField } from "../../shared/pdu/mod.ts";

/** Largest frame for an Android client, in bytes. */
export const ANDROID_MAX_FRAME_BYTES = 390 * 1024;
const MAX_BODY_BYTES = ANDROID_MAX_FRAME_BYTES - HEADER_SIZE;
/** A client's time may be longer than the one in its place. */
const OTHER_TIME_BYTES = 4;
const NO_ENTRIES = new Uint8Array(0);
/** Of the lists in these answers (proto/IM.Buddy.proto, IM.Group.proto, IM.Message.proto). */
const USER_LIST = 3;
const CONTACT_SESSION_LIST = 2;
const GROUP_INFO_LIST = 2;
const MSG_LIST_OF_HISTORY = 5;
const MSG_LIST_BY_ID = 4;

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

const SPLITTERS: ReadonlyMap<number, Splitter> = new Map<number, Splitter>([
  [CID_BUDDY_LIST_ALL_USER_RESPONSE, splitUsers],
  [CID_BUDDY_LIST_RECENT_CONTACT_SESSION_RESPONSE, (body) => split(body, CONTACT_SESSION_LIST)],
  [CID_GROUP_INFO_RESPONSE, (body) => split(body, GROUP_INFO_LIST)],
  [CID_MSG_LIST_RESPONSE, (body) => split(body, MSG_LIST_OF_HISTORY).slice(0, 1)],
  [CID_MSG_GET_BY_MSG_ID_RES, (body) => split(body, MSG_LIST_BY_ID).slice(0, 1)],
]);

/** All parts but the last leave the client's time as it was: a list cut off is asked for again. */
function splitUsers(body: Uint8Array, usersSince: number): readonly Uint8Array[] {
  const { others, lists } = cutList(body, USER_LIST);
  const answer = IMAllUserRsp.decode(others);
  const early = IMAllUserRsp.encode({ ...answer, latest_update_time: usersSince });
  return lists.map((list, at) => joined(at < lists.length - 1 ? early : others, list));
}

/** Each part has all other fields. */
function split(body: Uint8Array, listField: number): readonly Uint8Array[] {
  const { others, lists } = cutList(body, listField);
  return lists.map((list) => joined(others, list));
}

interface CutList {
  /** The body without the list. */
  readonly others: Uint8Array;
  /** Entries of the list as they are in the body, cut into what fits one frame. */
  readonly lists: readonly Uint8Array[];
}

/**
 * Entries are not decoded: a large directory has tens of thousands. One that does not fit alone is a
 * list of its own.
 */
function cutList(body: Uint8Array, listField: number): CutList {
  const entries: FieldSpan[] = [];
  scanFields(body, (field) => {
    if (field.number === listField) entries.push(field);
  });
  const others = withoutField(body, entries);
  if (entries.length === 0) return { others, lists: [NO_ENTRIES] };
  const room = MAX_BODY_BYTES - others.length - OTHER_TIME_BYTES;
  const lists: Uint8Array[] = [];
  let first = 0;
  for (let at = 1; at <= entries.length; at++) {
    const { start } = entries[first]!;
    if (at < entries.length && entries[at]!.end - start <= room) continue;
    // The fields of a list follow one another, as db_proxy encodes them.
    lists.push(body.subarray(start, entries[at - 1]!.end));
    first = at;
  }
  return { others, lists };
}

function joined(others: Uint8Array, list: Uint8Array): Uint8Array {
  const body = new Uint8Array(others.length + list.length);
  body.set(others);
  body.set(list, others.length);
  return body;
}
