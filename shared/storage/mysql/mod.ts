/**
 * The engine of a cluster: MySQL with the original's tables and Redis with the original's keys, byte
 * for byte (docs/spec/storage.md), so that db_proxy_servers of both kinds can work on the same data.
 */
import type { Clock } from "../../clock.ts";
import type { Logger } from "../../log/mod.ts";
import type { Storage } from "../types.ts";
import { closeParts, openParts } from "./open_parts.ts";
import { USER_PASSWORD_TABLE } from "./migrations.ts";
import type { MysqlStorageConfig } from "./parts.ts";
import { explainOpening, requireTables } from "./require_tables.ts";
import { mysqlStorageOn } from "./storage.ts";

export type { MysqlStorageConfig } from "./parts.ts";

/** @throws {StorageError} when MySQL or Redis cannot be reached, or the database has no tables */
export async function openMysqlStorage(
  config: MysqlStorageConfig,
  deps: { readonly clock: Clock; readonly log: Logger },
): Promise<Storage> {
  const parts = await openParts(config, deps).catch((error) => {
    throw explainOpening(error);
  });
  try {
    const tables = await requireTables(parts.master);
    const hasTable = tables.has(USER_PASSWORD_TABLE.toLowerCase());
    const form = config.keepLegacyHash ? "both" : "hash";
    return mysqlStorageOn(parts, { ...config, passwordForm: hasTable ? form : "legacy" });
  } catch (error) {
    await closeParts(parts);
    throw error;
  }
}
