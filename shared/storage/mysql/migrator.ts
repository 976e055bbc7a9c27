/**
 * Finds out which of {@link MIGRATIONS} a database has, and makes those it has not. What is there is
 * told by the tables themselves, not by the record: MySQL commits each change of a table by itself,
 * so a run that was interrupted between two of them goes on where it was when it is started again.
 */
import { StorageError } from "../types.ts";
import { isDuplicate } from "./errors.ts";
import {
  type Change,
  type Migration,
  MIGRATION_TABLE,
  MIGRATION_TABLE_STATEMENT,
  MIGRATIONS,
  type NewKey,
  statementOf,
} from "./migrations.ts";
import type { SchemaDatabase, TableIndex } from "./schema_database.ts";
import { ORIGINAL_TABLES } from "./schema.ts";

/** What a database is to us. */
export type SchemaState =
  /** It does not exist. */
  | "absent"
  /** It has no tables. */
  | "empty"
  /** It has tables, but none of the original's. */
  | "foreign"
  /** Some of the original's tables are missing: making them was interrupted. */
  | "incomplete"
  | "complete";

export interface MigrationState {
  readonly migration: Migration;
  /** When it was recorded, in unix seconds; `null`: it was not. */
  readonly recordedSec: number | null;
  /** Changes that are not there. */
  readonly missing: readonly Change[];
}

/** Rows that stand in the way of a unique key. */
export interface Duplicates {
  readonly change: NewKey;
  /** Number of values that more than one row has. */
  readonly count: number;
  /** Some of them: `smallId 1, bigId 2: 3 rows, id 5 to 9`. */
  readonly examples: readonly string[];
}

export interface ApplyReport {
  readonly made: readonly Change[];
  readonly leftOut: readonly Duplicates[];
}

const MAX_EXAMPLES = 3;
/** Longest name of a lock that MySQL takes. */
const MAX_LOCK_NAME_CHARS = 64;

/** From then on `db` works on the database, if it exists. */
export async function schemaState(db: SchemaDatabase): Promise<SchemaState> {
  if (!await db.use()) return "absent";
  const tables = await db.tables();
  if (tables.size === 0) return "empty";
  const missing = missingOriginals(tables);
  if (missing.length === Object.keys(ORIGINAL_TABLES).length) return "foreign";
  return missing.length === 0 ? "complete" : "incomplete";
}

/** Those of the original's tables that are not among `tables`, which are in small letters. */
export function missingOriginals(tables: ReadonlySet<string>): readonly string[] {
  return Object.keys(ORIGINAL_TABLES).filter((name) => !tables.has(name.toLowerCase()));
}

/** Every migration, in the order of versions. Looks at no rows, so it is quick on any database. */
export async function migrationStates(db: SchemaDatabase): Promise<readonly MigrationState[]> {
  const tables = await db.tables();
  const indexes = await db.indexes();
  const records = await recordedVersions(db, tables);
  const times = new Map(records.map(({ version, applied }) => [version, applied]));
  return MIGRATIONS.map((migration) => ({
    migration,
    recordedSec: times.get(migration.version) ?? null,
    missing: migration.changes.filter((change) => !isThere(change, tables, indexes)),
  }));
}

/** The newest version that was recorded, maybe by a newer suite than this; 0: none. */
export async function newestRecorded(db: SchemaDatabase): Promise<number> {
  const records = await recordedVersions(db, await db.tables());
  return records.reduce((newest, { version }) => Math.max(newest, version), 0);
}

async function recordedVersions(
  db: SchemaDatabase,
  tables: ReadonlySet<string>,
): Promise<readonly { readonly version: number; readonly applied: number }[]> {
  if (!tables.has(MIGRATION_TABLE.toLowerCase())) return [];
  return await db.rows(`SELECT version, applied FROM ${MIGRATION_TABLE}`);
}

function isThere(
  change: Change,
  tables: ReadonlySet<string>,
  indexes: ReadonlyMap<string, readonly TableIndex[]>,
): boolean {
  const table = change.table.toLowerCase();
  if (change.kind === "table") return tables.has(table);
  return (indexes.get(table) ?? []).some(({ isUnique, columns }) =>
    change.kind === "unique"
      ? isUnique && columns.toSorted().join() === change.columns.toSorted().join()
      : columns.slice(0, change.columns.length).join() === change.columns.join()
  );
}

