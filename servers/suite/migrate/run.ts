/** The migrate command from its command line to its last line of output. */
import { type Clock, nowSec } from "../../../shared/clock.ts";
import { ConfigError, type ConfigSource } from "../../../shared/config/mod.ts";
import {
  type Change,
  describeChange,
  type NewKey,
} from "../../../shared/storage/mysql/migrations.ts";
import {
  applyMigrations,
  createOriginalTables,
  type Duplicates,
  duplicatesOf,
  type MigrationState,
  migrationStates,
  missingOriginals,
  newestRecorded,
  type SchemaState,
  schemaState,
} from "../../../shared/storage/mysql/migrator.ts";
import { SchemaDatabase } from "../../../shared/storage/mysql/schema_database.ts";
import { StorageError } from "../../../shared/storage/types.ts";
import { loadDbProxyConfig, type MysqlConfig } from "../../db_proxy/config.ts";
import { parseMigrateOptions } from "./options.ts";

export interface MigrateContext {
  readonly source: ConfigSource;
  readonly clock: Clock;
  /** Takes one line of output. */
  readonly print: (line: string) => void;
}

const APPLY = "deno task migrate --apply";
const CREATE = "deno task migrate --create";

/** @throws {ConfigError | StorageError} with a text for whoever typed the command */
export async function runMigrate({ source, clock, print }: MigrateContext): Promise<void> {
  const mode = parseMigrateOptions(source.args);
  const { master } = mysqlConfig(source);
  await using db = await SchemaDatabase.connect(master);
  const state = await schemaState(db);
  print(`database ${db.description} (server ${await db.version()})`);
  if (mode === "create") await create(db, state, print);
  else await refuseUnlessComplete(db, state);
  if (mode === "show") await show(db, print);
  else await apply(db, nowSec(clock), print);
}

/** @throws {ConfigError} when there is nothing to migrate */
function mysqlConfig(source: ConfigSource): MysqlConfig {
  const { storage } = loadDbProxyConfig(source);
  if (storage.kind === "mysql") return storage;
  throw new ConfigError([
    "Storage=sqlite needs no migrations: its file is brought up to date when it is opened",
  ]);
}

async function create(
  db: SchemaDatabase,
  state: SchemaState,
  print: MigrateContext["print"],
): Promise<void> {
  if (state === "foreign") {
    throw new StorageError(
      `Database ${db.description} holds tables of something else: nothing was changed; ` +
        "name another one as teamtalk_master_dbname and teamtalk_slave_dbname",
    );
  }
  const made = await createOriginalTables(db);
  print(made.length === 0 ? "  all tables were there" : `  tables made: ${made.length}`);
}

async function refuseUnlessComplete(db: SchemaDatabase, state: SchemaState): Promise<void> {
  if (state === "complete") return;
  const found = {
    absent: "does not exist, or is not for this user",
    empty: "is empty",
    foreign: "has tables, but none of TeamTalk",
    incomplete: "",
  }[state];
  if (state !== "incomplete") {
    throw new StorageError(
      `Database ${db.description} ${found}. For a new installation: ${CREATE}`,
    );
  }
  const missing = missingOriginals(await db.tables());
  throw new StorageError(
    `Database ${db.description} lacks ${missing.join(", ")}. ${CREATE} makes what is missing`,
  );
}

async function show(db: SchemaDatabase, print: MigrateContext["print"]): Promise<void> {
  const states = await migrationStates(db);
  for (const { migration: { version, name, purpose }, recordedSec, missing } of states) {
    const title = `  ${version} ${name}`.padEnd(34);
    if (missing.length > 0) print(`${title}to do: ${listed(missing)} — ${purpose}`);
    else if (recordedSec === null) print(`${title}there, not recorded`);
    else print(`${title}done on ${new Date(recordedSec * 1000).toISOString().slice(0, 10)}`);
    for (const change of missing.filter((one): one is NewKey => one.kind === "unique")) {
      const duplicates = await duplicatesOf(db, change);
      if (duplicates !== null) tell("would be left out", duplicates, print);
    }
  }
  const newest = await newestRecorded(db);
  if (newest > states.length) print(`  up to ${newest}: of a newer version of this suite`);
  if (states.every(isDone)) print("Nothing to do.");
  else print(`Nothing was changed. ${APPLY} does what is to do.`);
}

function isDone({ recordedSec, missing }: MigrationState): boolean {
  return recordedSec !== null && missing.length === 0;
}

async function apply(
  db: SchemaDatabase,
  now: number,
  print: MigrateContext["print"],
): Promise<void> {
  const { made, leftOut } = await applyMigrations(db, {
    now,
    onChange: (change) => print(`  ${describeChange(change)} …`),
  });
  for (const duplicates of leftOut) tell("left out", duplicates, print);
  print(`Changes made: ${made.length}, left out: ${leftOut.length}.`);
  if (leftOut.length > 0) {
    print(`The servers work without what was left out; when the rows are clean: ${APPLY}`);
  }
}

function tell(
  outcome: string,
  { change, count, examples }: Duplicates,
  print: MigrateContext["print"],
): void {
  print(`      ${outcome}: ${describeChange(change)} has duplicates, ${count} in all, for example`);
  for (const example of examples) print(`      ${example}`);
  if (change.advice !== undefined) print(`      → ${change.advice}`);
}

/** Tables that differ by their number only are named once. */
function listed(changes: readonly Change[]): string {
  const names = changes.map((change) => describeChange(change).replace(/_\d(?=\()/, "_n"));
  return [...new Set(names)].join(", ");
}
