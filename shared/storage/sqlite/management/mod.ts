/** What administrators do, on SQLite: one file per domain of `../../management.ts`. */
import type { Clock } from "../../../clock.ts";
import type { ManagementStore } from "../../management.ts";
import type { ActiveUsers } from "../active_users.ts";
import type { Database } from "../database.ts";
import type { LiveGroups } from "../live_groups.ts";
import { SqliteAdminAccounts } from "./admin_accounts.ts";
import { SqliteAdminCredentials } from "./admin_credentials.ts";
import { SqliteAuditLog } from "./audit_log.ts";
import { SqliteDepartmentAdmin } from "./department_admin.ts";
import { SqliteDiscovery } from "./discovery.ts";
import { SqliteFigures } from "./figures.ts";
import { SqliteGroupAdmin } from "./group_admin.ts";
import { SqliteUserDirectory } from "./user_directory.ts";

export interface ManagementParts {
  readonly db: Database;
  readonly activeUsers: ActiveUsers;
  readonly liveGroups: LiveGroups;
  readonly clock: Clock;
}

export function sqliteManagement(parts: ManagementParts): ManagementStore {
  const { db } = parts;
  const figures = new SqliteFigures(db, parts.clock);
  return {
    users: new SqliteUserDirectory(parts),
    departments: new SqliteDepartmentAdmin(db),
    groups: new SqliteGroupAdmin(parts),
    admins: new SqliteAdminAccounts(db),
    credentials: new SqliteAdminCredentials(db),
    audit: new SqliteAuditLog(db),
    discovery: new SqliteDiscovery(db),
    figures: () => figures.read(),
    engines: () => figures.engines(),
  };
}
