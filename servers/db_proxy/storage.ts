/** Opens the storage engine that the configuration names. */
import { dirname } from "node:path";
import { closeSync, mkdirSync, openSync } from "node:fs";
import type { Clock } from "../../shared/clock.ts";
import { openSqliteStorage } from "../../shared/storage/sqlite/mod.ts";
import { type Storage, StorageError } from "../../shared/storage/types.ts";
import type { StorageConfig } from "./config.ts";

/** @throws {StorageError} when the data cannot be opened */
export function openStorage(config: StorageConfig, clock: Clock): Storage {
  if (config.path !== ":memory:") makeDataFile(config.path);
  return openSqliteStorage({ path: config.path, clock });
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
