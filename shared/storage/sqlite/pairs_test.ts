import { deepStrictEqual as deepEqual } from "node:assert/strict";
import { ManualClock } from "../../clock.ts";
import { addGroup, addUsers, recentOf, say, T, unreadOf } from "../contract/fixtures.ts";
import { openConnection } from "./connection.ts";
import { Database } from "./database.ts";
import { LiveGroups } from "./live_groups.ts";
import { Pairs } from "./pairs.ts";
import { openSqliteStorage } from "./mod.ts";
import { sqliteStorageOn } from "./storage.ts";

Deno.test("Pairs.next() goes on counting when memory is too small for one transaction", async () => {
  const db = new Database(openConnection(":memory:"), new ManualClock());
  const pairs = new Pairs(db, 1);
  const ids = await db.writeCombined(() =>
    [[1, 2], [1, 3], [2, 1], [1, 2], [1, 3], [1, 2]].map(([fromId, toId]) =>
      pairs.next({ fromId: fromId!, toId: toId!, created: T }).msgId
    )
  );
  deepEqual(ids, [1, 1, 2, 3, 2, 4]);
  await db.close();
});

Deno.test("LiveGroups.next() goes on counting when memory is too small for one transaction", async () => {
  const connection = openConnection(":memory:");
  const storage = sqliteStorageOn(connection, { clock: new ManualClock() });
  await addUsers(storage, 2);
  for (const id of [1, 2]) await addGroup(storage, [1, 2], { id });
  const db = new Database(connection, new ManualClock());
  const groups = new LiveGroups(db, 1);
  const ids = await db.writeCombined(() =>
    [1, 2, 1, 1, 2].map((toId) => groups.next({ fromId: 1, toId, created: T }))
  );
  deepEqual(ids, [1, 1, 2, 3, 2]);
  deepEqual(await unreadOf(storage, 2), [[2, 1, 3], [2, 2, 2]].toReversed());
  await db.close();
});

Deno.test("a message to oneself makes one session", async () => {
  const storage = openSqliteStorage({ path: ":memory:", clock: new ManualClock() });
  await addUsers(storage, 1);
  await say(storage, { from: 1, to: 1 });
  deepEqual(await recentOf(storage, 1), [[1, 1, 0]]);
  deepEqual(await unreadOf(storage, 1), [[1, 1, 1]]);
  await storage.close();
});
