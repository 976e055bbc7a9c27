/**
 * What db_proxy asks of a storage engine: one interface per domain, the same for every engine, shown
 * to mean the same by one contract suite (`contract/`). Methods are whole steps of the protocol's
 * flows (docs/spec/flows.md), so that an engine can make each one atomic in the way that suits it.
 *
 * Names of columns are those of the original schema (docs/spec/storage.md). Ids are unsigned 32-bit
 * numbers, times unix seconds. Every method rejects with {@link StorageError} when the engine fails;
 * an expected refusal is a value. A promise of a writing method resolves after the commit.
 */
import type { Result } from "../result.ts";
import type { AdminStore } from "./first_admin.ts";
import type { LoginFailureStore } from "./login_failures.ts";
import type { ManagementStore } from "./management.ts";
import type { NewHash, PasswordForm } from "./password_form.ts";

/** The engine could not do it: disk full, server gone, time limit. `cause` has the engine's words. */
export class StorageError extends Error {
  override readonly name = "StorageError";
}

/** A table is missing that a migration makes: what needs it does not work, all else does. */
export class MissingTableError extends StorageError {}

export interface Storage {
  readonly users: UserStore;
  readonly departments: DepartmentStore;
  readonly groups: GroupStore;
  readonly messages: MessageStore;
  readonly sessions: SessionStore;
  readonly unread: UnreadStore;
  readonly profiles: ProfileStore;
  readonly deviceTokens: DeviceTokenStore;
  readonly groupShields: GroupShieldStore;
  readonly offlineFiles: OfflineFileStore;
  readonly admins: AdminStore;
  /** Everything that only administrators do. */
  readonly management: ManagementStore;
  /** `null` where one process has the data, which then counts by itself. */
  readonly loginFailures: LoginFailureStore | null;
  /** Finishes what was begun and lets go of files and connections. */
  close(): Promise<void>;
}

// ── users ────────────────────────────────────────────────────────────────────────────────────────

/** IMUser.status of somebody who left the company (docs/spec/storage.md 2.1). */
export const USER_STATUS_LEFT = 3;

export interface UserRow {
  readonly id: number;
  readonly sex: number;
  /** Login name; case-sensitive, unique. */
  readonly name: string;
  readonly domain: string;
  readonly nick: string;
  readonly phone: string;
  readonly email: string;
  readonly avatar: string;
  readonly departId: number;
  readonly status: number;
  readonly sign_info: string;
  readonly created: number;
  readonly updated: number;
}

/** A row with what a password check needs (docs/spec/storage.md 6). */
export interface Credentials {
  readonly user: UserRow;
  /** md5hex(md5hex(plain) + salt) as the original stores it, or HASH_ELSEWHERE. */
  readonly password: string;
  readonly salt: string;
  /** scrypt hash of that MD5; `null` when there is none, or only one of an earlier password. */
  readonly hash: string | null;
}

export interface NewUser extends Omit<UserRow, "id"> {
  /** Wanted id; absent = the next free one. */
  readonly id?: number;
  /** md5hex(md5hex(plain) + salt); the engine keeps what its {@link PasswordForm} says. */
  readonly password: string;
  readonly salt: string;
  /** scrypt hash of `password`; absent = the MD5 stays until the first login. */
  readonly hash?: string;
}

export interface UserStore {
  readonly passwordForm: PasswordForm;
  /** Makes the row as the form says, unless it has another password by now: then `false`. */
  keepHash(change: NewHash): Promise<boolean>;
  /** The row with this login name, whatever its status; `null` when there is none. */
  credentials(name: string): Promise<Credentials | null>;
  /** Existing rows of the given ids in id order, any status. */
  byIds(ids: readonly number[]): Promise<readonly UserRow[]>;
  /** Everybody but those who left, in id order: a first full sync (docs/spec/flows.md 14). */
  all(): Promise<readonly UserRow[]>;
  /** Rows with `updated` ≥ `since`, any status, in id order: an incremental sync. */
  changedSince(since: number): Promise<readonly UserRow[]>;
  /** The last-user-update time U of docs/spec/storage.md 5.1. */
  lastUpdate(): Promise<number>;
  /** Adds users and moves U to the newest `updated`. Refused as a whole when a name or id exists. */
  add(users: readonly NewUser[]): Promise<Result<null, "exists">>;
  /** The highest user id in use, 0 for an empty table. */
  maxId(): Promise<number>;
}

// ── departments ──────────────────────────────────────────────────────────────────────────────────

export interface DepartmentRow {
  readonly id: number;
  readonly departName: string;
  readonly priority: number;
  readonly parentId: number;
  readonly status: number;
  readonly created: number;
  readonly updated: number;
}

export interface DepartmentStore {
  /** Rows with `updated` > `since`, any status, in id order. */
  changedSince(since: number): Promise<readonly DepartmentRow[]>;
  /** Adds or replaces departments by id. */
  put(departments: readonly DepartmentRow[]): Promise<void>;
}

