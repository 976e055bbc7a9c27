/**
 * The contract suite: what every storage engine must do, run on the real engine.
 *
 * ```ts
 * storageContract("sqlite in memory", async () => {
 *   const storage = openSqliteStorage({ path: ":memory:", clock });
 *   return { storage, [Symbol.asyncDispose]: () => storage.close() };
 * });
 * ```
 */
import type { Engine } from "../../test_support/engines.ts";
import { adminContract } from "./admins.ts";
import type { DurableTestStorage, OpenStorage } from "./contract_test_case.ts";
import { departmentContract } from "./departments.ts";
import { deviceTokenContract } from "./device_tokens.ts";
import { durabilityContract } from "./durability.ts";
import { groupMemberContract } from "./group_members.ts";
import { groupContract } from "./groups.ts";
import { groupHistoryContract } from "./group_history.ts";
import { groupShieldContract } from "./group_shields.ts";
import { groupSessionContract } from "./group_sessions.ts";
import { historyContract } from "./history.ts";
import { auditContract, managedAdminContract } from "./managed_admins.ts";
import { managedDepartmentContract, managedGroupContract } from "./managed_groups.ts";
import { managedUserContract } from "./managed_users.ts";
import { messageContract } from "./messages.ts";
import { offlineFileContract } from "./offline_files.ts";
import { passwordContract } from "./passwords.ts";
import { profileContract } from "./profiles.ts";
import { refusalContract } from "./refusals.ts";
import { sessionContract } from "./sessions.ts";
import { unreadContract } from "./unread.ts";
import { userContract } from "./users.ts";

export type { DurableTestStorage, OpenStorage, TestStorage } from "./contract_test_case.ts";

/** Registers the tests of every storage. Without the engines that it needs they are skipped. */
export function storageContract(
  name: string,
  open: OpenStorage,
  needs: readonly Engine[] = [],
): void {
  const contract = { name, open, needs };
  userContract(contract);
  passwordContract(contract);
  departmentContract(contract);
  groupContract(contract);
  groupMemberContract(contract);
  messageContract(contract);
  refusalContract(contract);
  historyContract(contract);
  groupHistoryContract(contract);
  sessionContract(contract);
  groupSessionContract(contract);
  unreadContract(contract);
  profileContract(contract);
  deviceTokenContract(contract);
  groupShieldContract(contract);
  offlineFileContract(contract);
  adminContract(contract);
  managedUserContract(contract);
  managedDepartmentContract(contract);
  managedGroupContract(contract);
  managedAdminContract(contract);
  auditContract(contract);
}

/** Registers the tests of a storage that outlives being closed. */
export function durableStorageContract(
  name: string,
  open: OpenStorage<DurableTestStorage>,
  needs: readonly Engine[] = [],
): void {
  durabilityContract({ name, open, needs });
}
