/** The command on a real server. What it does to tables is tested with the migrator. */
import assert from "node:assert/strict";
import { ManualClock } from "../../../shared/clock.ts";
import { memorySource } from "../../../shared/config/mod.ts";
import { MIGRATIONS } from "../../../shared/storage/mysql/migrations.ts";
import { testConfig } from "../../../shared/storage/mysql/test_support/open_test_storage.ts";
import { originalEnginesTest } from "../../../shared/storage/mysql/test_support/original_engines.ts";
import { storageEnv } from "../../db_proxy/test_support/storage_env.ts";
import type { TestEngines } from "../../../shared/storage/mysql/test_support/test_engines.ts";
import { runTask } from "../seed/test_support/run_task.ts";
import { parseMigrateOptions } from "./options.ts";
import { runMigrate } from "./run.ts";

/** Tables and keys of all versions; a new table brings its keys along. */
const CHANGES = MIGRATIONS.flatMap(({ changes }) => {
  const made = new Set(changes.filter(({ kind }) => kind === "table").map(({ table }) => table));
  return changes.filter(({ kind, table }) => kind === "table" || !made.has(table));
}).length;

/** `database`: another one than the engines' own. */
function mysqlEnv(engines: TestEngines, database = engines.database): Record<string, string> {
  const { master, slave, ...rest } = testConfig(engines);
  return storageEnv({
    ...rest,
    kind: "mysql",
    master: { ...master, database },
    slave: { ...slave, database },
  });
}

interface Run {
  /** Without the first, which names the database. */
  readonly lines: readonly string[];
  readonly problem: string | null;
}

async function run(env: Readonly<Record<string, string>>, ...args: string[]): Promise<Run> {
  const lines: string[] = [];
  const source = memorySource({ env, args });
  const print = (line: string) => void lines.push(line);
  try {
    await runMigrate({ source, clock: new ManualClock(), print });
    assert.match(lines[0]!, /^database tt_test_\w+ on 127\.0\.0\.1:3306 \(server \d+\.\d+.*\)$/);
    return { lines: lines.slice(1), problem: null };
  } catch (error) {
    assert.ok(error instanceof Error);
    return { lines: lines.slice(1), problem: `${error.name}: ${error.message}` };
  }
}

const UNTOUCHED =
  /^StorageError: Database tt_test_\w+ on 127\.0\.0\.1:3306 .*: deno task migrate --create$/;

originalEnginesTest(
  "runMigrate() shows what is to do and changes nothing, until --apply",
  async (engines) => {
    const env = mysqlEnv(engines);
    const tables = await engines.sql("SHOW TABLES");
    const shown = await run(env);
    assert.equal(shown.lines.length, MIGRATIONS.length + 1);
    assert.equal(
      shown.lines[1],
      "  2 admin_passwords               to do: TTAdminPassword — administrators whose password is " +
        "not kept as an MD5",
    );
    assert.match(
      shown.lines[6]!,
      /^ {2}7 unique_message_ids +to do: IMMessage_n\(relateId, msgId\) —/,
    );
    assert.equal(
      shown.lines.at(-1),
      "Nothing was changed. deno task migrate --apply does what is to do.",
    );
    assert.deepEqual(await engines.sql("SHOW TABLES"), tables);

    const applied = await run(env, "--apply");
    assert.equal(applied.lines[0], "  IMTransmitFile …");
    assert.equal(applied.lines.at(-1), `Changes made: ${CHANGES}, left out: 0.`);
    const again = await run(env);
    assert.equal(again.lines[0], "  1 offline_files                 done on 2027-01-15");
    assert.equal(again.lines.at(-1), "Nothing to do.");
  },
);

originalEnginesTest(
  "runMigrate() names duplicates and what to do about them, before and after",
  async (engines) => {
    const env = mysqlEnv(engines);
    await engines.sql("INSERT INTO IMRelationShip (smallId, bigId) VALUES (1, 2), (1, 2)");
    const about = [
      "IMRelationShip(smallId, bigId) has duplicates, 1 in all, for example",
      "      smallId 1, bigId 2: 2 rows, id 1 to 2",
    ];
    const shown = await run(env);
    const at = shown.lines.findIndex((line) => line.includes("has duplicates"));
    assert.equal(shown.lines[at], `      would be left out: ${about[0]}`);
    assert.equal(shown.lines[at + 1], about[1]);
    assert.match(shown.lines[at + 2]!, /^ {6}→ the messages of a pair are spread/);
    const applied = await run(env, "--apply");
    assert.ok(applied.lines.includes(`      left out: ${about[0]}`));
    assert.deepEqual(applied.lines.slice(-2), [
      `Changes made: ${CHANGES - 1}, left out: 1.`,
      "The servers work without what was left out; when the rows are clean: deno task migrate --apply",
    ]);
  },
);

