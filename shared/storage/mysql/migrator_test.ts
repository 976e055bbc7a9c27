/** Migrations on a real server, each test with a database of its own. */
import assert from "node:assert/strict";
import { type Change, describeChange, MIGRATIONS } from "./migrations.ts";
import {
  applyMigrations,
  createOriginalTables,
  migrationStates,
  newestRecorded,
  schemaState,
} from "./migrator.ts";
import { SchemaDatabase } from "./schema_database.ts";
import { originalEnginesTest } from "./test_support/original_engines.ts";
import type { TestEngines } from "./test_support/test_engines.ts";

const NOW = 1_800_000_000;
const VERSIONS = MIGRATIONS.map(({ version }) => version);

interface Bench {
  readonly engines: TestEngines;
  readonly db: SchemaDatabase;
}

function migrationTest(name: string, run: (bench: Bench) => Promise<void>): void {
  originalEnginesTest(name, async (engines) => {
    await using db = await SchemaDatabase.connect(engines.mysqlPool());
    assert.equal(await schemaState(db), "complete");
    await run({ engines, db });
  });
}

async function versions(
  db: SchemaDatabase,
): Promise<{ readonly recorded: readonly number[]; readonly missing: readonly number[] }> {
  const states = await migrationStates(db);
  const numbersOf = (some: typeof states) => some.map(({ migration }) => migration.version);
  return {
    recorded: numbersOf(states.filter(({ recordedSec }) => recordedSec !== null)),
    missing: numbersOf(states.filter(({ missing }) => missing.length > 0)),
  };
}

/** Rows as servers of the original write them, with every kind of duplicate when asked for. */
function originalRows(duplicates: "none" | "every kind"): string {
  const twice = duplicates === "every kind";
  const second = (row: string): string => twice ? `, ${row}` : "";
  return `
    INSERT INTO IMUser (name, departId, created, updated) VALUES ('ann', 1, 1, 1), ('bob', 1, 1, 1),
      ('Ann', 1, 1, 1)${second("('bob', 1, 2, 2)")};
    INSERT INTO IMRelationShip (smallId, bigId) VALUES (1, 2), (1, 3)${second("(1, 2), (1, 2)")};
    INSERT INTO IMRecentSession (userId, peerId, type) VALUES (1, 2, 1), (1, 2, 2), (2, 1, 1),
      (3, 3, NULL), (3, 3, NULL)${second("(1, 2, 1)")};
    INSERT INTO IMGroupMember (groupId, userId, status) VALUES (1, 1, 0), (1, 2, 1), (2, 1, 0)
      ${second("(1, 2, 0)")};
    INSERT INTO IMMessage_1 (relateId, fromId, toId, msgId, updated, created)
      VALUES (1, 1, 2, 1, 5, 5), (1, 1, 2, 2, 6, 6)${second("(1, 2, 1, 2, 7, 7)")};
    INSERT INTO IMGroupMessage_2 (groupId, userId, msgId) VALUES (2, 1, 1)${second("(2, 1, 1)")}`;
}

const ROW_TABLES = [
  "IMUser",
  "IMRelationShip",
  "IMRecentSession",
  "IMGroupMember",
  "IMMessage_1",
  "IMGroupMessage_2",
];

async function allRows(engines: TestEngines): Promise<unknown[]> {
  const rows = [];
  for (const table of ROW_TABLES) rows.push(await engines.sql(`SELECT * FROM ${table}`));
  return rows;
}

async function insertRows(engines: TestEngines, duplicates: "none" | "every kind"): Promise<void> {
  for (const statement of originalRows(duplicates).split(";")) await engines.sql(statement);
}

originalEnginesTest(
  "createOriginalTables() and applyMigrations() make a new installation, without anybody in it",
  async (engines) => {
    const database = `${engines.database}_new`;
    await using db = await SchemaDatabase.connect({ ...engines.mysqlPool(), database });
    assert.equal(await schemaState(db), "absent");
    try {
      assert.equal((await createOriginalTables(db)).length, 25);
      assert.equal(await schemaState(db), "complete");
      const { leftOut } = await applyMigrations(db, { now: NOW });
      assert.deepEqual(leftOut, []);
      assert.deepEqual(await versions(db), { recorded: VERSIONS, missing: [] });
      const users = await db.rows("SELECT 1 FROM IMAdmin UNION ALL SELECT 1 FROM IMUser");
      assert.deepEqual(users, []);
      assert.deepEqual(await createOriginalTables(db), []);
    } finally {
      await db.run(`DROP DATABASE ${database}`);
    }
  },
);

