/**
 * What the management API asks of a storage engine, one interface per domain as in `types.ts`, whose
 * rules hold here too. Everything is plain data, as it travels as JSON.
 *
 * Changes that clients are to learn of move the marks they synchronize by (docs/spec/flows.md 14):
 * `updated` of a changed row is later than what any client can have seen of it.
 */
import type { Result } from "../result.ts";
import type { GroupRow, UserRow } from "./types.ts";

export interface ManagementStore {
  readonly users: UserDirectory;
  readonly departments: DepartmentAdmin;
  readonly groups: GroupAdmin;
  readonly admins: AdminAccounts;
  readonly credentials: AdminCredentials;
  readonly audit: AuditLog;
  readonly discovery: DiscoveryStore;
  /** What is stored, in numbers. */
  figures(): Promise<StorageFigures>;
  /** The engines behind this storage, each asked now; one that does not answer is `down`. */
  engines(): Promise<readonly EngineState[]>;
}

export type SortOrder = "asc" | "desc";

/** Some rows out of `total` that fit the query. */
export interface Page<Row> {
  readonly total: number;
  readonly rows: readonly Row[];
}

export interface PageQuery<Column extends string> {
  readonly sort: Column;
  readonly order: SortOrder;
  readonly offset: number;
  readonly limit: number;
}

// ── users ────────────────────────────────────────────────────────────────────────────────────────

export const USER_SORTS = [
  "id",
  "name",
  "nick",
  "departId",
  "status",
  "created",
  "updated",
] as const;

export interface UserQuery extends PageQuery<typeof USER_SORTS[number]> {
  /**
   * Part of login name, nick name, pinyin, phone or mail, ASCII letters in either case, or the whole
   * id; empty = everybody.
   */
  readonly search: string;
  /** `null` = any. */
  readonly statuses: readonly number[] | null;
  readonly departId: number | null;
  /** Only higher ids: for reading all pages while rows change. */
  readonly afterId: number;
}

/** What an administrator sets; the rest of the row is the user's own or the engine's. */
export interface UserFields {
  readonly sex: number;
  readonly name: string;
  readonly domain: string;
  readonly nick: string;
  readonly phone: string;
  readonly email: string;
  readonly avatar: string;
  readonly departId: number;
  readonly status: number;
  readonly sign_info: string;
}

/** As in {@link NewUser}: the original's MD5 and salt, and the scrypt hash of that MD5. */
export interface PasswordFields {
  readonly password: string;
  readonly salt: string;
  readonly hash?: string;
}

export interface UserWrites {
  readonly add: readonly (UserFields & PasswordFields)[];
  readonly update: readonly UserUpdate[];
  readonly now: number;
}

export interface UserUpdate {
  readonly id: number;
  readonly changes: Partial<UserFields & PasswordFields>;
}

export type UserWriteRefusal = "name_taken" | "unknown_user" | "unknown_department";

export interface UserDirectory {
  list(query: UserQuery): Promise<Page<UserRow>>;
  /** Existing rows of the given ids in id order, with all changes that were made before. */
  byIds(ids: readonly number[]): Promise<readonly UserRow[]>;
  /** Those of the login names that exist, in any status. */
  byNames(names: readonly string[]): Promise<readonly UserRow[]>;
  /**
   * All of the writes or none; resolves with the ids of the added users, in their order. Departments
   * that are named must exist. A user whose status becomes {@link USER_STATUS_LEFT} loses the device
   * token. Clients see the changes with their next sync, also in the same second.
   */
  write(writes: UserWrites): Promise<Result<readonly number[], UserWriteRefusal>>;
}

// ── departments ──────────────────────────────────────────────────────────────────────────────────

export interface DepartmentSummary {
  readonly id: number;
  readonly departName: string;
  readonly priority: number;
  readonly parentId: number;
  readonly created: number;
  readonly updated: number;
  /** People in it who have not left, those of its children not counted. */
  readonly userCount: number;
}

export interface DepartmentFields {
  readonly departName: string;
  readonly priority: number;
  /** 0 = top. */
  readonly parentId: number;
}

export interface DepartmentAdmin {
  /** All that are not deleted, by priority, then id. */
  list(): Promise<readonly DepartmentSummary[]>;
  add(fields: DepartmentFields, now: number): Promise<Result<number, "unknown_parent">>;
  /** `cycle`: the new parent is the department itself or below it. */
  update(
    id: number,
    changes: Partial<DepartmentFields>,
    now: number,
  ): Promise<Result<null, "unknown_department" | "unknown_parent" | "cycle">>;
  /** Refused while there are departments below it or people in it who have not left. */
  remove(
    id: number,
    now: number,
  ): Promise<Result<null, "unknown_department" | "has_departments" | "has_users">>;
}

