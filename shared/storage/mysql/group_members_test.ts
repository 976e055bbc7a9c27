/** Members in Redis are those in MySQL, whatever went wrong before (docs/spec/pitfalls.md P-GRP7). */
import assert from "node:assert/strict";
import { ManualClock } from "../../clock.ts";
import type { RedisPool } from "../redis/pool.ts";
import { addGroup, addUsers, say, sayInGroup, T } from "../contract/fixtures.ts";
import { memberKey } from "./memberships.ts";
import { mysqlStorageOn } from "./storage.ts";
import { EngineSuite, ownEnginesTest } from "./test_support/engine_suite.ts";
import { openMortalRedis } from "./test_support/mortal_redis.ts";
import { openTestStorage } from "./test_support/open_test_storage.ts";
import type { TestEngines } from "./test_support/test_engines.ts";
import { withScript } from "./test_support/with_script.ts";

const suite = new EngineSuite();
const open = (engines: TestEngines) => openTestStorage({ engines, build: mysqlStorageOn });

function membersInRedis(engines: TestEngines, groupId: number): Promise<string[]> {
  return engines.withRedis("group_member", async (redis) => (
    (await redis.hkeys(memberKey(groupId))).sort()
  ));
}

suite.test("adding a member again writes it to a hash that lacks it", async (engines) => {
  await using opened = await open(engines);
  const { groups } = opened.storage;
  await addUsers(opened.storage, 3);
  const groupId = await addGroup(opened.storage, [1, 2]);
  await engines.withRedis("group_member", (redis) => redis.hdel(memberKey(groupId), "2"));
  assert.deepEqual(await groups.addMembers({ groupId, userIds: [2, 3], now: T + 5 }), [3]);
  assert.deepEqual(await membersInRedis(engines, groupId), ["1", "2", "3"]);
});

suite.test("removing again takes who has left out of a hash that still has them", async (engines) => {
  await using opened = await open(engines);
  const { groups } = opened.storage;
  await addUsers(opened.storage, 2);
  const groupId = await addGroup(opened.storage, [1, 2]);
  await groups.removeMembers({ groupId, userIds: [2], now: T + 5 });
  await engines.withRedis("group_member", (redis) => redis.hset(memberKey(groupId), "2", T));
  await groups.removeMembers({ groupId, userIds: [2], now: T + 6 });
  assert.deepEqual(await membersInRedis(engines, groupId), ["1"]);
});

suite.test("changes of members at the same time leave Redis as MySQL", async (engines) => {
  await using opened = await open(engines);
  const { groups } = opened.storage;
  await addUsers(opened.storage, 3);
  const groupId = await addGroup(opened.storage, [1, 3]);
  for (let round = 0; round < 20; round++) {
    const now = T + round;
    await Promise.all([
      groups.addMembers({ groupId, userIds: [2], now }),
      groups.removeMembers({ groupId, userIds: [2], now }),
    ]);
    const rows = await engines.sql<{ userId: number }>(
      `SELECT userId FROM IMGroupMember WHERE groupId = ${groupId} AND status = 0 ORDER BY userId`,
    );
    const inMysql = rows.map(({ userId }) => String(userId));
    assert.deepEqual(await membersInRedis(engines, groupId), inMysql);
  }
});

suite.test("a change that Redis could not follow is copied there later", async (engines) => {
  const clock = new ManualClock(T * 1000);
  const opened = await openTestStorage({
    engines,
    clock,
    build: (parts, config) => {
      const group_member = failingOnce(parts.redis.group_member);
      return mysqlStorageOn({ ...parts, redis: { ...parts.redis, group_member } }, config);
    },
  });
  await addUsers(opened.storage, 2);
  const groupId = await addGroup(opened.storage, [1]);
  await opened.storage.groups.addMembers({ groupId, userIds: [2], now: T + 5 });
  clock.advance(5000);
  // Waits for what is under way.
  await opened[Symbol.asyncDispose]();
  assert.deepEqual(await membersInRedis(engines, groupId), ["1", "2"]);
  assert.equal(clock.pendingTimers, 0);
});

/** Its second script, which is the first change after a group was made, fails. */
function failingOnce(pool: RedisPool): RedisPool {
  let scripts = 0;
  return withScript(pool, async (...args) => {
    scripts++;
    if (scripts === 2) throw new Error("Redis is away");
    return await pool.script(...args);
  });
}

ownEnginesTest(
  "a member who left while Redis was away writes no more when it is back",
  async (engines) => {
    await using redis = await openMortalRedis(engines);
    const { storage } = redis;
    await addUsers(storage, 2);
    const group = await addGroup(storage, [1, 2]);
    await redis.lose();
    await storage.groups.removeMembers({ groupId: group, userIds: [2], now: T + 5 });
    await redis.bringBack();
    await assert.rejects(async () => {
      await sayInGroup(storage, { from: 2, group });
    });
    assert.equal(await say(storage, { from: 1, to: 2 }), 1);
  },
);
