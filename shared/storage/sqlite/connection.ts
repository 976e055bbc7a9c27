/** Opening and preparing the file: pragmas, WAL mode, migrations. */
import { DatabaseSync, type DatabaseSyncOptions } from "node:sqlite";
import { StorageError } from "../types.ts";
import { MIGRATIONS } from "./schema.ts";

/** How long a statement waits for another process that is writing to the file. */
const BUSY_TIMEOUT_MS = 5_000;
/**
 * Some steps of opening do not honour the busy time-out: switching a new file to WAL, and reading it
 * while the last other connection is closing. Opening is therefore tried this often…
 */
const OPEN_TRIES = 200;
/** …with this pause. */
const OPEN_PAUSE_MS = 25;
/**
 * Pages in the WAL (4 KiB each) that set off a checkpoint, which stalls the next commits for 10 to
 * 50 ms. Measured with `tests/bench/sqlite_append.ts --pairs 2000`, batches of 200: the default of
 * 1000 gives 28,000 rows/s, since hot pages are written to the file again and again; 4000 and 16000
 * both give 40,000 rows/s, and the longest stall grows from 44 to 53 ms. No mmap: reads come from
 * the page cache, and an I/O error would then be a signal that kills the process.
 */
const CHECKPOINT_PAGES = 4_000;
/** A WAL that grew during a long read is cut back to this. */
const MAX_IDLE_WAL_BYTES = 64 * 1024 * 1024;
/** Page cache in KiB (negative = KiB for SQLite). */
const CACHE_SIZE = -65_536;

/** What makes a connection: `DatabaseSync`, or a class that extends it. */
export type Driver = new (path: string, options: DatabaseSyncOptions) => DatabaseSync;

/** @throws {StorageError} when the file cannot be opened or was written by a newer version */
export function openConnection(path: string, driver: Driver = DatabaseSync): DatabaseSync {
  let db: DatabaseSync;
  try {
    db = new driver(path, { timeout: BUSY_TIMEOUT_MS });
  } catch (cause) {
    throw new StorageError(`Cannot open database ${path}`, { cause });
  }
  try {
    retryWhileBusy(() => prepareFile(db));
    return db;
  } catch (cause) {
    db.close();
    if (cause instanceof StorageError) throw cause;
    throw new StorageError(`Cannot prepare database ${path}`, { cause });
  }
}

/** Blocks the thread: the engine has one of its own, and nothing to do without its file. */
function retryWhileBusy(step: () => void): void {
  const pause = new Int32Array(new SharedArrayBuffer(4));
  for (let tries = 1;; tries++) {
    try {
      return step();
    } catch (error) {
      if (tries === OPEN_TRIES || !isBusy(error)) throw error;
      Atomics.wait(pause, 0, 0, OPEN_PAUSE_MS);
    }
  }
}

/** May be run again after it was done in part. */
function prepareFile(db: DatabaseSync): void {
  // FULL: an acknowledged message survives a power cut, not just a crash of the process.
  db.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES};
    PRAGMA journal_size_limit = ${MAX_IDLE_WAL_BYTES};
    PRAGMA cache_size = ${CACHE_SIZE};
  `);
  migrate(db);
}

/** IMMEDIATE: of two processes that open a new file, one waits and then finds the work done. */
function migrate(db: DatabaseSync): void {
  const known = MIGRATIONS.length;
  if (schemaVersion(db) === known) return;
  db.exec("BEGIN IMMEDIATE");
  try {
    const version = schemaVersion(db);
    if (version > known) {
      throw new StorageError(`Cannot use schema version ${version}: this program knows ${known}`);
    }
    for (const migration of MIGRATIONS.slice(version)) db.exec(migration);
    db.exec(`PRAGMA user_version = ${known}`);
    db.exec("COMMIT");
  } catch (error) {
    if (db.isTransaction) db.exec("ROLLBACK");
    throw error;
  }
}

function schemaVersion(db: DatabaseSync): number {
  return Number(db.prepare("PRAGMA user_version").get()?.["user_version"]);
}

/** SQLite's words for SQLITE_BUSY and its variants. Errors of `exec` have no code in Deno 2.9. */
const BUSY_MESSAGE = "database is locked";

function isBusy(error: unknown): boolean {
  return error instanceof Error && error.message === BUSY_MESSAGE;
}
