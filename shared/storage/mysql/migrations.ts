/**
 * What this suite adds to the original's tables, by version. Everything is additive, so that servers
 * of the original can go on working on the same database (docs/spec/storage.md 2.14), and nothing is
 * added unless an operator asks for it: servers start without any of it. What each promises is told in
 * docs/operating.md. A version is never changed once it was released; a new one is added below.
 */
import { ADMIN_ROLE, ADMIN_SESSION, API_KEY, AUDIT } from "./management/tables.ts";
import { UNCOUNTED_STATEMENT, UNCOUNTED_TABLE } from "./count_journal.ts";
import { MESSAGE_TABLES } from "./schema.ts";

export interface Migration {
  readonly version: number;
  /** As it is recorded; at most 64 characters. */
  readonly name: string;
  /** What it is good for, to be read behind its changes. */
  readonly purpose: string;
  readonly changes: readonly Change[];
}

export type Change = NewTable | NewKey;

export interface NewTable {
  readonly kind: "table";
  readonly table: string;
  readonly statement: string;
}

export interface NewKey {
  readonly kind: "unique" | "index";
  readonly table: string;
  readonly columns: readonly string[];
  /** What to do about rows that a unique key would refuse. */
  readonly advice?: string;
}

/** Where applied versions are recorded. */
export const MIGRATION_TABLE = "TTMigration";

export const MIGRATION_TABLE_STATEMENT = `CREATE TABLE IF NOT EXISTS ${MIGRATION_TABLE} (
  version int unsigned NOT NULL,
  name varchar(64) NOT NULL,
  applied int unsigned NOT NULL,
  PRIMARY KEY (version)
) ENGINE=InnoDB DEFAULT CHARSET=utf8`;

/** The original's code uses it, its own script lacks it (docs/spec/storage.md 2.12). */
const TRANSMIT_FILE = `CREATE TABLE IF NOT EXISTS IMTransmitFile (
  id int(11) NOT NULL AUTO_INCREMENT,
  fromId int(11) unsigned NOT NULL,
  toId int(11) unsigned NOT NULL,
  fileName varchar(256) NOT NULL DEFAULT '',
  size int(11) unsigned NOT NULL DEFAULT 0,
  taskId varchar(64) NOT NULL DEFAULT '',
  status tinyint(3) unsigned NOT NULL DEFAULT 0,
  created int(11) unsigned NOT NULL DEFAULT 0,
  updated int(11) unsigned NOT NULL DEFAULT 0,
  PRIMARY KEY (id),
  KEY idx_toId_status (toId, status),
  KEY idx_taskId (taskId)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin`;

/** IMAdmin.pwd has room for an MD5 only. */
const ADMIN_PASSWORD = `CREATE TABLE IF NOT EXISTS TTAdminPassword (
  adminId int unsigned NOT NULL,
  pwd varchar(255) NOT NULL,
  updated int unsigned NOT NULL,
  PRIMARY KEY (adminId)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin`;

/** Where hashes of users' passwords are (`user_hashes.ts`). */
export const USER_PASSWORD_TABLE = "TTUserPassword";

/** `password` is that of the IMUser row which the hash was made for. */
const USER_PASSWORD = `CREATE TABLE IF NOT EXISTS TTUserPassword (
  userId int unsigned NOT NULL,
  password varchar(32) NOT NULL,
  hash varchar(255) NOT NULL,
  updated int unsigned NOT NULL,
  PRIMARY KEY (userId)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin`;

const numbers: readonly number[] = Array.from({ length: MESSAGE_TABLES }, (_, number) => number);

