/** Group shields under the original's keys (docs/spec/storage.md 5.2). */
import { deepStrictEqual as deepEqual, rejects, strictEqual as equal } from "node:assert/strict";
import { addGroup, addUsers, T } from "../contract/fixtures.ts";
import { StorageError } from "../types.ts";
import { EngineSuite, ownEnginesTest } from "./test_support/engine_suite.ts";
import { openMortalRedis } from "./test_support/mortal_redis.ts";
import type { TestEngines } from "./test_support/test_engines.ts";

const suite = new EngineSuite();

async function settings(engines: TestEngines, groupId: number): Promise<Record<string, string>> {
  return {
    ...await engines.withRedis("group_set", (redis) => redis.hgetall(`group_set_${groupId}`)),
  };
}

/** A group as the original has it: its row, rows of its members, and their hash in Redis. */
async function givenGroup(
  engines: TestEngines,
  { id, members, status = 0 }: { id: number; members: readonly number[]; status?: number },
): Promise<void> {
  await engines.sql(`INSERT INTO IMGroup (id, name, creator, type, status, updated, created)
    VALUES (${id}, 'group', 1, 1, ${status}, ${T}, ${T})`);
  for (const userId of members) {
    await engines.sql(`INSERT INTO IMGroupMember (groupId, userId, status, created, updated)
      VALUES (${id}, ${userId}, 0, ${T}, ${T})`);
    await engines.withRedis("group_member", (redis) => redis.hset(`group_member_${id}`, userId, T));
  }
}

suite.storageTest("MysqlGroupShields.set() writes one field of the group's hash", async (
  storage,
  engines,
) => {
  await addUsers(storage, 2);
  const groupId = await addGroup(storage, [1, 2]);
  const { groupShields } = storage;
  equal(await groupShields.set({ groupId, userId: 1, isShielded: true }), true);
  equal(await groupShields.set({ groupId, userId: 2, isShielded: true }), true);
  deepEqual(await settings(engines, groupId), { "1_1": "1", "2_1": "1" });
  equal(await groupShields.set({ groupId, userId: 1, isShielded: false }), true);
  deepEqual(await settings(engines, groupId), { "1_1": "0", "2_1": "1" });
});

suite.storageTest("MysqlGroupShields reads what the original wrote, and nothing else", async (
  { groupShields },
  engines,
) => {
  await givenGroup(engines, { id: 7, members: [1, 2, 3] });
  await engines.withRedis(
    "group_set",
    (redis) =>
      redis.hset("group_set_7", {
        "1_1": "1",
        "2_1": "0",
        "3_1": "1",
        "4_1": "1",
        "3_2": "1",
        x: "1",
      }),
  );
  deepEqual(await groupShields.usersOf(7), new Set([1, 3, 4]));
  deepEqual(await groupShields.shieldedBy(1, [7, 99]), new Set([7]));
  deepEqual(await groupShields.shieldedBy(2, [7]), new Set());
  deepEqual(await groupShields.usersOf(99), new Set());
});

suite.storageTest("MysqlGroupShields.set() is for members of groups that are not deleted", async (
  { groupShields },
  engines,
) => {
  await givenGroup(engines, { id: 5, members: [1] });
  await givenGroup(engines, { id: 6, members: [1], status: 1 });
  equal(await groupShields.set({ groupId: 5, userId: 1, isShielded: true }), true);
  equal(await groupShields.set({ groupId: 5, userId: 2, isShielded: true }), false);
  equal(await groupShields.set({ groupId: 6, userId: 1, isShielded: true }), false);
  deepEqual(await settings(engines, 6), {});
});

suite.storageTest("MysqlGroupShields.shieldedBy() looks through any number of groups", async (
  { groupShields },
  engines,
) => {
  const ids = Array.from({ length: 1200 }, (_, i) => i + 1);
  await engines.withRedis("group_set", async (redis) => {
    const pipeline = redis.pipeline();
    for (const id of ids) pipeline.hset(`group_set_${id}`, "9_1", id % 3 === 0 ? "1" : "0");
    await pipeline.exec();
  });
  const shielded = await groupShields.shieldedBy(9, ids.toReversed());
  deepEqual(shielded, new Set(ids.filter((id) => id % 3 === 0)));
});

ownEnginesTest("MysqlGroupShields fails while Redis is away, and is empty after it was", async (
  engines,
) => {
  await using opened = await openMortalRedis(engines);
  await addUsers(opened.storage, 1);
  const groupId = await addGroup(opened.storage, [1]);
  const { groupShields } = opened.storage;
  await groupShields.set({ groupId, userId: 1, isShielded: true });
  await opened.lose();
  await rejects(groupShields.usersOf(groupId), StorageError);
  await rejects(groupShields.shieldedBy(1, [groupId]), StorageError);
  await rejects(groupShields.set({ groupId, userId: 1, isShielded: true }), StorageError);
  await opened.bringBack();
  deepEqual(await groupShields.usersOf(groupId), new Set());
  // The members' hash is gone too, and MySQL has them.
  equal(await groupShields.set({ groupId, userId: 1, isShielded: true }), true);
  deepEqual(await groupShields.shieldedBy(1, [groupId]), new Set([groupId]));
});