migrationTest(
  "applyMigrations() leaves the rows of an original database alone, and its servers can go on",
  async ({ engines, db }) => {
    await insertRows(engines, "none");
    const before = await allRows(engines);
    const { leftOut } = await applyMigrations(db, { now: NOW });
    assert.deepEqual(leftOut, []);
    assert.deepEqual(await versions(db), { recorded: VERSIONS, missing: [] });
    assert.deepEqual(await allRows(engines), before);
    const [recorded] = await engines.sql<{ name: string; applied: number }>(
      "SELECT name, applied FROM TTMigration WHERE version = 4",
    );
    assert.deepEqual({ ...recorded }, { name: "one_relation_per_pair", applied: NOW });
    await engines.sql("INSERT INTO IMRelationShip (smallId, bigId) VALUES (2, 3)");
    await assert.rejects(
      engines.sql("INSERT INTO IMRelationShip (smallId, bigId) VALUES (2, 3)"),
      { errno: 1062 },
    );
  },
);

migrationTest(
  "applyMigrations() leaves out keys that rows stand in the way of, until they are clean (P-DB5)",
  async ({ engines, db }) => {
    await insertRows(engines, "every kind");
    const before = await allRows(engines);
    const { made, leftOut } = await applyMigrations(db, { now: NOW });
    assert.deepEqual(await allRows(engines), before, "nothing is deleted");
    assert.deepEqual(
      leftOut.map(({ change, count, examples }) => [describeChange(change), count, ...examples]),
      [
        ["IMRelationShip(smallId, bigId)", 1, "smallId 1, bigId 2: 3 rows, id 1 to 4"],
        [
          "IMRecentSession(userId, peerId, type)",
          1,
          "userId 1, peerId 2, type 1: 2 rows, id 1 to 6",
        ],
        ["IMGroupMember(groupId, userId)", 1, "groupId 1, userId 2: 2 rows, id 2 to 4"],
        ["IMMessage_1(relateId, msgId)", 1, "relateId 1, msgId 2: 2 rows, id 2 to 3"],
        ["IMGroupMessage_2(groupId, msgId)", 1, "groupId 2, msgId 1: 2 rows, id 1 to 2"],
        ["IMUser(name)", 1, 'name "bob": 2 rows, id 2 to 4'],
      ],
    );
    assert.ok(leftOut.every(({ change }) => (change.advice ?? "") !== ""));
    const names = made.map(describeChange);
    assert.ok(names.includes("IMMessage_0(relateId, msgId)"), "its neighbours are made");
    assert.ok(!names.includes("IMMessage_1(relateId, msgId)"));
    const unfinished = [4, 5, 6, 7, 8, 9];
    assert.deepEqual(await versions(db), {
      recorded: [1, 2, 3, 10, 11, 12, 13],
      missing: unfinished,
    });

    await engines.sql("DELETE FROM IMRelationShip WHERE id IN (3, 4)");
    const again = await applyMigrations(db, { now: NOW + 1 });
    assert.deepEqual(again.made.map(describeChange), ["IMRelationShip(smallId, bigId)"]);
    assert.equal(again.leftOut.length, 5);
    assert.deepEqual((await versions(db)).recorded, [1, 2, 3, 4, 10, 11, 12, 13]);
  },
);

migrationTest(
  "applyMigrations() goes on where it was interrupted, before any change",
  async ({ db }) => {
    const made: string[] = [];
    for (let runs = 0; (await versions(db)).missing.length > 0; runs++) {
      assert.ok(runs < 50, `made so far: ${made}`);
      const begun: Change[] = [];
      const run = applyMigrations(db, {
        now: NOW,
        onChange: (change) => {
          // The second of a run never happens: the process ended just then.
          if (begun.length === 1) throw new Error("interrupted");
          begun.push(change);
        },
      });
      await run.catch((error) => assert.equal(error.message, "interrupted"));
      made.push(...begun.map(describeChange));
    }
    assert.equal(new Set(made).size, made.length, "nothing is made twice");
    assert.deepEqual((await applyMigrations(db, { now: NOW })).made, []);
    assert.deepEqual(await versions(db), { recorded: VERSIONS, missing: [] });
  },
);

migrationTest(
  "applyMigrations() records what was made but not recorded, and makes again what was dropped",
  async ({ engines, db }) => {
    await applyMigrations(db, { now: NOW });
    await engines.sql("DELETE FROM TTMigration WHERE version > 3");
    await engines.sql("ALTER TABLE IMMessage_5 DROP KEY tt_relateId_msgId");
    assert.deepEqual((await versions(db)).missing, [7]);
    const { made } = await applyMigrations(db, { now: NOW + 5 });
    assert.deepEqual(made.map(describeChange), ["IMMessage_5(relateId, msgId)"]);
    assert.deepEqual(await versions(db), { recorded: VERSIONS, missing: [] });
    assert.deepEqual((await applyMigrations(db, { now: NOW + 9 })).made, []);
  },
);

