/** What administrators do, on MySQL and Redis: one file per domain of `../../management.ts`. */
import type { ManagementStore } from "../../management.ts";
import type { DeviceTokenStore } from "../../types.ts";
import type { ActiveUsers } from "../active_users.ts";
import type { GroupMembers } from "../group_members.ts";
import type { Memberships } from "../memberships.ts";
import type { EngineParts } from "../parts.ts";
import type { UserHashes } from "../user_hashes.ts";
import { MysqlAdminAccounts } from "./admin_accounts.ts";
import { MysqlAdminCredentials } from "./admin_credentials.ts";
import { MysqlAuditLog } from "./audit_log.ts";
import { MysqlDepartmentAdmin } from "./department_admin.ts";
import { MysqlDiscovery } from "./discovery.ts";
import { readEngines } from "./engines.ts";
import { readFigures } from "./figures.ts";
import { MysqlGroupAdmin } from "./group_admin.ts";
import { MysqlUserDirectory } from "./user_directory.ts";

export interface ManagementParts extends EngineParts {
  readonly activeUsers: ActiveUsers;
  readonly memberships: Memberships;
  readonly groupMembers: GroupMembers;
  readonly deviceTokens: DeviceTokenStore;
  readonly hashes: UserHashes;
}

export function mysqlManagement(parts: ManagementParts): ManagementStore {
  return {
    users: new MysqlUserDirectory(parts),
    departments: new MysqlDepartmentAdmin(parts),
    groups: new MysqlGroupAdmin(parts),
    admins: new MysqlAdminAccounts(parts),
    credentials: new MysqlAdminCredentials(parts),
    audit: new MysqlAuditLog(parts),
    discovery: new MysqlDiscovery(parts),
    figures: () => readFigures(parts.slave),
    engines: () => readEngines(parts),
  };
}
