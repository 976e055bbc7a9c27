import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { systemClock } from "../../../shared/clock.ts";
import type { Storage } from "../../../shared/storage/types.ts";
import { openStorageBriefly } from "../../db_proxy/storage.ts";
import { checkDataFile } from "./data_checks.ts";
import { Report } from "./report.ts";

interface DataDir extends AsyncDisposable {
  readonly path: string;
  readonly database: string;
  /** What the doctor says, without the remedies. */
  examine(database?: string): Promise<readonly string[]>;
}

async function dataDir(): Promise<DataDir> {
  const path = await Deno.makeTempDir({ prefix: "doctor_" });
  const database = `${path}/teamtalk.db`;
  return {
    path,
    database,
    examine: async (file = database) => {
      const lines: string[] = [];
      await checkDataFile(file, new Report((line) => void lines.push(line)));
      return lines.filter((line) => !line.includes("→")).map((line) =>
        line.replaceAll(path, "DIR")
      );
    },
    [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }),
  };
}

function open(path: string): Promise<Storage> {
  return openStorageBriefly({ kind: "sqlite", path }, systemClock);
}

async function addUser(database: string): Promise<void> {
  const storage = await open(database);
  await storage.users.add([{
    sex: 0,
    name: "ann",
    domain: "ann",
    nick: "Ann",
    phone: "",
    email: "",
    avatar: "",
    departId: 1,
    status: 0,
    created: 1,
    updated: 1,
    sign_info: "",
    password: "",
    salt: "",
  }]);
  await storage.close();
}

Deno.test("checkDataFile() counts the users of a database, and leaves no trace", async () => {
  await using dir = await dataDir();
  await addUser(dir.database);
  assert.deepEqual(await dir.examine(), [
    "OK    data directory DIR is writable",
    "OK    database DIR/teamtalk.db opens, users: 1",
  ]);
  const left = [...Deno.readDirSync(dir.path)].map(({ name }) => name);
  assert.deepEqual(left.filter((name) => !name.startsWith("teamtalk.db")), []);
});

Deno.test("checkDataFile() opens a database that is being written to", async () => {
  await using dir = await dataDir();
  await addUser(dir.database);
  const writer = new DatabaseSync(dir.database);
  writer.exec("BEGIN IMMEDIATE; UPDATE IMUser SET nick = 'Anne'");
  assert.match((await dir.examine())[1]!, /^OK .* opens, users: 1$/);
  writer.exec("ROLLBACK");
  writer.close();
});

Deno.test("checkDataFile() warns of a database without users", async () => {
  await using dir = await dataDir();
  await (await open(dir.database)).close();
  assert.equal((await dir.examine())[1], "WARN  database DIR/teamtalk.db opens, but has no users");
});

Deno.test("checkDataFile() warns of data that is not there yet, and makes none", async () => {
  await using dir = await dataDir();
  assert.equal((await dir.examine())[1], "WARN  database DIR/teamtalk.db: not there yet");
  assert.deepEqual(await dir.examine(`${dir.path}/data/teamtalk.db`), [
    "WARN  data directory DIR/data: not there yet",
  ]);
  assert.deepEqual([...Deno.readDirSync(dir.path)], []);
});

Deno.test("checkDataFile() fails for a data directory that is a file", async () => {
  await using dir = await dataDir();
  await Deno.writeTextFile(`${dir.path}/data`, "");
  const lines = await dir.examine(`${dir.path}/data/teamtalk.db`);
  assert.match(lines[0]!, /^FAIL {2}data directory DIR\/data: Not a directory/);
});

Deno.test("checkDataFile() fails for a file that is no database", async () => {
  await using dir = await dataDir();
  await Deno.writeTextFile(dir.database, "only text ".repeat(1000));
  assert.equal(
    (await dir.examine())[1],
    "FAIL  database DIR/teamtalk.db: file is not a database",
  );
});

Deno.test("checkDataFile() fails for a database of a newer version, and does not touch it", async () => {
  await using dir = await dataDir();
  await addUser(dir.database);
  const newer = new DatabaseSync(dir.database);
  newer.exec("PRAGMA user_version = 999");
  newer.close();
  assert.equal(
    (await dir.examine())[1],
    "FAIL  database DIR/teamtalk.db: made by a newer version (schema 999)",
  );
});