// ── groups ───────────────────────────────────────────────────────────────────────────────────────

export const GROUP_SORTS = ["id", "name", "creator", "created", "lastChated"] as const;

export interface GroupQuery extends PageQuery<typeof GROUP_SORTS[number]> {
  /** Part of the name, or the whole id; empty = all. */
  readonly search: string;
  /** GROUP_TYPE_NORMAL, GROUP_TYPE_TMP; `null` = both. */
  readonly type: number | null;
  /** Only groups of this user; `null` = all. */
  readonly memberId: number | null;
}

export interface GroupSummary extends GroupRow {
  readonly created: number;
  /** Counted, not IMGroup.userCnt, which is wrong in old data (docs/spec/pitfalls.md P-GRP1). */
  readonly memberCount: number;
}

export interface GroupAdmin {
  /** Groups that are not deleted. */
  list(query: GroupQuery): Promise<Page<GroupSummary>>;
  /** `null` for an unknown or deleted one. */
  byId(id: number): Promise<GroupSummary | null>;
  /** A new version for clients. `unknown_user`: the new creator does not exist or has left. */
  update(
    id: number,
    changes: { readonly name?: string; readonly avatar?: string; readonly creator?: number },
  ): Promise<Result<null, "unknown_group" | "unknown_user">>;
  /** Deletes the group: it has no members and takes no messages any more. Those who were in it. */
  dismiss(id: number, now: number): Promise<Result<readonly number[], "unknown_group">>;
}

// ── administrators ───────────────────────────────────────────────────────────────────────────────

/** From most to least: everything; all but administrators, keys and audit log; looking only. */
export const ADMIN_ROLES = ["owner", "manager", "read_only"] as const;
export type AdminRole = typeof ADMIN_ROLES[number];

/** IMAdmin.status of an account that cannot sign in. */
export const ADMIN_STATUS_DISABLED = 1;

export interface AdminAccount {
  readonly id: number;
  readonly uname: string;
  readonly role: AdminRole;
  /** 0, or {@link ADMIN_STATUS_DISABLED}. */
  readonly status: number;
  /** Whether nothing may be done before a new password is set. */
  readonly mustChange: boolean;
  readonly created: number;
  readonly updated: number;
}

export interface AdminChanges {
  readonly role?: AdminRole;
  readonly status?: number;
  /** Made by `shared/password.ts`. */
  readonly pwd?: string;
  readonly mustChange?: boolean;
}

export interface AdminAccounts {
  /** By id, disabled ones included. An account made by the original is an owner. */
  list(): Promise<readonly AdminAccount[]>;
  /** With the stored hash; `null` when there is none. Disabled ones are found too. */
  byName(uname: string): Promise<{ readonly account: AdminAccount; readonly pwd: string } | null>;
  add(
    admin: { readonly uname: string; readonly pwd: string; readonly role: AdminRole },
    now: number,
  ): Promise<Result<AdminAccount, "name_taken">>;
  /**
   * A disabled account and one with a new password lose all sessions but `keepSession`.
   * `last_owner`: nobody could manage administrators any more.
   */
  update(
    id: number,
    changes: AdminChanges,
    options: { readonly now: number; readonly keepSession: number | null },
  ): Promise<Result<AdminAccount, "unknown_admin" | "last_owner">>;
}

/** A signed-in administrator. */
export interface AdminSession {
  readonly id: number;
  readonly adminId: number;
  readonly uname: string;
  readonly created: number;
  readonly lastSeen: number;
  readonly expires: number;
  /** Address it was opened from. */
  readonly remote: string;
  /** What the browser or program called itself; may be empty. */
  readonly agent: string;
}

/** A key with which a machine uses the API. */
export interface ApiKey {
  readonly id: number;
  readonly name: string;
  readonly role: AdminRole;
  /** The administrator who made it. */
  readonly adminId: number;
  readonly created: number;
  /** 0 = never used. */
  readonly lastUsed: number;
  /** 0 = never. */
  readonly expires: number;
}

/** Who shows a credential, and until when it is valid. */
export interface CredentialOwner {
  readonly kind: "session" | "key";
  /** Of the session or key. */
  readonly id: number;
  readonly adminId: number;
  /** Login name, or name of the key. */
  readonly name: string;
  /** Of a key: at most the role that its maker has now. */
  readonly role: AdminRole;
  readonly mustChange: boolean;
  readonly lastSeen: number;
  /** 0 = never. */
  readonly expires: number;
}