export const MIGRATIONS: readonly Migration[] = [
  {
    version: 1,
    name: "offline_files",
    purpose: "files for people who are offline",
    changes: [
      { kind: "table", table: "IMTransmitFile", statement: TRANSMIT_FILE },
      { kind: "index", table: "IMTransmitFile", columns: ["toId", "status"] },
      { kind: "index", table: "IMTransmitFile", columns: ["taskId"] },
    ],
  },
  {
    version: 2,
    name: "admin_passwords",
    purpose: "administrators whose password is not kept as an MD5",
    changes: [{ kind: "table", table: "TTAdminPassword", statement: ADMIN_PASSWORD }],
  },
  {
    version: 3,
    name: "changed_users",
    purpose: "clients that ask who changed need not have all users read",
    changes: [{ kind: "index", table: "IMUser", columns: ["updated"] }],
  },
  {
    version: 4,
    name: "one_relation_per_pair",
    purpose: "two people have one history, whichever servers they write through",
    changes: [{
      kind: "unique",
      table: "IMRelationShip",
      columns: ["smallId", "bigId"],
      advice:
        "the messages of a pair are spread over its rows, in IMMessage_ id modulo 8; keep the " +
        "row that has them, give those of the others new relateId and msgId or give them up",
    }],
  },
  {
    version: 5,
    name: "one_session_per_conversation",
    purpose: "a conversation stands in somebody's list once",
    changes: [{
      kind: "unique",
      table: "IMRecentSession",
      columns: ["userId", "peerId", "type"],
      advice: "delete all but the one with the newest updated",
    }],
  },
  {
    version: 6,
    name: "one_row_per_member",
    purpose: "a member of a group is listed once",
    changes: [{
      kind: "unique",
      table: "IMGroupMember",
      columns: ["groupId", "userId"],
      advice: "delete all but one, of status 0 if there is one",
    }],
  },
  {
    version: 7,
    name: "unique_message_ids",
    purpose: "no two messages of a pair have one id, even when Redis lost its counters",
    changes: numbers.map((number): NewKey => ({
      kind: "unique",
      table: `IMMessage_${number}`,
      columns: ["relateId", "msgId"],
      advice: "clients show one of them; give the others a msgId of their own above the pair's " +
        "highest, and raise msg_id_<relateId> in Redis",
    })),
  },
  {
    version: 8,
    name: "unique_group_message_ids",
    purpose: "no two messages of a group have one id, even when Redis lost its counters",
    changes: numbers.map((number): NewKey => ({
      kind: "unique",
      table: `IMGroupMessage_${number}`,
      columns: ["groupId", "msgId"],
      advice: "clients show one of them; give the others a msgId of their own above the group's " +
        "highest, and raise group_msg_id_<groupId> in Redis",
    })),
  },
  {
    version: 9,
    name: "unique_names",
    purpose: "no two users have one login name",
    changes: [{
      kind: "unique",
      table: "IMUser",
      columns: ["name"],
      advice: "give all but one another name; only one of them can log in as it is",
    }],
  },
  {
    version: 10,
    name: "administration",
    purpose: "roles, sessions and API keys of administrators, and the audit log",
    changes: [
      { kind: "table", table: "TTAdminRole", statement: ADMIN_ROLE },
      { kind: "table", table: "TTAdminSession", statement: ADMIN_SESSION },
      { kind: "table", table: "TTApiKey", statement: API_KEY },
      { kind: "table", table: "TTAudit", statement: AUDIT },
    ],
  },
  {
    version: 11,
    name: "uncounted_messages",
    purpose: "unread counters stay right when a server dies between storing and counting",
    changes: [{ kind: "table", table: UNCOUNTED_TABLE, statement: UNCOUNTED_STATEMENT }],
  },
  {
    version: 12,
    name: "user_passwords",
    purpose: "passwords of users are kept as scrypt hashes",
    changes: [{ kind: "table", table: USER_PASSWORD_TABLE, statement: USER_PASSWORD }],
  },
  {
    version: 13,
    name: "people_of_departments",
    purpose: "the people of departments are counted in an index",
    changes: [{ kind: "index", table: "IMUser", columns: ["departId", "status"] }],
  },
];

/** As it is called in messages: `IMUser(name)`, or the name of a new table. */
export function describeChange(change: Change): string {
  if (change.kind === "table") return change.table;
  return `${change.table}(${change.columns.join(", ")})`;
}

/** The statement that makes a change which is not there. */
export function statementOf(change: Change): string {
  if (change.kind === "table") return change.statement;
  const type = change.kind === "unique" ? "UNIQUE KEY" : "KEY";
  const columns = change.columns.join(", ");
  return `ALTER TABLE ${change.table} ADD ${type} tt_${change.columns.join("_")} (${columns})`;
}
