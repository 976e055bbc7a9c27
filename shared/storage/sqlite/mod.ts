/**
 * The embedded storage engine: one SQLite file, no server. Its calls are asynchronous on the outside
 * only, so it belongs into a worker of its own (db_proxy sees to that); a commit then never stalls
 * the network loop. Other processes may read and write the same file at the same time.
 *
 * Files: `schema.ts` the tables and why they are so, `database.ts` transactions and memory,
 * `pairs.ts` and `live_groups.ts` what makes appending cheap, one file per domain for the rest.
 */
import type { Clock } from "../../clock.ts";
import type { Logger } from "../../log/mod.ts";
import { type Storage, StorageError } from "../types.ts";
import { ActiveUsers } from "./active_users.ts";
import { SqliteAdmins } from "./admins.ts";
import { openConnection } from "./connection.ts";
import { Conversations } from "./conversations.ts";
import { Database } from "./database.ts";
import { SqliteDepartments } from "./departments.ts";
import { SqliteGroups } from "./groups.ts";
import { LiveGroups } from "./live_groups.ts";
import { SqliteMessages } from "./messages.ts";
import { Pairs } from "./pairs.ts";
import { SqliteSessions } from "./sessions.ts";
import { SqliteUnread } from "./unread.ts";
import { SqliteUsers } from "./users.ts";

export interface SqliteOptions {
  /** The database file, created when missing (its folder is not), or `:memory:`. */
  readonly path: string;
  readonly clock: Clock;
  readonly log?: Logger;
}

/** @throws {StorageError} when the file cannot be opened or belongs to a newer version */
export function openSqliteStorage({ path, clock, log }: SqliteOptions): Storage {
  const connection = openConnection(path);
  try {
    const storage = assemble(new Database(connection, clock), clock);
    log?.info("database open", { path });
    return storage;
  } catch (cause) {
    connection.close();
    throw new StorageError(`Cannot use database ${path}`, { cause });
  }
}

function assemble(db: Database, clock: Clock): Storage {
  const activeUsers = new ActiveUsers(db);
  const pairs = new Pairs(db);
  const liveGroups = new LiveGroups(db);
  const conversations = new Conversations(db);
  return {
    users: new SqliteUsers(db, clock),
    departments: new SqliteDepartments(db),
    groups: new SqliteGroups({ db, activeUsers, liveGroups }),
    messages: new SqliteMessages({ db, activeUsers, pairs, liveGroups, conversations }),
    sessions: new SqliteSessions(db, conversations),
    unread: new SqliteUnread(db, conversations),
    admins: new SqliteAdmins(db),
    close: () => db.close(),
  };
}
