/** Rows of IMRecentSession that follow the messages of groups (docs/spec/flows.md 17). */
import assert from "node:assert/strict";
import { ManualClock } from "../../clock.ts";
import { addGroup, addUsers, inGroup, say, sayInGroup, T } from "../contract/fixtures.ts";
import { GroupSync } from "./group_sync.ts";
import { Memberships } from "./memberships.ts";
import type { EngineParts } from "./parts.ts";
import { mysqlStorageOn } from "./storage.ts";
import { EngineSuite } from "./test_support/engine_suite.ts";
import { openTestStorage } from "./test_support/open_test_storage.ts";
import type { TestEngines } from "./test_support/test_engines.ts";

const suite = new EngineSuite();

/** A storage whose rounds run when the test says so, on a clock at {@link T}. */
async function setUp(engines: TestEngines) {
  const clock = new ManualClock(T * 1000);
  const opened = await openTestStorage({
    engines,
    clock,
    build: (parts, config) => ({
      ...mysqlStorageOn(parts, config),
      sync: new GroupSync(parts, new Memberships(parts)),
    }),
  });
  return {
    storage: opened.storage,
    clock,
    round: () => opened.storage.sync.run(),
    /** `[user, status, updated - T]` of a group's sessions. */
    rows: async (groupId: number) => {
      const rows = await engines.sql<{ userId: number; status: number; updated: number }>(`
        SELECT userId, status, updated FROM IMRecentSession
        WHERE peerId = ${groupId} AND type = 2 ORDER BY userId`);
      return rows.map(({ userId, status, updated }) => [userId, status, updated - T]);
    },
    mark: () => engines.withRedis("unread", (redis) => redis.get("last_update_group")),
    [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
  };
}

suite.test("a round without a mark only sets it: there is nothing to catch up with", async (engines) => {
  await using test = await setUp(engines);
  await test.round();
  assert.equal(await test.mark(), String(T));
});

suite.test("a round gives every member a row with the time of the last message", async (engines) => {
  await using test = await setUp(engines);
  await addUsers(test.storage, 4);
  const group = await addGroup(test.storage, [1, 2, 3]);
  await test.storage.groups.removeMembers({ groupId: group, userIds: [3], now: T });
  await test.round();
  await sayInGroup(test.storage, { from: 1, group, at: 7 });
  await test.storage.groups.addMembers({ groupId: group, userIds: [4], now: T + 8 });
  test.clock.advance(10_000);
  await test.round();
  assert.deepEqual(await test.rows(group), [[1, 0, 7], [2, 0, 7]]);
  assert.equal(await test.mark(), String(T + 10));
  await sayInGroup(test.storage, { from: 1, group, at: 11 });
  test.clock.advance(5000);
  await test.round();
  assert.deepEqual(await test.rows(group), [[1, 0, 11], [2, 0, 11], [4, 0, 11]]);
});

suite.test("a round brings back a removed session for newer messages only (P-SYN4)", async (engines) => {
  await using test = await setUp(engines);
  await addUsers(test.storage, 2);
  const group = await addGroup(test.storage, [1, 2]);
  await test.round();
  await sayInGroup(test.storage, { from: 1, group, at: 1 });
  await test.storage.sessions.remove(inGroup(2, group), T + 1);
  await test.round();
  assert.deepEqual(await test.rows(group), [[1, 0, 1], [2, 1, 1]]);
  await sayInGroup(test.storage, { from: 1, group, at: 2 });
  await test.round();
  assert.deepEqual(await test.rows(group), [[1, 0, 2], [2, 0, 2]]);
});

suite.test("a round finds a message that was committed after a later round had begun (P-SYN0)", async (engines) => {
  await using test = await setUp(engines);
  await addUsers(test.storage, 2);
  const group = await addGroup(test.storage, [1, 2]);
  test.clock.advance(30_000);
  await test.round();
  await sayInGroup(test.storage, { from: 1, group, at: 5 });
  await test.round();
  assert.deepEqual(await test.rows(group), [[1, 0, 5], [2, 0, 5]]);
});

suite.test("a db_proxy_server that comes back does what was left undone (P-SYN2)", async (engines) => {
  let group: number;
  {
    await using test = await setUp(engines);
    await addUsers(test.storage, 3);
    group = await addGroup(test.storage, [1, 2]);
    await test.round();
    await sayInGroup(test.storage, { from: 1, group, at: 5 });
    await say(test.storage, { from: 1, to: 3, at: 6 });
  }
  await using again = await setUp(engines);
  again.clock.advance(3_600_000);
  await again.round();
  assert.deepEqual(await again.rows(group), [[1, 0, 5], [2, 0, 5]]);
  assert.equal(await again.mark(), String(T + 3600));
});

suite.test("rounds come by themselves every five seconds, and none after stop()", async (engines) => {
  const clock = new ManualClock(T * 1000);
  const build = (parts: EngineParts, config: Parameters<typeof mysqlStorageOn>[1]) =>
    mysqlStorageOn(parts, { ...config, background: "run" });
  const opened = await openTestStorage({ engines, clock, build });
  clock.advance(5000);
  await opened[Symbol.asyncDispose]();
  assert.equal(
    await engines.withRedis("unread", (redis) => redis.get("last_update_group")),
    String(T + 5),
  );
  assert.equal(clock.pendingTimers, 0);
});