migrationTest(
  "applyMigrations() takes keys and tables that an operator made as what they are",
  async ({ engines, db }) => {
    await engines.sql("ALTER TABLE IMRelationShip ADD UNIQUE KEY mine (bigId, smallId)");
    await engines.sql("ALTER TABLE IMUser ADD KEY mine (updated, id)");
    await engines.sql(
      `CREATE TABLE IMTransmitFile (id int AUTO_INCREMENT PRIMARY KEY, fromId int, toId int,
         fileName varchar(256), size int, taskId varchar(64), status int, created int, updated int)`,
    );
    const { made } = await applyMigrations(db, { now: NOW });
    const names = made.map(describeChange);
    assert.ok(!names.includes("IMRelationShip(smallId, bigId)"));
    assert.ok(!names.includes("IMUser(updated)"));
    assert.deepEqual(names.slice(0, 2), ["IMTransmitFile(toId, status)", "IMTransmitFile(taskId)"]);
    assert.deepEqual(await versions(db), { recorded: VERSIONS, missing: [] });
  },
);

migrationTest(
  "applyMigrations() reports a duplicate that servers at work made since its check",
  async ({ engines, db }) => {
    const row = "INSERT INTO IMRelationShip (smallId, bigId) VALUES (5, 6)";
    await engines.sql(row);
    await using other = await SchemaDatabase.connect(engines.mysqlPool());
    await other.use();
    await other.run("START TRANSACTION");
    await other.run(row);
    let committing = Promise.resolve();
    const { leftOut } = await applyMigrations(db, {
      now: NOW,
      onChange: ({ table }) => {
        if (table === "IMRelationShip") committing = other.run("COMMIT");
      },
    });
    await committing;
    assert.deepEqual(leftOut.map(({ examples }) => examples), [[
      "smallId 5, bigId 6: 2 rows, id 1 to 2",
    ]]);
  },
);

migrationTest(
  "applyMigrations() refuses to run twice at the same time",
  async ({ engines, db }) => {
    await using other = await SchemaDatabase.connect(engines.mysqlPool());
    await other.use();
    let second: Promise<unknown> | null = null;
    await applyMigrations(db, {
      now: NOW,
      onChange: () => {
        second ??= assert.rejects(applyMigrations(other, { now: NOW }), {
          name: "StorageError",
          message: /is being changed by another run$/,
        });
      },
    });
    await second;
    assert.deepEqual((await applyMigrations(other, { now: NOW })).made, []);
  },
);

migrationTest(
  "newestRecorded() tells of a version that this suite does not know, which harms nothing",
  async ({ engines, db }) => {
    assert.equal(await newestRecorded(db), 0);
    await applyMigrations(db, { now: NOW });
    await engines.sql("INSERT INTO TTMigration VALUES (99, 'later', 5)");
    assert.equal(await newestRecorded(db), 99);
    assert.deepEqual((await applyMigrations(db, { now: NOW })).made, []);
  },
);

migrationTest(
  "schemaState() tells what a database is to us",
  async ({ engines, db }) => {
    await engines.sql("DROP TABLE IMAudio");
    assert.equal(await schemaState(db), "incomplete");
    assert.deepEqual(await createOriginalTables(db), ["IMAudio"]);
    assert.equal(await schemaState(db), "complete");
    for (const name of await db.tables()) await engines.sql(`DROP TABLE ${await exact(db, name)}`);
    assert.equal(await schemaState(db), "empty");
    await engines.sql("CREATE TABLE Orders (id int)");
    assert.equal(await schemaState(db), "foreign");
  },
);

async function exact(db: SchemaDatabase, name: string): Promise<string> {
  const [row] = await db.rows<{ name: string }>(
    `SELECT TABLE_NAME AS name FROM information_schema.TABLES
     WHERE TABLE_SCHEMA = DATABASE() AND LOWER(TABLE_NAME) = ?`,
    [name],
  );
  return row!.name;
}

Deno.test("MIGRATIONS are numbered from 1 without a gap, with names that fit the record", () => {
  assert.deepEqual(VERSIONS, VERSIONS.map((_, at) => at + 1));
  for (const { name } of MIGRATIONS) assert.match(name, /^[a-z_]{1,64}$/);
});

originalEnginesTest(
  "SchemaDatabase.connect() names the place and the user when it is refused",
  async (engines) => {
    const pool = { ...engines.mysqlPool(), user: "nobody_here", password: "p" };
    await assert.rejects(
      SchemaDatabase.connect(pool),
      { name: "StorageError", message: "Cannot connect to MySQL nobody_here@127.0.0.1:3306" },
    );
  },
);