// ── groups ───────────────────────────────────────────────────────────────────────────────────────

export interface GroupRow {
  readonly id: number;
  readonly name: string;
  readonly avatar: string;
  /** 0 = made through http_msg_server. */
  readonly creator: number;
  /** GROUP_TYPE_NORMAL or GROUP_TYPE_TMP. */
  readonly type: number;
  /** +1 per change of members. */
  readonly version: number;
  readonly lastChated: number;
  readonly updated: number;
}

export interface GroupVersion {
  readonly groupId: number;
  readonly version: number;
}

export interface NewGroup {
  /** Wanted id; absent = the next free one. */
  readonly id?: number;
  readonly name: string;
  readonly avatar: string;
  readonly creator: number;
  readonly type: number;
  /** Unknown and left users are ignored (docs/spec/pitfalls.md P-GRP2); may hold duplicates. */
  readonly members: readonly number[];
  readonly created: number;
}

export interface MemberChange {
  readonly groupId: number;
  readonly userIds: readonly number[];
  readonly now: number;
}

/** Members of a group with the time each joined (unix seconds). */
export type Members = ReadonlyMap<number, number>;

export interface GroupStore {
  /** Groups of type 1 the user is a member of, newest `updated` first, then lowest id. */
  normalGroupsOf(userId: number): Promise<readonly GroupVersion[]>;
  /** Existing, not deleted groups of the given ids, `updated` descending, then id ascending. */
  byIds(groupIds: readonly number[]): Promise<readonly GroupRow[]>;
  /** Members, or `null` when the group does not exist, was deleted or is empty. */
  members(groupId: number): Promise<Members | null>;
  /** Makes a group with its members. The members that were taken, ascending, are returned. */
  create(
    group: NewGroup,
  ): Promise<Result<{ groupId: number; members: readonly number[] }, "no_members" | "exists">>;
  /**
   * Adds those who are not yet members, exist and have not left; returns them ascending. When there
   * are any: rows are inserted or revived, `version` grows by one, and the unread counters of the
   * new members start at 0 (docs/spec/flows.md 16).
   */
  addMembers(change: MemberChange): Promise<readonly number[]>;
  /** Removes those who are members, with their sessions of the group; `version` grows by one. */
  removeMembers(change: MemberChange): Promise<void>;
}

// ── messages ─────────────────────────────────────────────────────────────────────────────────────

/** A conversation as one of its users sees it: a peer user (type 1) or a group (type 2). */
export interface Conversation {
  /** SESSION_TYPE_SINGLE or SESSION_TYPE_GROUP. */
  readonly type: number;
  readonly userId: number;
  /** Peer user id or group id. */
  readonly sessionId: number;
}

export interface NewMessage {
  readonly fromId: number;
  /** User id for single types, group id for group types. */
  readonly toId: number;
  /** One of the four MsgType values. */
  readonly type: number;
  /**
   * msg_data exactly as received: valid UTF-8, or for audio the 4-byte duration followed by the
   * sound. The engine keeps the array until the promise settles.
   */
  readonly content: Uint8Array;
  readonly created: number;
}

export interface MessageRow {
  readonly msgId: number;
  /** The author. */
  readonly fromId: number;
  readonly type: number;
  /** As it was given to {@link MessageStore.append}. */
  readonly content: Uint8Array;
  readonly created: number;
}

/** Why a message is not stored; its sender gets no ack (docs/spec/pitfalls.md, part 3). */
export type AppendRefusal = "unknown_receiver" | "unknown_group" | "not_a_member";

export interface HistoryQuery {
  readonly conversation: Conversation;
  /** Newest id wanted, inclusive; 0 = from the latest. */
  readonly beginId: number;
  /** Most rows returned. */
  readonly limit: number;
}

export interface MessageStore {
  /**
   * Stores a message with everything that belongs to it — relation, both users' sessions, unread
   * counters, the group's last message time — and resolves with its id once that is committed.
   * Messages of one conversation get ascending ids in the order of the calls.
   */
  append(message: NewMessage): Promise<Result<number, AppendRefusal>>;
  /** Visible messages, newest first (docs/spec/flows.md 12). Empty for a stranger to the group. */
  list(query: HistoryQuery): Promise<readonly MessageRow[]>;
  /** The visible ones of the given ids, newest first. */
  byIds(conversation: Conversation, msgIds: readonly number[]): Promise<readonly MessageRow[]>;
  /** Id of the newest visible message, 0 when there is none. */
  latestId(conversation: Conversation): Promise<number>;
}

// ── recent sessions and unread counters ──────────────────────────────────────────────────────────

export interface RecentSession {
  readonly type: number;
  readonly sessionId: number;
  readonly updated: number;
  /** Its content is empty for audio, as lists show a label instead (docs/spec/pitfalls.md Q-AUD). */
  readonly latest: MessageRow;
}

