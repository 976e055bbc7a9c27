/** Unread counters when a server dies between storing and counting, or an answer of MySQL is lost. */
import assert from "node:assert/strict";
import { addGroup, addUsers, say, sayInGroup, unreadOf } from "../contract/fixtures.ts";
import { StorageError } from "../types.ts";
import { BatchError } from "../write_combiner.ts";
import { CountJournal, UNCOUNTED_TABLE } from "./count_journal.ts";
import { transaction } from "./insert_missing.ts";
import { WRITER_KEY_PREFIX } from "./message_counters.ts";
import { closeParts } from "./open_parts.ts";
import type { EngineParts, MysqlStorageConfig } from "./parts.ts";
import { mysqlStorageOn } from "./storage.ts";
import { EngineSuite } from "./test_support/engine_suite.ts";
import { openTestStorage } from "./test_support/open_test_storage.ts";
import type { TestEngines } from "./test_support/test_engines.ts";
import { withScript } from "./test_support/with_script.ts";

const suite = new EngineSuite("migrated");

function rowsOf(engines: TestEngines): Promise<{ number: number }[]> {
  return engines.sql<{ number: number }>(`SELECT number FROM ${UNCOUNTED_TABLE}`);
}

/** As a server has it that starts: it looks for what others left. */
function starting(parts: EngineParts, config: MysqlStorageConfig) {
  return mysqlStorageOn(parts, { ...config, background: "run" });
}

/** Stores messages and cannot count them. */
function notCounting(parts: EngineParts, config: MysqlStorageConfig) {
  const unread = withScript(parts.redis.unread, (source, keys, args) => {
    if (keys[0]!.startsWith(WRITER_KEY_PREFIX)) return Promise.reject(new Error("it dies here"));
    return parts.redis.unread.script(source, keys, args);
  });
  return mysqlStorageOn({ ...parts, redis: { ...parts.redis, unread } }, config);
}

suite.test("what a server stored and did not count is counted once by the next that starts", async (engines) => {
  await using dead = await openTestStorage({ engines, build: notCounting });
  await addUsers(dead.storage, 3);
  const group = await addGroup(dead.storage, [1, 2, 3]);
  await say(dead.storage, { from: 1, to: 2 });
  await say(dead.storage, { from: 1, to: 2 });
  await sayInGroup(dead.storage, { from: 3, group });
  assert.deepEqual(await unreadOf(dead.storage, 2), []);
  for (let times = 0; times < 2; times++) {
    await using next = await openTestStorage({ engines, build: starting });
    await next.storage.close(); // Waits for the recovery.
  }
  assert.deepEqual(await unreadOf(dead.storage, 2), [[1, 1, 2], [2, group, 1]]);
  assert.deepEqual(await unreadOf(dead.storage, 3), []);
  assert.deepEqual(await rowsOf(engines), []);
});

suite.test("a message whose commit was not answered is counted if it is stored", async (engines) => {
  let losesAnswer = false;
  await using opened = await openTestStorage({
    engines,
    build: (parts: EngineParts, config) => {
      const master = withScript(parts.master, async (sql) => {
        await parts.master.script(sql);
        if (losesAnswer && sql.includes("IMMessage_")) throw new BatchError("the answer was lost");
      });
      return mysqlStorageOn({ ...parts, master }, config);
    },
  });
  const { storage } = opened;
  await addUsers(storage, 2);
  await say(storage, { from: 1, to: 2 });
  losesAnswer = true;
  await assert.rejects(say(storage, { from: 1, to: 2 }), StorageError);
  losesAnswer = false;
  await say(storage, { from: 1, to: 2 });
  assert.deepEqual(await unreadOf(storage, 2), [[1, 1, 3]]);
});

suite.test("CountJournal, a transaction that was given up is not committed later", async (engines) => {
  await using opened = await openTestStorage({
    engines,
    build: (parts: EngineParts) => ({ master: parts.master, close: () => closeParts(parts) }),
  });
  const { master } = opened.storage;
  const journal = new CountJournal(master, "writer");
  const store = (number: number): Promise<void> =>
    master.script(transaction([journal.statement([{ number, messages: [] }])]));
  await store(1);
  assert.equal(await journal.lastCommitted(3), 1);
  await assert.rejects(store(2), StorageError);
  await store(4);
  assert.equal(await journal.lastCommitted(5), 4);
});

suite.test("CountJournal, says the same again to who did not hear it, and goes on from there", async (engines) => {
  await using opened = await openTestStorage({
    engines,
    build: (parts: EngineParts) => ({ master: parts.master, close: () => closeParts(parts) }),
  });
  const { master } = opened.storage;
  const journal = new CountJournal(master, "writer");
  const store = (number: number): Promise<void> =>
    master.script(transaction([journal.statement([{ number, messages: [] }])]));
  assert.equal(await journal.lastCommitted(1), 0);
  assert.equal(await journal.lastCommitted(2), 0);
  await store(3);
  assert.equal(await journal.lastCommitted(4), 3);
  assert.equal(await journal.lastCommitted(5), 3);
  await store(6);
  assert.equal(await journal.lastCommitted(7), 6);
});

suite.test("a server that ends leaves nothing in the journal", async (engines) => {
  const opened = await openTestStorage({ engines, build: mysqlStorageOn });
  await addUsers(opened.storage, 2);
  await say(opened.storage, { from: 1, to: 2 });
  assert.equal((await rowsOf(engines)).length, 1);
  await opened[Symbol.asyncDispose]();
  assert.deepEqual(await rowsOf(engines), []);
});
