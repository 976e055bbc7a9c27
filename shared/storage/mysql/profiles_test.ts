/** What the contract suite cannot see of profiles: rows, other writers, and Redis away. */
import { deepStrictEqual as deepEqual, rejects, strictEqual as equal } from "node:assert/strict";
import { addUsers, T } from "../contract/fixtures.ts";
import { StorageError } from "../types.ts";
import { mysqlStorageOn } from "./storage.ts";
import { EngineSuite, ownEnginesTest } from "./test_support/engine_suite.ts";
import { openMortalRedis } from "./test_support/mortal_redis.ts";
import { openTestStorage } from "./test_support/open_test_storage.ts";
import type { TestEngines } from "./test_support/test_engines.ts";

const suite = new EngineSuite();

function rows(engines: TestEngines) {
  return engines.sql("SELECT id, sign_info, avatar, push_shield_status, updated FROM IMUser");
}

suite.storageTest("MysqlProfiles writes the columns of one row", async (storage, engines) => {
  await addUsers(storage, 2);
  const { profiles } = storage;
  await profiles.setSignInfo({ userId: 1, value: "busy", now: T + 1 });
  await profiles.setAvatar({ userId: 1, value: "g0/a.jpg", now: T + 2 });
  await profiles.setPushShield({ userId: 1, value: 1, now: T + 3 });
  const changed = { sign_info: "busy", avatar: "g0/a.jpg", push_shield_status: 1, updated: T + 3 };
  const untouched = { sign_info: "", avatar: "", push_shield_status: 0, updated: T };
  deepEqual(await rows(engines), [{ id: 1, ...changed }, { id: 2, ...untouched }]);
});

suite.storageTest("MysqlProfiles reads what the original wrote", async ({ profiles }, engines) => {
  await engines.sql(`INSERT INTO IMUser (id, name, departId, push_shield_status, created, updated)
    VALUES (1, 'ann', 1, 1, 5, 5), (2, 'bob', 1, 0, 5, 5)`);
  deepEqual([await profiles.pushShield(1), await profiles.pushShield(2)], [1, 0]);
});

suite.storageTest("MysqlProfiles keeps any text, and refuses what the column does not hold", async (
  storage,
) => {
  await addUsers(storage, 1);
  const { profiles, users } = storage;
  for (const value of ["';--\"\\\\'\\", "\0\x1a\n", "😀".repeat(128), "签".repeat(128)]) {
    equal(await profiles.setSignInfo({ userId: 1, value, now: T }), true);
    equal((await users.byIds([1]))[0]?.sign_info, value);
  }
  const kept = (await users.byIds([1]))[0];
  await rejects(profiles.setSignInfo({ userId: 1, value: "s".repeat(129), now: T }), StorageError);
  await rejects(profiles.setAvatar({ userId: 1, value: "a".repeat(256), now: T }), StorageError);
  await rejects(profiles.setPushShield({ userId: 1, value: 256, now: T }), StorageError);
  deepEqual((await users.byIds([1]))[0], kept);
});

suite.storageTest("MysqlProfiles never moves `updated` back", async (storage, engines) => {
  await addUsers(storage, 1);
  const { profiles } = storage;
  equal(await profiles.setPushShield({ userId: 1, value: 1, now: T - 100 }), true);
  equal(await profiles.setSignInfo({ userId: 1, value: "busy", now: T - 100 }), true);
  const changed = { sign_info: "busy", avatar: "", push_shield_status: 1, updated: T };
  deepEqual(await rows(engines), [{ id: 1, ...changed }]);
});

suite.storageTest(
  "MysqlProfiles: a change that was overtaken is still seen by who saw the later one",
  async (
    storage,
    engines,
  ) => {
    await addUsers(storage, 2);
    const { profiles, users } = storage;
    await engines.withSql(async (other) => {
      await other.beginTransaction();
      await other.query("SELECT id FROM IMUser WHERE id = 1 FOR UPDATE");
      const change = profiles.setSignInfo({ userId: 1, value: "slow", now: T + 1 });
      await engines.untilBlocked();
      equal(await profiles.setSignInfo({ userId: 2, value: "quick", now: T + 60 }), true);
      await other.commit();
      equal(await change, true);
    });
    const clientTime = T + 60;
    equal(await users.lastUpdate() > clientTime, true);
    const seen = await users.changedSince(clientTime);
    deepEqual(seen.map(({ id, sign_info }) => [id, sign_info]), [[1, "slow"], [2, "quick"]]);
  },
);

suite.test("MysqlProfiles: many changes through two storages move the mark for each", async (engines) => {
  await using one = await openTestStorage({ engines, build: mysqlStorageOn });
  await using other = await openTestStorage({ engines, build: mysqlStorageOn });
  await addUsers(one.storage, 20);
  const before = await one.storage.users.lastUpdate();
  const changes = Array.from({ length: 20 }, (_, i) => {
    const { profiles } = (i % 2 === 0 ? one : other).storage;
    return profiles.setAvatar({ userId: i + 1, value: `${i}.jpg`, now: T });
  });
  deepEqual(new Set(await Promise.all(changes)), new Set([true]));
  equal(await other.storage.users.lastUpdate(), before + 20);
  equal((await other.storage.users.changedSince(T)).length, 20);
});

ownEnginesTest("MysqlProfiles changes nothing while Redis is away", async (engines) => {
  await using opened = await openMortalRedis(engines);
  const { profiles } = opened.storage;
  await addUsers(opened.storage, 1);
  const before = await rows(engines);
  await opened.lose();
  await rejects(profiles.setSignInfo({ userId: 1, value: "lost", now: T + 1 }), StorageError);
  await rejects(profiles.setAvatar({ userId: 1, value: "lost", now: T + 1 }), StorageError);
  deepEqual(await rows(engines), before);
  equal(await profiles.setPushShield({ userId: 1, value: 1, now: T + 1 }), true);
  await opened.bringBack();
  equal(await profiles.setSignInfo({ userId: 1, value: "back", now: T + 2 }), true);
});
