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
import { type Driver, openConnection } from "./connection.ts";
import { sqliteStorageOn } from "./storage.ts";

export interface SqliteOptions {
  /** The database file, created when missing (its folder is not), or `:memory:`. */
  readonly path: string;
  readonly clock: Clock;
  readonly log?: Logger;
  /** For a simulation, whose disk fails when it says so; default: SQLite as it is. */
  readonly driver?: Driver;
}

export type { Driver } from "./connection.ts";

/** @throws {StorageError} when the file cannot be opened or belongs to a newer version */
export function openSqliteStorage({ path, clock, log, driver }: SqliteOptions): Storage {
  const connection = openConnection(path, driver);
  try {
    const storage = sqliteStorageOn(connection, { clock });
    log?.info("database open", { path });
    return storage;
  } catch (cause) {
    connection.close();
    throw new StorageError(`Cannot use database ${path}`, { cause });
  }
}