/** Only hashes of credentials are stored: what they were cannot be read back. */
export interface AdminCredentials {
  openSession(session: {
    readonly adminId: number;
    readonly hash: string;
    readonly now: number;
    readonly expires: number;
    readonly remote: string;
    readonly agent: string;
  }): Promise<number>;
  /** Sessions that have not expired, newest first; of one administrator, or of all for `null`. */
  sessions(adminId: number | null, now: number): Promise<readonly AdminSession[]>;
  /** `false` when there is none of this id (and this administrator). */
  endSession(id: number, adminId: number | null): Promise<boolean>;
  /** Keys are named once: `name_taken` also for an expired one. */
  addKey(key: {
    readonly name: string;
    readonly role: AdminRole;
    readonly adminId: number;
    readonly hash: string;
    readonly now: number;
    readonly expires: number;
  }): Promise<Result<number, "name_taken">>;
  keys(): Promise<readonly ApiKey[]>;
  removeKey(id: number): Promise<boolean>;
  /** Expired ones are found for a while; those of disabled administrators are not. */
  find(kind: "session" | "key", hash: string): Promise<CredentialOwner | null>;
  /** Notes that the credential was used. */
  touch(kind: "session" | "key", id: number, now: number): Promise<void>;
}

// ── audit ────────────────────────────────────────────────────────────────────────────────────────

export interface AuditStart {
  readonly at: number;
  /** "admin" or "key", with its id and name; 0 for somebody who is not signed in. */
  readonly actorKind: string;
  readonly actorId: number;
  readonly actorName: string;
  readonly remote: string;
  /** Like `user.update`. */
  readonly action: string;
  /** What it is about, like `user/17`; may be empty. */
  readonly target: string;
  /** JSON without secrets. */
  readonly detail: string;
}

export interface AuditEntry extends AuditStart {
  readonly id: number;
  /** "begun" until it is known, "done", or the code of the error. */
  readonly outcome: string;
}

export interface AuditQuery {
  /** Only entries with a lower id; 0 = from the newest. */
  readonly beforeId: number;
  readonly limit: number;
  /** Whole values; `null` = any. `action` also takes a prefix that ends in a dot. */
  readonly actorName: string | null;
  readonly action: string | null;
  readonly target: string | null;
  /** Unix seconds, both inclusive; 0 = no limit. */
  readonly since: number;
  readonly until: number;
}

export interface AuditLog {
  /** Written before the change, so that there is none without a trace. Resolves with its id. */
  begin(start: AuditStart): Promise<number>;
  /** `target` replaces the entry's, unless it is `null`: what was made has an id by now. */
  finish(id: number, outcome: string, target: string | null): Promise<void>;
  /** Newest first. */
  list(query: AuditQuery): Promise<readonly AuditEntry[]>;
}

// ── discovery and figures ────────────────────────────────────────────────────────────────────────

export interface DiscoveryFields {
  readonly itemName: string;
  readonly itemUrl: string;
  readonly itemPriority: number;
}

export interface DiscoveryItem extends DiscoveryFields {
  readonly id: number;
  readonly created: number;
  readonly updated: number;
}

export interface DiscoveryStore {
  /** Items that are not deleted, by priority, then id. */
  list(): Promise<readonly DiscoveryItem[]>;
  add(fields: DiscoveryFields, now: number): Promise<number>;
  /** `false` for an unknown or deleted item. */
  update(id: number, changes: Partial<DiscoveryFields>, now: number): Promise<boolean>;
  remove(id: number, now: number): Promise<boolean>;
}

/** How long an engine is waited for, in milliseconds. */
export const ENGINE_LIMIT_MS = 1000;

/** An engine as this storage reaches it: the embedded one, or one pool of MySQL or Redis. */
export interface EngineState {
  readonly kind: "sqlite" | "mysql" | "redis";
  /** As the configuration calls it; `sqlite` for the embedded one. */
  readonly name: string;
  /** `host:port`; `null` for the embedded one. */
  readonly address: string | null;
  readonly state: "up" | "down";
  /** How long it took to answer, in milliseconds; `null` when it did not. */
  readonly answerMs: number | null;
  readonly version: string | null;
}

export interface StorageFigures {
  readonly engine: "sqlite" | "mysql";
  /** Who has not left. */
  readonly users: number;
  readonly departments: number;
  readonly groups: number;
  /** Ever stored; with MySQL the server's estimate of what is stored. */
  readonly messages: number;
  readonly bytes: number;
}
