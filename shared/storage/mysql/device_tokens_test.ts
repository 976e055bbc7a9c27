/** Device tokens under the original's keys (docs/spec/storage.md 5.3). */
import { deepStrictEqual as deepEqual, rejects } from "node:assert/strict";
import { CLIENT_TYPE_ANDROID, CLIENT_TYPE_IOS, CLIENT_TYPE_MAC } from "../../../proto/ids.ts";
import { addUsers, T } from "../contract/fixtures.ts";
import { type Storage, StorageError, USER_STATUS_LEFT } from "../types.ts";
import { mysqlStorageOn } from "./storage.ts";
import { EngineSuite, ownEnginesTest } from "./test_support/engine_suite.ts";
import { openMortalRedis } from "./test_support/mortal_redis.ts";
import { openTestStorage } from "./test_support/open_test_storage.ts";
import type { TestEngines } from "./test_support/test_engines.ts";

const suite = new EngineSuite();
const IOS = CLIENT_TYPE_IOS;
const ANDROID = CLIENT_TYPE_ANDROID;

/** Everything in the pool, by key. */
function entries(engines: TestEngines): Promise<Record<string, string | null>> {
  return engines.withRedis("token", async (redis) => {
    const keys = (await redis.keys("*")).sort();
    const values = keys.length === 0 ? [] : await redis.mget(keys);
    return Object.fromEntries(keys.map((key, i) => [key, values[i]!]));
  });
}

/** As the original has left them. */
async function given(engines: TestEngines, values: Record<string, string>): Promise<void> {
  await engines.withRedis("token", (redis) => redis.mset(values));
}

async function tokensOf(storage: Storage, ...userIds: number[]) {
  const targets = await storage.deviceTokens.of(userIds);
  return targets.map(({ userId, clientType, token }) => [userId, clientType, token]);
}

suite.storageTest("MysqlDeviceTokens.put() writes the user's key and the token's", async (
  storage,
  engines,
) => {
  await addUsers(storage, 2);
  await storage.deviceTokens.put({ userId: 1, clientType: IOS, token: "aa11" });
  await storage.deviceTokens.put({ userId: 2, clientType: ANDROID, token: "x:y" });
  deepEqual(await entries(engines), {
    device_1: "ios:aa11",
    device_2: "android:x:y",
    device_aa11: "1",
    "device_x:y": "2",
  });
  deepEqual(await tokensOf(storage, 1, 2), [[1, IOS, "aa11"], [2, ANDROID, "x:y"]]);
});

suite.storageTest(
  "MysqlDeviceTokens.put() empties the key of the token before, and erase() both",
  async (
    storage,
    engines,
  ) => {
    await addUsers(storage, 1);
    const { deviceTokens } = storage;
    await deviceTokens.put({ userId: 1, clientType: IOS, token: "old" });
    await deviceTokens.put({ userId: 1, clientType: ANDROID, token: "new" });
    deepEqual(await entries(engines), { device_1: "android:new", device_old: "", device_new: "1" });
    await deviceTokens.put({ userId: 1, clientType: IOS, token: "new" });
    deepEqual(await entries(engines), { device_1: "ios:new", device_old: "", device_new: "1" });
    await deviceTokens.erase(1);
    deepEqual(await entries(engines), { device_1: "", device_old: "", device_new: "" });
  },
);

suite.storageTest("MysqlDeviceTokens.erase() makes no key for who had none", async (
  storage,
  engines,
) => {
  await addUsers(storage, 1);
  await storage.deviceTokens.erase(1);
  await storage.deviceTokens.erase(99);
  deepEqual(await entries(engines), {});
});

suite.storageTest(
  "MysqlDeviceTokens.put() empties the entry of the token's former user (P-PUSH9)",
  async (
    storage,
    engines,
  ) => {
    await addUsers(storage, 2);
    await given(engines, { device_1: "ios:phone", device_phone: "1" });
    await storage.deviceTokens.put({ userId: 2, clientType: IOS, token: "phone" });
    deepEqual(await entries(engines), { device_1: "", device_2: "ios:phone", device_phone: "2" });
  },
);

suite.storageTest(
  "MysqlDeviceTokens.put() leaves users alone who have another token by now",
  async (
    storage,
    engines,
  ) => {
    await addUsers(storage, 3);
    // The original moved "phone" to user 2 and left it with user 1 too.
    await given(engines, { device_1: "ios:phone", device_2: "ios:phone", device_phone: "2" });
    await storage.deviceTokens.put({ userId: 1, clientType: IOS, token: "mine" });
    deepEqual(await entries(engines), {
      device_1: "ios:mine",
      device_2: "ios:phone",
      device_mine: "1",
      device_phone: "2",
    });
    await given(engines, { device_2: "ios:other", device_other: "2" });
    await storage.deviceTokens.put({ userId: 3, clientType: ANDROID, token: "phone" });
    deepEqual(await tokensOf(storage, 1, 2, 3), [[1, IOS, "mine"], [2, IOS, "other"], [
      3,
      ANDROID,
      "phone",
    ]]);
  },
);

