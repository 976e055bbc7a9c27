/** Opens the storage engine that the configuration names. */
import { dirname } from "node:path";
import { closeSync, mkdirSync, openSync } from "node:fs";
import type { Clock } from "../../shared/clock.ts";
import { type Logger, silentLogger } from "../../shared/log/mod.ts";
import { type Storage, StorageError } from "../../shared/storage/types.ts";
import type { StorageConfig } from "./config.ts";

export interface StorageDeps {
  readonly clock: Clock;
  readonly log: Logger;
}

/** {@link openStorage}, or what a simulation has in its place. */
export type StorageOpener = (config: StorageConfig, deps: StorageDeps) => Promise<Storage>;

/**
 * Loads the engine that is named, and no other: the drivers of one cost memory and time that the other
 * need not pay.
 * @throws {StorageError} when the data cannot be opened
 */
export async function openStorage(config: StorageConfig, deps: StorageDeps): Promise<Storage> {
  if (config.kind === "sqlite") {
    if (config.path !== ":memory:") makeDataFile(config.path);
    const { openSqliteStorage } = await import("../../shared/storage/sqlite/mod.ts");
    return openSqliteStorage({ path: config.path, clock: deps.clock });
  }
  const { openMysqlStorage } = await import("../../shared/storage/mysql/mod.ts");
  return await openMysqlStorage(config, deps);
}

/**
 * The same data for somebody who comes by: what has to be done now and then is left to the servers,
 * and nothing is logged, as whoever opens it tells what becomes of it.
 * @throws {StorageError} when the data cannot be opened
 */
export function openStorageBriefly(config: StorageConfig, clock: Clock): Promise<Storage> {
  const deps = { clock, log: silentLogger };
  return openStorage(config.kind === "mysql" ? { ...config, background: "leave" } : config, deps);
}

/**
 * The data is for the server alone: nobody else on the machine may read it. The engine gives its
 * other files the mode of this one.
 */
function makeDataFile(path: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    closeSync(openSync(path, "a", 0o600));
  } catch (cause) {
    throw new StorageError(`Cannot make the database ${path}`, { cause });
  }
}
