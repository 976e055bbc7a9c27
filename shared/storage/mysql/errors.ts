/** What an error of the MySQL driver means for whoever wanted something stored. */
import { StatementTimeout } from "./statements.ts";
import { MissingTableError, StorageError } from "../types.ts";
import { BatchError } from "../write_combiner.ts";

const ER_DUP_ENTRY = 1062;
const ER_NO_SUCH_TABLE = 1146;
const ER_LOCK_DEADLOCK = 1213;
/** How INSERT … SELECT says it when it is the lock of the table's counter that is in the circle. */
const ER_AUTOINC_READ_FAILED = 1467;

/** The server is going away, full, or only reads: nothing to do with the statement. */
const SERVER_ERRNOS: ReadonlySet<number> = new Set([
  1040, // ER_CON_COUNT_ERROR
  1053, // ER_SERVER_SHUTDOWN
  1203, // ER_TOO_MANY_USER_CONNECTIONS
  1290, // ER_OPTION_PREVENTS_STATEMENT: read-only
  1836, // ER_READ_ONLY_MODE
  1021, // ER_DISK_FULL
  1114, // ER_RECORD_FILE_FULL
  1927, // ER_CONNECTION_KILLED
]);

interface DriverError {
  readonly code?: string;
  readonly errno?: number;
  readonly fatal?: boolean;
}

/** The connection is of no use any more, or in a state nobody knows, as after a time limit. */
export function isConnectionLost(error: unknown): boolean {
  const { code = "", errno, fatal } = driverError(error);
  return fatal === true || errno === 1053 || errno === 1927 ||
    /^(?:PROTOCOL_|ECONN|EPIPE|ETIMEDOUT|EHOST|ENET|ENOTFOUND)/.test(code) ||
    (error instanceof Error && /closed state|Connection lost/i.test(error.message));
}

/**
 * Two writers were in each other's way: the same again will do. Not so a lock that somebody else does
 * not let go of: the wait for it has been long enough.
 */
export function isDeadlock(error: unknown): boolean {
  const { errno } = driverError(error);
  return errno === ER_LOCK_DEADLOCK || errno === ER_AUTOINC_READ_FAILED;
}

/** A statement had no answer in time; the server may still be at it. */
export function isTimeout(error: unknown): boolean {
  return error instanceof StatementTimeout;
}

/** A unique key has this row already. */
export function isDuplicate(error: unknown): boolean {
  return driverError(error).errno === ER_DUP_ENTRY;
}

/** The database has not the table that a statement names. */
export function isMissingTable(error: unknown): boolean {
  return driverError(error).errno === ER_NO_SUCH_TABLE;
}

/**
 * The error itself, unless it says that a table is missing: `table` is one of those that a migration
 * makes, and whoever reads this can run it.
 */
export function missingTableError(table: string, error: unknown): unknown {
  if (!isMissingTable(error)) return error;
  const remedy = "deno task migrate --apply makes it";
  return new MissingTableError(`The database has no table ${table}; ${remedy}`, { cause: error });
}

/**
 * As the layers above know it: {@link BatchError} when trying again at once, or piece by piece, has
 * no point, {@link StorageError} otherwise; `cause` is the driver's error.
 */
export function mysqlError(message: string, error: unknown): StorageError {
  if (error instanceof StorageError) return error;
  const { errno } = driverError(error);
  const isServers = isConnectionLost(error) || (errno !== undefined && SERVER_ERRNOS.has(errno));
  return new (isServers ? BatchError : StorageError)(message, { cause: error });
}

/** The driver's error, whether it comes bare or as the cause of ours. */
function driverError(error: unknown): DriverError {
  const inner = error instanceof StorageError ? error.cause : error;
  return typeof inner === "object" && inner !== null ? inner : {};
}