originalEnginesTest(
  "runMigrate() makes a database only when --create asks for it",
  async (engines) => {
    const database = `${engines.database}_new`;
    const env = mysqlEnv(engines, database);
    try {
      for (const args of [[], ["--apply"]]) {
        const { problem } = await run(env, ...args);
        assert.match(problem!, UNTOUCHED);
        assert.match(problem!, /does not exist, or is not for this user/);
      }
      const { lines, problem } = await run(env, "--create");
      assert.equal(problem, null);
      assert.equal(lines[0], "  tables made: 25");
      assert.equal(lines.at(-1), `Changes made: ${CHANGES}, left out: 0.`);
      const again = await run(env, "--create");
      assert.deepEqual(again.lines, ["  all tables were there", "Changes made: 0, left out: 0."]);
    } finally {
      await engines.sql(`DROP DATABASE IF EXISTS ${database}`);
    }
  },
);

originalEnginesTest(
  "runMigrate() keeps away from databases that are not TeamTalk's, or not whole",
  async (engines) => {
    const env = mysqlEnv(engines);
    await engines.sql("DROP TABLE IMDiscovery, IMGroupMessage_3");
    assert.match(
      (await run(env, "--apply")).problem!,
      /lacks IMGroupMessage_3, IMDiscovery\. deno task migrate --create makes what is missing$/,
    );
    const database = `${engines.database}_shop`;
    await engines.sql(`CREATE DATABASE ${database}`);
    try {
      assert.match((await run(mysqlEnv(engines, database))).problem!, /is empty\. For a new/);
      await engines.sql(`CREATE TABLE ${database}.Orders (id int)`);
      assert.match((await run(mysqlEnv(engines, database))).problem!, UNTOUCHED);
      const { problem } = await run(mysqlEnv(engines, database), "--create");
      assert.match(problem!, /holds tables of something else: nothing was changed; name another/);
      assert.equal((await engines.sql(`SHOW TABLES FROM ${database}`)).length, 1);
    } finally {
      await engines.sql(`DROP DATABASE ${database}`);
    }
  },
);

originalEnginesTest("deno task migrate works with the permissions of its line", async (engines) => {
  const shown = await runTask("migrate", [], mysqlEnv(engines));
  assert.deepEqual([shown.code, shown.stderr], [0, ""]);
  assert.match(
    shown.stdout,
    /Nothing was changed\. deno task migrate --apply does what is to do\.\n$/,
  );
  const wrong = mysqlEnv(engines, "tt_no_such_database");
  const refused = await runTask("migrate", ["--apply"], wrong);
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /^migrate: Database tt_no_such_database on \S+ does not exist.*\n$/);
});

Deno.test("runMigrate() has nothing to do for the embedded engine", async () => {
  const { problem } = await run({
    TEAMTALK_DBPROXYSERVER_STORAGE: "sqlite",
    TEAMTALK_DBPROXYSERVER_AESKEY: "1".repeat(32),
  });
  assert.match(problem!, /^ConfigError: Storage=sqlite needs no migrations: /);
});

Deno.test("parseMigrateOptions() knows its options, and refuses others with one line", () => {
  assert.equal(parseMigrateOptions([]), "show");
  assert.equal(parseMigrateOptions(["--conf", "conf"]), "show");
  assert.equal(parseMigrateOptions(["--apply"]), "apply");
  assert.equal(parseMigrateOptions(["--create"]), "create");
  assert.equal(parseMigrateOptions(["--apply", "--create"]), "create");
  for (const args of [["--force"], ["now"], ["--apply=yes"]]) {
    assert.throws(() => parseMigrateOptions(args), {
      name: "ConfigError",
      message: /^[^\n]*\. Allowed: --apply or --create, and --conf DIR$/,
    });
  }
});
