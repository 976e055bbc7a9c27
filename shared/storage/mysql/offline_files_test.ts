/** What the contract suite cannot see of offline files: the original's rows and a missing table. */
import {
  deepStrictEqual as deepEqual,
  match,
  rejects,
  strictEqual as equal,
} from "node:assert/strict";
import { addUsers, T } from "../contract/fixtures.ts";
import { type OfflineFile, StorageError } from "../types.ts";
import { mysqlStorageOn } from "./storage.ts";
import { EngineSuite, ownEnginesTest } from "./test_support/engine_suite.ts";
import { openTestStorage } from "./test_support/open_test_storage.ts";

const suite = new EngineSuite("migrated");
const TASK = "0b8f7a1c-0000-4000-8000-5d3a9c1e2f40";
const FILE: OfflineFile = { fromId: 1, toId: 2, taskId: TASK, fileName: "a.txt", size: 5 };

suite.storageTest(
  "MysqlOfflineFiles reads and writes the original's rows",
  async (storage, engines) => {
    await addUsers(storage, 2);
    const { offlineFiles } = storage;
    equal(await offlineFiles.add(FILE, T), true);
    deepEqual(await engines.sql("SELECT * FROM IMTransmitFile"), [
      { id: 1, ...FILE, status: 0, created: T, updated: T },
    ]);
    await engines.sql(`INSERT INTO IMTransmitFile
    (fromId, toId, fileName, size, taskId, status, created, updated) VALUES
    (3, 2, 'old ''文件''', 4294967295, 'old', 0, 5, 5), (3, 2, 'done', 1, 'done', 1, 5, 5)`);
    const old = { fromId: 3, toId: 2, taskId: "old", fileName: "old '文件'", size: 4_294_967_295 };
    deepEqual(await offlineFiles.waitingFor(2, 10), [old, FILE]);
    equal(await offlineFiles.remove(old), true);
    equal(await offlineFiles.remove(FILE), true);
    deepEqual(await engines.sql("SELECT taskId FROM IMTransmitFile"), [{ taskId: "done" }]);
  },
);

suite.storageTest(
  "MysqlOfflineFiles keeps any name, and refuses what a column does not hold",
  async (
    storage,
  ) => {
    await addUsers(storage, 2);
    const { offlineFiles } = storage;
    const files = ["\\'\"\0\n%_", "😀".repeat(256), ""].map((fileName, i) => ({
      ...FILE,
      fileName,
      taskId: `task ${i}`,
    }));
    for (const file of files) equal(await offlineFiles.add(file, T), true);
    const refused = [
      { ...FILE, fileName: "x".repeat(257) },
      { ...FILE, taskId: "x".repeat(65) },
      { ...FILE, size: 4_294_967_296 },
    ];
    for (const file of refused) await rejects(offlineFiles.add(file, T), StorageError);
    deepEqual(await offlineFiles.waitingFor(2, 10), files);
  },
);

suite.test("MysqlOfflineFiles notes a file once, however many say so at the same time", async (engines) => {
  await using one = await openTestStorage({ engines, build: mysqlStorageOn });
  await using other = await openTestStorage({ engines, build: mysqlStorageOn });
  await addUsers(one.storage, 2);
  const adding = Array.from({ length: 12 }, (_, i) => {
    const { offlineFiles } = (i % 2 === 0 ? one : other).storage;
    return offlineFiles.add({ ...FILE, taskId: i < 8 ? TASK : `other ${i}` }, T);
  });
  deepEqual(new Set(await Promise.all(adding)), new Set([true]));
  equal((await one.storage.offlineFiles.waitingFor(2, 100)).length, 5);
});

suite.storageTest("MysqlOfflineFiles.add() tries again when it lost a deadlock", async (
  storage,
  engines,
) => {
  await addUsers(storage, 2);
  await engines.withSql(async (other) => {
    await other.beginTransaction();
    // The server gives up the transaction that has written less.
    const rows = Array.from({ length: 100 }, (_, i) => `('${i}', '')`).join(", ");
    await other.query(`INSERT INTO IMAdmin (uname, pwd) VALUES ${rows}`);
    await other.query(`SELECT id FROM IMTransmitFile WHERE taskId = '${TASK}' FOR UPDATE`);
    const adding = storage.offlineFiles.add(FILE, T);
    await engines.untilBlocked();
    await other.query(`INSERT INTO IMTransmitFile
      (id, fromId, toId, fileName, size, taskId, created, updated)
      VALUES (9, 1, 2, 'a.txt', 5, '${TASK}', ${T}, ${T})`);
    await other.commit();
    equal(await adding, true);
  });
  deepEqual(await storage.offlineFiles.waitingFor(2, 10), [FILE]);
});

ownEnginesTest("MysqlOfflineFiles without its table says what to do", async (engines) => {
  await using opened = await openTestStorage({ engines, build: mysqlStorageOn });
  await addUsers(opened.storage, 2);
  const { offlineFiles } = opened.storage;
  const tries = [
    () => offlineFiles.add(FILE, T),
    () => offlineFiles.waitingFor(2, 10),
    () => offlineFiles.remove(FILE),
  ];
  for (const attempt of tries) {
    await rejects(attempt(), (error: Error) => {
      match(error.message, /no table IMTransmitFile; deno task migrate --apply/);
      return error instanceof StorageError;
    });
  }
  await engines.migrate();
  equal(await offlineFiles.add(FILE, T), true);
  deepEqual(await offlineFiles.waitingFor(2, 10), [FILE]);
});
