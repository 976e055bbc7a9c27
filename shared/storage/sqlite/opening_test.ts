import { deepStrictEqual as deepEqual, ok, strictEqual as equal, throws } from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { ManualClock, nowSec } from "../../clock.ts";
import { collectingLogger } from "../../log/mod.ts";
import { StorageError } from "../types.ts";
import { openSqliteStorage } from "./mod.ts";
import { MIGRATIONS } from "./schema.ts";
import { TempFile } from "./test_support/temp_file.ts";

Deno.test("openSqliteStorage() refuses a file of a newer version and leaves it alone", async () => {
  await using file = await TempFile.make();
  await file.open().close();
  file.exec(`PRAGMA user_version = ${MIGRATIONS.length + 1}`);
  throws(() => file.open(), (error) => {
    return error instanceof StorageError && /schema version \d+: .* knows \d+/.test(error.message);
  });
  using raw = new DatabaseSync(file.path);
  const version = raw.prepare("PRAGMA user_version").get();
  equal(version?.["user_version"], MIGRATIONS.length + 1);
});

Deno.test("openSqliteStorage() brings a file of the first version up to date with its data", async () => {
  await using file = await TempFile.make();
  file.exec(`
    ${MIGRATIONS[0]}
    INSERT INTO IMUser VALUES (1, 1, 'ann', '', '', '', '', '', '', '', 1, 0, 5, 5, 1, 'busy');
    INSERT INTO IMGroup (id, name, avatar, creator, type, userCnt, updated, created)
      VALUES (1, 'group', '', 1, 2, 1, 5, 5);
    INSERT INTO IMGroupMember (groupId, userId, created, updated, joinMsgId, seenMsgId)
      VALUES (1, 1, 5, 5, 0, 0);
    PRAGMA user_version = 1;`);
  const { users, profiles, groups, groupShields, deviceTokens, offlineFiles } = file.open();
  equal((await users.byIds([1]))[0]?.sign_info, "busy");
  equal(await profiles.pushShield(1), 1);
  deepEqual(await groups.members(1), new Map([[1, 5]]));
  deepEqual(await groupShields.usersOf(1), new Set());
  equal(await groupShields.set({ groupId: 1, userId: 1, isShielded: true }), true);
  deepEqual(await groupShields.shieldedBy(1, [1, 2]), new Set([1]));
  deepEqual(await deviceTokens.of([1]), []);
  const waiting = { fromId: 2, toId: 1, taskId: "task", fileName: "a.txt", size: 5 };
  equal(await offlineFiles.add(waiting, 5), true);
  deepEqual(await offlineFiles.waitingFor(1, 9), [waiting]);
});

Deno.test("openSqliteStorage() throws StorageError for a missing folder and for other files", async () => {
  await using file = await TempFile.make();
  const clock = new ManualClock();
  throws(() => openSqliteStorage({ path: `${file.path}/no/such.db`, clock }), StorageError);
  await Deno.writeTextFile(
    file.path,
    "This is no database, but a text of some length. ".repeat(99),
  );
  throws(() => file.open(), StorageError);
});

Deno.test("openSqliteStorage() makes a file that survives a power cut at every commit", async () => {
  await using file = await TempFile.make();
  const { connection } = file.openWithConnection();
  equal(connection.prepare("PRAGMA journal_mode").get()?.["journal_mode"], "wal");
  const full = 2;
  equal(connection.prepare("PRAGMA synchronous").get()?.["synchronous"], full);
});

Deno.test("openSqliteStorage() starts the last user update with the present, once", async () => {
  await using file = await TempFile.make();
  const clock = new ManualClock();
  const startSec = nowSec(clock);
  await file.open(clock).close();
  clock.advance(60_000);
  equal(await file.open(clock).users.lastUpdate(), startSec);
});

Deno.test("openSqliteStorage() logs the path", async () => {
  await using file = await TempFile.make();
  const log = collectingLogger();
  await openSqliteStorage({ path: file.path, clock: new ManualClock(), log }).close();
  equal(log.records.filter(({ fields }) => fields["path"] === file.path).length, 1);
});

Deno.test("close() of the storage leaves one complete file and may be called twice", async () => {
  await using file = await TempFile.make();
  const storage = file.open();
  await storage.admins.add({ uname: "root", pwd: "hash", now: 1 });
  await Promise.all([storage.close(), storage.close()]);
  const copy = `${file.path}.copy`;
  await Deno.copyFile(file.path, copy);
  using raw = new DatabaseSync(copy, { readOnly: true });
  equal(raw.prepare("SELECT pwd FROM IMAdmin").get()?.["pwd"], "hash");
});

Deno.test("openSqliteStorage() makes an index in which the people of departments are counted", async () => {
  await using file = await TempFile.make();
  const { connection } = file.openWithConnection();
  const plan = connection.prepare(`EXPLAIN QUERY PLAN
    SELECT count(*) FROM IMUser WHERE departId = 1 AND status <> 3`).all();
  ok(plan.some(({ detail }) => /COVERING INDEX IMUser_depart_status/.test(String(detail))));
});
