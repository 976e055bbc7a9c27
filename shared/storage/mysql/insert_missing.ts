/**
 * Makes rows unless they are there, also when several db_proxy_servers do it at the same moment and
 * no unique key stops them: the look for the row locks its place in the index, so of two that look
 * at once one is told of a deadlock and tries again. With the unique keys of the migrations it is
 * the key that decides.
 */
import { retryingDeadlocks } from "./deadlocks.ts";
import { chunks } from "./id_lists.ts";
import type { MysqlPool } from "./pool.ts";

/** Rows of one transaction. */
const CHUNK = 200;

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
  for (const some of chunks(rows, CHUNK)) {
    const inserts = some.map(({ columns, unless }) => `
      INSERT IGNORE INTO ${table} (${Object.keys(columns).join(", ")})
      SELECT ${Object.values(columns).join(", ")} FROM DUAL
      WHERE NOT EXISTS (SELECT 1 FROM ${table} WHERE ${conditions(unless)} LOCK IN SHARE MODE)`);
    await retryingDeadlocks(() => pool.script(transaction(inserts)));
  }
}

/** The statements as one text for {@link MysqlPool.script}. */
export function transaction(statements: readonly string[]): string {
  return ["START TRANSACTION", ...statements, "COMMIT"].join(";");
}

function conditions(values: Columns): string {
  return Object.entries(values).map(([column, value]) => `${column} = ${value}`).join(" AND ");
}
