/** Opens the storage engine that the configuration names. */
import { dirname } from "node:path";
import { mkdirSync } from "node:fs";
import type { Clock } from "../../shared/clock.ts";
import { openSqliteStorage } from "../../shared/storage/sqlite/mod.ts";
import { type Storage, StorageError } from "../../shared/storage/types.ts";
import type { StorageConfig } from "./config.ts";

/** @throws {StorageError} when the data cannot be opened */
export function openStorage(config: StorageConfig, clock: Clock): Storage {
  if (config.path !== ":memory:") makeDataDir(dirname(config.path));
  return openSqliteStorage({ path: config.path, clock });
}

/** The data is for the server alone: nobody else on the machine may read it. */
function makeDataDir(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new StorageError(`Cannot make the data directory ${path}`, { cause });
  }
}
