/** Whether the database can be worked on at all; what to do about it when it cannot. */
import { StorageError } from "../types.ts";
import { missingOriginals } from "./migrator.ts";
import type { MysqlPool } from "./pool.ts";

const ER_BAD_DB_ERROR = 1049;
/** Named in an error; more would not say more. */
const MAX_NAMED = 3;

/** The tables there are, in small letters. @throws {StorageError} when the original's are missing */
export async function requireTables(master: MysqlPool): Promise<ReadonlySet<string>> {
  const rows = await master.rows<{ name: string }>(
    "SELECT TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE()",
  );
  const tables = new Set(rows.map(({ name }) => name.toLowerCase()));
  const missing = missingOriginals(tables);
  if (missing.length === 0) return tables;
  const more = missing.length > MAX_NAMED ? `, … (${missing.length} tables)` : "";
  throw new StorageError(
    `Cannot use MySQL pool ${master.description}: ${
      missing.slice(0, MAX_NAMED).join(", ")
    }${more} ` +
      "missing. For a new installation: deno task migrate --create",
  );
}

/** Says more when the reason is that the database does not exist. */
export function explainOpening(error: unknown): unknown {
  let reason = error;
  while (reason instanceof StorageError) reason = reason.cause;
  if (!(reason instanceof Error && "errno" in reason)) return error;
  if (reason.errno !== ER_BAD_DB_ERROR) return error;
  return new StorageError(
    `Cannot use MySQL: ${reason.message}. For a new installation: deno task migrate --create`,
    { cause: error },
  );
}
