/** People, groups and messages for the suite. Times are small offsets to {@link T}. */
import { deepStrictEqual as deepEqual, strictEqual as equal } from "node:assert/strict";
import {
  GROUP_TYPE_TMP,
  MSG_TYPE_GROUP_TEXT,
  MSG_TYPE_SINGLE_TEXT,
  SESSION_TYPE_GROUP,
  SESSION_TYPE_SINGLE,
} from "../../../proto/ids.ts";
import type { Conversation, MessageRow, NewGroup, NewUser, Storage } from "../types.ts";

/** A moment in unix seconds from which tests count. */
export const T = 1_800_000_000;

export function newUser(name: string, changes: Partial<NewUser> = {}): NewUser {
  return {
    name,
    sex: 1,
    domain: name,
    nick: `nick of ${name}`,
    phone: "",
    email: "",
    avatar: "",
    departId: 1,
    status: 0,
    sign_info: "",
    created: T,
    updated: T,
    password: "0123456789abcdef0123456789abcdef",
    salt: "1234",
    ...changes,
  };
}

/** Users 1…count with the names user1…, all active. */
export async function addUsers(storage: Storage, count: number): Promise<void> {
  const users = Array.from({ length: count }, (_, i) => newUser(`user${i + 1}`, { id: i + 1 }));
  deepEqual(await storage.users.add(users), { ok: true, value: null });
}

/** Top departments with these ids. */
export async function addDepartments(storage: Storage, ids: readonly number[]): Promise<void> {
  await storage.departments.put(ids.map((id) => ({
    id,
    departName: `dept ${id}`,
    priority: 0,
    parentId: 0,
    status: 0,
    created: T,
    updated: T,
  })));
}

/** Makes a group of these members at {@link T} and returns its id. */
export async function addGroup(
  storage: Storage,
  members: readonly number[],
  changes: Partial<NewGroup> = {},
): Promise<number> {
  const group = { name: "group", avatar: "", creator: 1, type: GROUP_TYPE_TMP, created: T };
  const made = await storage.groups.create({ ...group, members, ...changes });
  if (!made.ok) throw new Error(`Cannot make group: ${made.refusal}`);
  return made.value.groupId;
}

export function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

export function text({ content }: MessageRow): string {
  return new TextDecoder().decode(content);
}

/** Stores a single text, `at` seconds after {@link T}, and returns its id. */
export async function say(
  storage: Storage,
  { from, to, what = "hello", at = 0 }: { from: number; to: number; what?: string; at?: number },
): Promise<number> {
  const stored = await storage.messages.append({
    fromId: from,
    toId: to,
    type: MSG_TYPE_SINGLE_TEXT,
    content: bytes(what),
    created: T + at,
  });
  if (!stored.ok) throw new Error(`Cannot store: ${stored.refusal}`);
  return stored.value;
}

/** Stores a group text, `at` seconds after {@link T}, and returns its id. */
export async function sayInGroup(
  storage: Storage,
  { from, group, what = "hello all", at = 0 }: {
    from: number;
    group: number;
    what?: string;
    at?: number;
  },
): Promise<number> {
  const stored = await storage.messages.append({
    fromId: from,
    toId: group,
    type: MSG_TYPE_GROUP_TEXT,
    content: bytes(what),
    created: T + at,
  });
  if (!stored.ok) throw new Error(`Cannot store: ${stored.refusal}`);
  return stored.value;
}

/** The conversation with a peer, as `userId` sees it. */
export function withPeer(userId: number, peerId: number): Conversation {
  return { type: SESSION_TYPE_SINGLE, userId, sessionId: peerId };
}

/** The conversation in a group, as `userId` sees it. */
export function inGroup(userId: number, groupId: number): Conversation {
  return { type: SESSION_TYPE_GROUP, userId, sessionId: groupId };
}

/** Ids of the visible history, newest first. */
export async function historyIds(
  storage: Storage,
  conversation: Conversation,
  limit = 1000,
): Promise<readonly number[]> {
  const rows = await storage.messages.list({ conversation, beginId: 0, limit });
  return rows.map((row) => row.msgId);
}

/** Recent sessions as `[type, sessionId, updated - T]`. */
export async function recentOf(storage: Storage, userId: number, since = 0) {
  const sessions = await storage.sessions.recent(userId, since, 100);
  return sessions.map(({ type, sessionId, updated }) => [type, sessionId, updated - T]);
}

/** Unread counters as `[type, sessionId, count]`. */
export async function unreadOf(storage: Storage, userId: number) {
  const sessions = await storage.unread.counts(userId);
  return sessions.map(({ type, sessionId, count }) => [type, sessionId, count]);
}

/** That nothing at all is known of a conversation of the two. */
export async function assertNeverTalked(
  storage: Storage,
  { from, to }: { from: number; to: number },
): Promise<void> {
  deepEqual(await historyIds(storage, withPeer(from, to)), []);
  equal(await storage.messages.latestId(withPeer(to, from)), 0);
  for (const userId of [from, to]) {
    deepEqual(await recentOf(storage, userId), []);
    deepEqual(await unreadOf(storage, userId), []);
  }
}
