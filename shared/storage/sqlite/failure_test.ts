/** What is left when a write fails: nothing of it, and everything of the others. */
import {
  deepStrictEqual as deepEqual,
  ok,
  rejects,
  strictEqual as equal,
} from "node:assert/strict";
import type { DatabaseSync } from "node:sqlite";
import {
  addGroup,
  addUsers,
  historyIds,
  inGroup,
  recentOf,
  say,
  sayInGroup,
  unreadOf,
  withPeer,
} from "../contract/fixtures.ts";
import { StorageError } from "../types.ts";
import { TempFile } from "./test_support/temp_file.ts";

/** Makes every message whose text is "poison" fail inside its transaction. */
function refusePoison(connection: DatabaseSync): void {
  for (const table of ["IMMessage", "IMGroupMessage"]) {
    connection.exec(`
      CREATE TRIGGER ${table}_poison AFTER INSERT ON ${table}
      WHEN new.content = CAST('poison' AS BLOB)
      BEGIN SELECT RAISE(ABORT, 'poisoned'); END`);
  }
}

Deno.test("a write that fails inside a batch fails alone and leaves no trace", async () => {
  await using file = await TempFile.make();
  const { storage, connection } = file.openWithConnection();
  await addUsers(storage, 3);
  const group = await addGroup(storage, [1, 2]);
  refusePoison(connection);
  const burst = await Promise.allSettled(Array.from({ length: 60 }, (_, i) => {
    const what = i % 20 === 10 ? "poison" : "hello";
    return i % 2 === 0
      ? Promise.all([say(storage, { from: 1, to: 2, what }), say(storage, { from: 2, to: 3 })])
      : sayInGroup(storage, { from: 1, group });
  }));
  const failed = burst.filter((one) => one.status === "rejected");
  equal(failed.length, 3);
  for (const { reason } of failed) {
    ok(reason instanceof StorageError);
    ok(/poisoned/.test(String(reason.cause)));
  }
  const upTo = (count: number) => Array.from({ length: count }, (_, i) => count - i);
  deepEqual(await historyIds(storage, withPeer(1, 2)), upTo(27));
  deepEqual(await historyIds(storage, withPeer(2, 3)), upTo(30));
  deepEqual(await historyIds(storage, inGroup(2, group)), upTo(30));
  deepEqual(await unreadOf(storage, 2), [[1, 1, 27], [2, group, 30]]);
  deepEqual(await unreadOf(storage, 3), [[1, 2, 30]]);
});

Deno.test("a rolled back first message leaves no relation, session or counter behind", async () => {
  await using file = await TempFile.make();
  const { storage, connection } = file.openWithConnection();
  await addUsers(storage, 2);
  const group = await addGroup(storage, [1, 2]);
  refusePoison(connection);
  await rejects(say(storage, { from: 1, to: 2, what: "poison" }), StorageError);
  await rejects(sayInGroup(storage, { from: 1, group, what: "poison" }), StorageError);
  equal(connection.prepare("SELECT count(*) AS n FROM IMRelationShip").get()?.["n"], 0);
  deepEqual(await recentOf(storage, 2), []);
  equal(await say(storage, { from: 1, to: 2 }), 1);
  equal(await sayInGroup(storage, { from: 1, group }), 1);
  deepEqual(await unreadOf(storage, 2), [[1, 1, 1], [2, group, 1]]);
});

Deno.test("a full disk rejects writes and does no harm; with space again they succeed", async () => {
  await using file = await TempFile.make();
  const { storage, connection } = file.openWithConnection();
  await addUsers(storage, 2);
  equal(await say(storage, { from: 1, to: 2 }), 1);
  const pages = connection.prepare("PRAGMA page_count").get()?.["page_count"];
  connection.exec(`PRAGMA max_page_count = ${pages}`);
  const what = "x".repeat(4000);
  const burst = Array.from({ length: 30 }, () => say(storage, { from: 1, to: 2, what }));
  const results = await Promise.allSettled(burst);
  const stored = results.flatMap((one) => one.status === "fulfilled" ? [one.value] : []);
  const reasons = results.flatMap((one) => one.status === "rejected" ? [one.reason] : []);
  ok(reasons.length > 0);
  for (const reason of reasons) ok(reason instanceof StorageError);
  const history = [...stored.toReversed(), 1];
  deepEqual(await historyIds(storage, withPeer(1, 2)), history);
  deepEqual(await unreadOf(storage, 2), [[1, 1, history.length]]);

  connection.exec(`PRAGMA max_page_count = ${Number(pages) + 1000}`);
  equal(await say(storage, { from: 1, to: 2, what }), history.length + 1);
});

Deno.test("a database that stays locked rejects a whole batch after one time-out", async () => {
  await using file = await TempFile.make();
  const { storage, connection } = file.openWithConnection();
  const other = file.openWithConnection();
  await addUsers(storage, 2);
  const timeoutMs = 100;
  connection.exec(`PRAGMA busy_timeout = ${timeoutMs}`);
  other.connection.exec("BEGIN IMMEDIATE");
  const startMs = performance.now();
  const burst = Array.from({ length: 50 }, () => say(storage, { from: 1, to: 2 }));
  for (const one of await Promise.allSettled(burst)) equal(one.status, "rejected");
  ok(performance.now() - startMs < timeoutMs * 10, "The time-outs must not add up");
  deepEqual(await historyIds(storage, withPeer(1, 2)), []);
  other.connection.exec("ROLLBACK");
  equal(await say(storage, { from: 1, to: 2 }), 1);
});

Deno.test("a read that fails rejects with StorageError and the next one works", async () => {
  await using file = await TempFile.make();
  const { storage } = file.openWithConnection();
  await addUsers(storage, 1);
  file.exec("ALTER TABLE IMUser RENAME TO Elsewhere");
  await rejects(storage.users.all(), StorageError);
  file.exec("ALTER TABLE Elsewhere RENAME TO IMUser");
  equal((await storage.users.all()).length, 1);
});
