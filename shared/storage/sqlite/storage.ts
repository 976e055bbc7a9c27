/** Puts the engine's parts together on an open connection, which it owns from then on. */
import type { DatabaseSync } from "node:sqlite";
import type { Clock } from "../../clock.ts";
import type { Storage } from "../types.ts";
import { ActiveUsers } from "./active_users.ts";
import { SqliteAdmins } from "./admins.ts";
import { Conversations } from "./conversations.ts";
import { Database } from "./database.ts";
import { SqliteDepartments } from "./departments.ts";
import { SqliteDeviceTokens } from "./device_tokens.ts";
import { SqliteGroupShields } from "./group_shields.ts";
import { SqliteGroups } from "./groups.ts";
import { LiveGroups } from "./live_groups.ts";
import { sqliteManagement } from "./management/mod.ts";
import { SqliteMessages } from "./messages.ts";
import { SqliteOfflineFiles } from "./offline_files.ts";
import { Pairs } from "./pairs.ts";
import { SqliteProfiles } from "./profiles.ts";
import { SqliteSessions } from "./sessions.ts";
import { SqliteUnread } from "./unread.ts";
import { SqliteUsers } from "./users.ts";

/** How much is remembered between transactions. */
export interface MemoryLimits {
  /** Ids of users that can be written to: about 5 MB. */
  readonly users: number;
  /** Pairs of users that talk to each other: about 15 MB. */
  readonly pairs: number;
  /** Memberships of all remembered groups together: about 20 MB. */
  readonly members: number;
}

const DEFAULT_LIMITS: MemoryLimits = { users: 50_000, pairs: 50_000, members: 200_000 };

export interface SqliteStorageOptions {
  readonly clock: Clock;
  readonly limits?: MemoryLimits;
}

export function sqliteStorageOn(
  connection: DatabaseSync,
  { clock, limits = DEFAULT_LIMITS }: SqliteStorageOptions,
): Storage {
  const db = new Database(connection, clock);
  const activeUsers = new ActiveUsers(db, limits.users);
  const pairs = new Pairs(db, limits.pairs);
  const liveGroups = new LiveGroups(db, limits.members);
  const conversations = new Conversations(db);
  return {
    users: new SqliteUsers(db, clock),
    departments: new SqliteDepartments(db),
    groups: new SqliteGroups({ db, activeUsers, liveGroups }),
    messages: new SqliteMessages({ db, activeUsers, pairs, liveGroups, conversations }),
    sessions: new SqliteSessions(db, conversations),
    unread: new SqliteUnread(db, conversations),
    profiles: new SqliteProfiles(db),
    deviceTokens: new SqliteDeviceTokens(db),
    groupShields: new SqliteGroupShields(db),
    offlineFiles: new SqliteOfflineFiles(db, activeUsers),
    loginFailures: null,
    admins: new SqliteAdmins(db),
    management: sqliteManagement({ db, activeUsers, liveGroups, clock }),
    close: () => db.close(),
  };
}