/** What a unique key would refuse, or `null`. Reads the whole table, or an index of it. */
export async function duplicatesOf(
  db: SchemaDatabase,
  change: NewKey,
): Promise<Duplicates | null> {
  const columns = change.columns.join(", ");
  const groups = `FROM ${change.table}
    WHERE ${change.columns.map((column) => `${column} IS NOT NULL`).join(" AND ")}
    GROUP BY ${columns} HAVING COUNT(*) > 1`;
  const examples = await db.rows<DuplicateRow>(`
    SELECT ${columns}, COUNT(*) AS rowCount, MIN(id) AS firstId, MAX(id) AS lastId ${groups}
    LIMIT ${MAX_EXAMPLES}`);
  if (examples.length === 0) return null;
  const [all] = await db.rows<{ count: number }>(
    `SELECT COUNT(*) AS count FROM (SELECT 1 ${groups}) AS found`,
  );
  return {
    change,
    count: Number(all!.count),
    examples: examples.map((row) =>
      `${change.columns.map((column) => `${column} ${JSON.stringify(row[column])}`).join(", ")}: ` +
      `${row.rowCount} rows, id ${row.firstId} to ${row.lastId}`
    ),
  };
}

interface DuplicateRow {
  readonly [column: string]: unknown;
}

/** Makes the database and those of the original's tables that it lacks. */
export async function createOriginalTables(db: SchemaDatabase): Promise<readonly string[]> {
  await db.create();
  const missing = missingOriginals(await db.tables());
  for (const name of missing) await db.run(ORIGINAL_TABLES[name]!);
  return missing;
}

export interface ApplyOptions {
  /** Unix seconds. */
  readonly now: number;
  /** Called before each change. */
  readonly onChange?: (change: Change) => void;
}

/**
 * Makes what is missing and can be made. A unique key that rows stand in the way of is left out; its
 * version is then not recorded, so that the next run tries again.
 * @throws {StorageError} also when another run is under way; what was made before stays made
 */
export async function applyMigrations(
  db: SchemaDatabase,
  { now, onChange = () => {} }: ApplyOptions,
): Promise<ApplyReport> {
  return await alone(db, async () => {
    await db.run(MIGRATION_TABLE_STATEMENT);
    const made: Change[] = [];
    const leftOut: Duplicates[] = [];
    for (const { migration, recordedSec, missing } of await migrationStates(db)) {
      let isComplete = true;
      for (const change of missing) {
        // The key of a new table may have come with it.
        if (change.kind === "index" && await isMade(db, change)) continue;
        const duplicates = await makeUnlessDuplicates(db, change, onChange);
        if (duplicates === null) made.push(change);
        else {
          leftOut.push(duplicates);
          isComplete = false;
        }
      }
      if (isComplete && recordedSec === null) await record(db, migration, now);
    }
    return { made, leftOut };
  });
}

async function isMade(db: SchemaDatabase, change: Change): Promise<boolean> {
  return isThere(change, await db.tables(), await db.indexes());
}

async function makeUnlessDuplicates(
  db: SchemaDatabase,
  change: Change,
  onChange: (change: Change) => void,
): Promise<Duplicates | null> {
  if (change.kind === "unique") {
    const duplicates = await duplicatesOf(db, change);
    if (duplicates !== null) return duplicates;
  }
  onChange(change);
  try {
    await db.run(statementOf(change));
    return null;
  } catch (error) {
    // Servers at work may have added one since the check.
    const duplicates = change.kind === "unique" && isDuplicate(error)
      ? await duplicatesOf(db, change)
      : null;
    if (duplicates === null) throw error;
    return duplicates;
  }
}

async function record(db: SchemaDatabase, migration: Migration, now: number): Promise<void> {
  await db.run(
    `INSERT IGNORE INTO ${MIGRATION_TABLE} (version, name, applied) VALUES (?, ?, ?)`,
    [migration.version, migration.name, now],
  );
}

/** One run at a time per database; the lock ends with the connection, too. */
async function alone<T>(db: SchemaDatabase, work: () => Promise<T>): Promise<T> {
  const [database] = await db.rows<{ name: string }>("SELECT DATABASE() AS name");
  const name = `tt_migrate_${database!.name}`.slice(0, MAX_LOCK_NAME_CHARS);
  const [taken] = await db.rows<{ got: number }>("SELECT GET_LOCK(?, 0) AS got", [name]);
  if (Number(taken!.got) !== 1) {
    throw new StorageError(`Database ${db.description} is being changed by another run`);
  }
  try {
    return await work();
  } finally {
    // When the connection broke the lock is gone with it, and the error that tells so is on its way.
    await db.rows("SELECT RELEASE_LOCK(?)", [name]).catch(() => {});
  }
}
