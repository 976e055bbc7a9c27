/**
 * The steps of the management API that need storage: what CID_INTERNAL_MANAGE_REQ may ask
 * (docs/internal.md 2), with the types of request and answer. Both travel as JSON, so they are plain
 * data. db_proxy_server takes a request only if it is one of these, to the last field
 * (`servers/db_proxy/handlers/manage_requests.ts`).
 *
 * A change of meaning, and a further field, gets a new name; a peer that does not know a name says so.
 */
import type { Result } from "../result.ts";
import type {
  AdminAccount,
  AdminChanges,
  AdminRole,
  AdminSession,
  ApiKey,
  AuditEntry,
  AuditQuery,
  AuditStart,
  CredentialOwner,
  DepartmentFields,
  DepartmentSummary,
  DiscoveryFields,
  DiscoveryItem,
  EngineState,
  GroupQuery,
  GroupSummary,
  Page,
  StorageFigures,
  UserQuery,
  UserWriteRefusal,
  UserWrites,
} from "../storage/management.ts";
import type { AppendRefusal, UserRow } from "../storage/types.ts";
import type { LatencySummary } from "./latency.ts";

export interface Operation<Request, Answer> {
  readonly request: Request;
  readonly answer: Answer;
}

export interface ById {
  readonly id: number;
}

export interface GroupMember {
  readonly userId: number;
  readonly name: string;
  readonly nick: string;
  readonly avatar: string;
  /** Unix seconds. */
  readonly joined: number;
}

/** A message as it is stored; `content` is base64 of msg_data, empty for a sound. */
export interface StoredMessage {
  readonly msgId: number;
  readonly fromId: number;
  readonly type: number;
  readonly created: number;
  readonly content: string;
}

export interface SystemMessage {
  readonly fromId: number;
  readonly toId: number;
  readonly type: number;
  /** Base64 of msg_data. */
  readonly content: string;
  readonly created: number;
}

/** How a db_proxy_server and what is behind it are. */
export interface StorageState {
  readonly engines: readonly EngineState[];
  /**
   * Messages of the last minute: from when a worker took one until it was committed, with all that
   * it waited for there; `null` without any.
   */
  readonly stored: LatencySummary | null;
  /** How long it took to find this out, in milliseconds. */
  readonly tookMs: number;
}

export interface ManageOperations {
  "users.list": Operation<UserQuery, Page<UserRow>>;
  "users.by_ids": Operation<{ readonly ids: readonly number[] }, readonly UserRow[]>;
  "users.by_names": Operation<{ readonly names: readonly string[] }, readonly UserRow[]>;
  "users.write": Operation<UserWrites, Result<readonly number[], UserWriteRefusal>>;

  "departments.list": Operation<null, readonly DepartmentSummary[]>;
  "departments.add": Operation<
    { readonly fields: DepartmentFields; readonly now: number },
    Result<number, "unknown_parent">
  >;
  "departments.update": Operation<
    ById & { readonly changes: Partial<DepartmentFields>; readonly now: number },
    Result<null, "unknown_department" | "unknown_parent" | "cycle">
  >;
  "departments.remove": Operation<
    ById & { readonly now: number },
    Result<null, "unknown_department" | "has_departments" | "has_users">
  >;

  "groups.list": Operation<GroupQuery, Page<GroupSummary>>;
  "groups.by_id": Operation<ById, GroupSummary | null>;
  "groups.members": Operation<
    ById & { readonly offset: number; readonly limit: number },
    Page<GroupMember> | null
  >;
  "groups.update": Operation<
    ById & {
      readonly changes: {
        readonly name?: string;
        readonly avatar?: string;
        readonly creator?: number;
      };
    },
    Result<null, "unknown_group" | "unknown_user">
  >;
  "groups.dismiss": Operation<
    ById & { readonly now: number },
    Result<readonly number[], "unknown_group">
  >;

  "admins.list": Operation<null, readonly AdminAccount[]>;
  "admins.by_name": Operation<
    { readonly uname: string },
    { readonly account: AdminAccount; readonly pwd: string } | null
  >;
  "admins.add": Operation<
    {
      readonly uname: string;
      readonly pwd: string;
      readonly role: AdminRole;
      readonly now: number;
    },
    Result<AdminAccount, "name_taken">
  >;
  "admins.update": Operation<
    ById & {
      readonly changes: AdminChanges;
      readonly now: number;
      readonly keepSession: number | null;
    },
    Result<AdminAccount, "unknown_admin" | "last_owner">
  >;

  "sessions.open": Operation<
    {
      readonly adminId: number;
      readonly hash: string;
      readonly now: number;
      readonly expires: number;
      readonly remote: string;
      readonly agent: string;
    },
    number
  >;
  "sessions.list": Operation<
    { readonly adminId: number | null; readonly now: number },
    readonly AdminSession[]
  >;
  "sessions.end": Operation<ById & { readonly adminId: number | null }, boolean>;
  "keys.list": Operation<null, readonly ApiKey[]>;
  "keys.add": Operation<
    {
      readonly name: string;
      readonly role: AdminRole;
      readonly adminId: number;
      readonly hash: string;
      readonly now: number;
      readonly expires: number;
    },
    Result<number, "name_taken">
  >;
  "keys.remove": Operation<ById, boolean>;
  "credentials.find": Operation<
    { readonly kind: "session" | "key"; readonly hash: string },
    CredentialOwner | null
  >;
  "credentials.touch": Operation<
    ById & { readonly kind: "session" | "key"; readonly now: number },
    null
  >;

  "audit.begin": Operation<AuditStart, number>;
  "audit.finish": Operation<
    ById & { readonly outcome: string; readonly target: string | null },
    null
  >;
  "audit.list": Operation<AuditQuery, readonly AuditEntry[]>;

  "discovery.list": Operation<null, readonly DiscoveryItem[]>;
  "discovery.add": Operation<
    { readonly fields: DiscoveryFields; readonly now: number },
    number
  >;
  "discovery.update": Operation<
    ById & { readonly changes: Partial<DiscoveryFields>; readonly now: number },
    boolean
  >;
  "discovery.remove": Operation<ById & { readonly now: number }, boolean>;

  "messages.history": Operation<
    {
      /** SESSION_TYPE_SINGLE or SESSION_TYPE_GROUP. */
      readonly type: number;
      /** One of the two; ignored for a group, which is seen with its longest member's eyes. */
      readonly userId: number;
      readonly sessionId: number;
      readonly beginId: number;
      readonly limit: number;
    },
    readonly StoredMessage[]
  >;
  "messages.send": Operation<SystemMessage, Result<number, AppendRefusal>>;

  "figures.read": Operation<null, StorageFigures>;
  "storage.state": Operation<null, StorageState>;
}

export type OperationName = keyof ManageOperations;
export type RequestOf<Name extends OperationName> = ManageOperations[Name]["request"];
export type AnswerOf<Name extends OperationName> = ManageOperations[Name]["answer"];

/** `result_code` of CID_INTERNAL_MANAGE_RSP. */
export const MANAGE_DONE = 0;
/** Storage failed. */
export const MANAGE_FAILED = 1;
/** There is no operation of this name. */
export const MANAGE_NOT_UNDERSTOOD = 2;
/** The request is not one of its operation; the answer is a {@link ManageRefusal}. */
export const MANAGE_REFUSED = 3;

/** Which part of a request is at fault, like `changes.name`; empty for all of it. */
export interface ManageRefusal {
  readonly field: string;
  readonly message: string;
}
