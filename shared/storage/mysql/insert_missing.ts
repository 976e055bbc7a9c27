/**
 * Makes rows unless they are there, also when several db_proxy_servers do it at the same moment and
 * no unique key stops them: the look for the row locks its place in the index, so of two that look
 * at once one is told of a deadlock and tries again. With the unique keys of the migrations it is
 * the key that decides.
 */
import { isDeadlock } from "./errors.ts";
import type { MysqlPool } from "./pool.ts";

/** Rows of one transaction. */
const CHUNK = 200;
const MAX_TRIES = 5;

type Columns = Readonly<Record<string, number>>;

export interface MissingRows {
  readonly table: string;
  readonly rows: readonly {
    readonly columns: Columns;
    /** The row is made unless there is one with these values. */
    readonly unless: Columns;
  }[];
}

export async function insertMissing(
  pool: MysqlPool,
  { table, rows }: MissingRows,
): Promise<void> {
  for (let at = 0; at < rows.length; at += CHUNK) {
    const inserts = rows.slice(at, at + CHUNK).map(({ columns, unless }) => `
      INSERT IGNORE INTO ${table} (${Object.keys(columns).join(", ")})
      SELECT ${Object.values(columns).join(", ")} FROM DUAL
      WHERE NOT EXISTS (SELECT 1 FROM ${table} WHERE ${conditions(unless)} LOCK IN SHARE MODE)`);
    await withDeadlockRetry(() => pool.script(transaction(inserts)));
  }
}

/** The statements as one text for {@link MysqlPool.script}. */
export function transaction(statements: readonly string[]): string {
  return ["START TRANSACTION", ...statements, "COMMIT"].join(";");
}

/** Runs `work` again when it was the one to give way in a deadlock. */
export async function withDeadlockRetry<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1;; tries++) {
    try {
      return await work();
    } catch (error) {
      if (!isDeadlock(error) || tries === MAX_TRIES) throw error;
    }
  }
}

function conditions(values: Columns): string {
  return Object.entries(values).map(([column, value]) => `${column} = ${value}`).join(" AND ");
}