export interface SessionStore {
  /**
   * Sessions with `updated` > `since` that are not removed and have a message, newest first, at most
   * `limit`. A group whose last message is newer than a member's session row counts as updated then,
   * and is shown again when it had been removed (docs/spec/flows.md 17, pitfalls.md P-SYN4).
   */
  recent(userId: number, since: number, limit: number): Promise<readonly RecentSession[]>;
  /** Hides the session and clears its unread counter; `false` when there is no visible session. */
  remove(conversation: Conversation, now: number): Promise<boolean>;
}

export interface UnreadSession {
  readonly type: number;
  readonly sessionId: number;
  /** At least 1. */
  readonly count: number;
  /**
   * As in {@link RecentSession}; `null` when no message is readable any more. A single session is
   * then left out altogether.
   */
  readonly latest: MessageRow | null;
}

export interface UnreadStore {
  /** Single sessions in text order of the peer id, then groups, newest membership first. */
  counts(userId: number): Promise<readonly UnreadSession[]>;
  /** Sum of the counters, without reading messages: the badge of a push. */
  total(userId: number): Promise<number>;
  /** Everything in the session is read now (docs/spec/flows.md 10). */
  clear(conversation: Conversation): Promise<void>;
}

// ── what users change about themselves ───────────────────────────────────────────────────────────

export interface ProfileChange<Value> {
  readonly userId: number;
  readonly value: Value;
  readonly now: number;
}

/**
 * Each change resolves with whether the user exists: setting what is set already succeeds
 * (docs/spec/pitfalls.md P-DB2). `updated` moves to `now`, never back.
 */
export interface ProfileStore {
  /**
   * Sets `sign_info`. The last-user-update time U moves past every time that a client may have, so
   * that a client which synchronized in this very second sees the change too.
   */
  setSignInfo(change: ProfileChange<string>): Promise<boolean>;
  /** Sets `avatar`; U moves as with {@link setSignInfo}. */
  setAvatar(change: ProfileChange<string>): Promise<boolean>;
  /** Sets `push_shield_status`; U does not move, as nobody else sees it. */
  setPushShield(change: ProfileChange<number>): Promise<boolean>;
  /** `push_shield_status`; `null` for an unknown user. */
  pushShield(userId: number): Promise<number | null>;
}

// ── pushes to mobile terminals ───────────────────────────────────────────────────────────────────

export interface DeviceToken {
  readonly userId: number;
  /** CLIENT_TYPE_IOS or CLIENT_TYPE_ANDROID. */
  readonly clientType: number;
  /** Not empty. */
  readonly token: string;
}

/** A token with the setting that decides about pushes at night. */
export interface PushTarget extends DeviceToken {
  readonly push_shield_status: number;
}

export interface DeviceTokenStore {
  /**
   * Makes this the user's token and nobody else's (docs/spec/pitfalls.md P-PUSH9). An unknown user
   * gets none.
   */
  put(token: DeviceToken): Promise<void>;
  /** The user's terminals get no more pushes. */
  erase(userId: number): Promise<void>;
  /** Tokens of those of the users who have one, in text order of the user id. */
  of(userIds: readonly number[]): Promise<readonly PushTarget[]>;
}

export interface GroupShield {
  readonly groupId: number;
  readonly userId: number;
  /** Whether pushes of the group's messages are held back. */
  readonly isShielded: boolean;
}

export interface GroupShieldStore {
  /** `false` for who is no member, and for groups that are unknown or deleted. */
  set(shield: GroupShield): Promise<boolean>;
  /** Who shields the group. May name former members: their setting is kept for their return. */
  usersOf(groupId: number): Promise<ReadonlySet<number>>;
  /** Those of the groups that the user shields, member or not. */
  shieldedBy(userId: number, groupIds: readonly number[]): Promise<ReadonlySet<number>>;
}

// ── offline files ────────────────────────────────────────────────────────────────────────────────

/** A file on a file_server that waits for its receiver (docs/spec/storage.md 2.12). */
export interface OfflineFile {
  readonly fromId: number;
  readonly toId: number;
  /** The file_server's name for it, at most 64 bytes. */
  readonly taskId: string;
  /** At most 256 characters. */
  readonly fileName: string;
  /** Bytes, 32 bits. */
  readonly size: number;
}

/**
 * An entry belongs to its sender, its receiver and its task together: what somebody else says about
 * a task of the same name neither takes its place nor removes it.
 */
export interface OfflineFileStore {
  /**
   * Notes a file that waits for its receiver since `now`. One that is noted already stays as it is,
   * which is a success. `false` when the receiver is unknown or left.
   */
  add(file: OfflineFile, now: number): Promise<boolean>;
  /** Files that wait for this user, oldest first, at most `limit`. */
  waitingFor(userId: number, limit: number): Promise<readonly OfflineFile[]>;
  /**
   * The receiver has it, or the sender takes it back: removes the entry of exactly these users and
   * this task; `false` when there is none.
   */
  remove(
    entry: { readonly fromId: number; readonly toId: number; readonly taskId: string },
  ): Promise<boolean>;
}