suite.storageTest("MysqlDeviceTokens gives tokens of digits no key of their own (P-PUSH5)", async (
  storage,
  engines,
) => {
  await addUsers(storage, 3);
  const { deviceTokens } = storage;
  await deviceTokens.put({ userId: 1, clientType: IOS, token: "2" });
  await deviceTokens.put({ userId: 2, clientType: IOS, token: "3" });
  deepEqual(await entries(engines), { device_1: "ios:2", device_2: "ios:3" });
  await deviceTokens.put({ userId: 1, clientType: IOS, token: "abc" });
  await deviceTokens.erase(1);
  deepEqual(await entries(engines), { device_1: "", device_2: "ios:3", device_abc: "" });
});

suite.storageTest(
  "MysqlDeviceTokens.of() takes what the original wrote, and no more than can be pushed to",
  async (
    storage,
    engines,
  ) => {
    await addUsers(storage, 10);
    await given(engines, {
      device_1: "ios:a",
      device_2: "android:b:c",
      device_3: "bare",
      device_4: "",
      device_5: "7",
      device_6: "ios:",
      device_7: "windows:x",
      device_8: "ios:签😀\\'\"",
      device_: "8",
      device_99: "ios:gone",
    });
    await engines.withRedis("token", (redis) => redis.hset("device_9", "not", "a text"));
    deepEqual(await tokensOf(storage, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 99), [
      [1, IOS, "a"],
      [2, ANDROID, "b:c"],
      [8, IOS, "签😀\\'\""],
    ]);
  },
);

suite.storageTest("MysqlDeviceTokens.put() takes over bare tokens and overwritten entries", async (
  storage,
  engines,
) => {
  await addUsers(storage, 3);
  // User 1 was on a Mac; user 3's token "2" had taken the place of user 2's entry.
  await given(engines, { device_1: "bare", device_bare: "1", device_2: "3", device_3: "ios:2" });
  const { deviceTokens } = storage;
  await deviceTokens.put({ userId: 1, clientType: IOS, token: "a" });
  await deviceTokens.put({ userId: 2, clientType: IOS, token: "b" });
  deepEqual(await entries(engines), {
    device_1: "ios:a",
    device_2: "ios:b",
    device_3: "ios:2",
    device_a: "1",
    device_b: "2",
    device_bare: "",
  });
});

suite.storageTest(
  "MysqlDeviceTokens.put() stores a token of another kind bare, as the original",
  async (
    storage,
    engines,
  ) => {
    await addUsers(storage, 1);
    await storage.deviceTokens.put({ userId: 1, clientType: CLIENT_TYPE_MAC, token: "mac" });
    deepEqual(await entries(engines), { device_1: "mac", device_mac: "1" });
    deepEqual(await tokensOf(storage, 1), []);
  },
);

suite.storageTest(
  "MysqlDeviceTokens.of() tells push_shield_status from MySQL, of who left too",
  async (
    storage,
    engines,
  ) => {
    await addUsers(storage, 3);
    await engines.sql(`UPDATE IMUser SET push_shield_status = 1, status = ${USER_STATUS_LEFT}
    WHERE id = 2`);
    await given(engines, { device_1: "ios:a", device_2: "ios:b" });
    const targets = await storage.deviceTokens.of([1, 2, 3]);
    deepEqual(targets.map(({ userId, push_shield_status }) => [userId, push_shield_status]), [
      [1, 0],
      [2, 1],
    ]);
  },
);

suite.test("MysqlDeviceTokens: a token that many take at once belongs to one of them", async (engines) => {
  await using one = await openTestStorage({ engines, build: mysqlStorageOn });
  await using other = await openTestStorage({ engines, build: mysqlStorageOn });
  await addUsers(one.storage, 30);
  const everybody = Array.from({ length: 30 }, (_, i) => i + 1);
  await Promise.all(everybody.map((userId) => {
    const { deviceTokens } = (userId % 2 === 0 ? one : other).storage;
    return deviceTokens.put({ userId, clientType: IOS, token: "shared" });
  }));
  const owners = await tokensOf(one.storage, ...everybody);
  deepEqual(owners.length, 1);
  deepEqual((await entries(engines))["device_shared"], String(owners[0]![0]));
});

ownEnginesTest(
  "MysqlDeviceTokens fails while Redis is away, and has nothing after it was emptied",
  async (
    engines,
  ) => {
    await using opened = await openMortalRedis(engines);
    const { deviceTokens } = opened.storage;
    await addUsers(opened.storage, 1);
    await deviceTokens.put({ userId: 1, clientType: IOS, token: "a" });
    await opened.lose();
    await rejects(deviceTokens.of([1]), StorageError);
    await rejects(deviceTokens.put({ userId: 1, clientType: IOS, token: "b" }), StorageError);
    await rejects(deviceTokens.erase(1), StorageError);
    await opened.bringBack();
    deepEqual(await tokensOf(opened.storage, 1), []);
    await deviceTokens.put({ userId: 1, clientType: IOS, token: "c" });
    deepEqual(await tokensOf(opened.storage, 1), [[1, IOS, "c"]]);
    await opened.storage.profiles.setPushShield({ userId: 1, value: 1, now: T });
  },
);
