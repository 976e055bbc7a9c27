/** Failed logins that several processes count together in Redis (docs/spec/pitfalls.md P-LOCK). */
import assert from "node:assert/strict";
import type { FailureKey } from "../login_failures.ts";
import type { Storage } from "../types.ts";
import { mysqlStorageOn } from "./storage.ts";
import { EngineSuite, ownEnginesTest } from "./test_support/engine_suite.ts";
import { openMortalRedis } from "./test_support/mortal_redis.ts";
import { openTestStorage } from "./test_support/open_test_storage.ts";
import type { TestEngines } from "./test_support/test_engines.ts";

const suite = new EngineSuite();
const NOW = 1_800_000_000;
const WINDOW = { now: NOW, windowSec: 60 };

function pair(key: string, changes: Partial<FailureKey> = {}): FailureKey {
  return { kind: "pair", key, limit: 2, maxKeys: 3, ...changes };
}

function failuresOf(storage: Storage) {
  return storage.loginFailures!;
}

function keysIn(engines: TestEngines): Promise<string[]> {
  return engines.withRedis("token", async (redis) => (await redis.keys("*")).sort());
}

suite.storageTest(
  "RedisLoginFailures.count(), one more than the limit, and then it is locked",
  async (storage) => {
    const failures = failuresOf(storage);
    for (let i = 0; i < 3; i++) assert.equal(await failures.count([pair("a")], WINDOW), "counted");
    assert.equal(await failures.count([pair("a")], WINDOW), "locked");
    assert.equal(await failures.count([pair("b")], WINDOW), "counted");
    // Names and addresses are other keys.
    assert.equal(await failures.count([pair("a", { kind: "name" })], WINDOW), "counted");
  },
);

suite.storageTest(
  "RedisLoginFailures.count(), nothing under any key when one of them is locked",
  async (storage) => {
    const failures = failuresOf(storage);
    const name = pair("n", { kind: "name", limit: 4 });
    for (let i = 0; i < 3; i++) await failures.count([pair("a"), name], WINDOW);
    for (let i = 0; i < 5; i++) {
      assert.equal(await failures.count([pair("a"), name], WINDOW), "locked");
    }
    assert.equal(await failures.count([pair("b"), name], WINDOW), "counted");
    assert.equal(await failures.count([pair("b"), name], WINDOW), "counted");
    assert.equal(await failures.count([pair("b"), name], WINDOW), "locked");
  },
);

suite.storageTest(
  "RedisLoginFailures.count(), a failure counts for the window, and aged ones make room one by one",
  async (storage) => {
    const failures = failuresOf(storage);
    const at = (now: number) => failures.count([pair("a")], { now, windowSec: 60 });
    for (const second of [0, 1, 2]) assert.equal(await at(NOW + second), "counted");
    assert.equal(await at(NOW + 60), "locked");
    assert.equal(await at(NOW + 61), "counted");
    assert.equal(await at(NOW + 61), "locked");
  },
);

suite.storageTest(
  "RedisLoginFailures, what is taken back does not count, what is forgotten is gone",
  async (storage, engines) => {
    const failures = failuresOf(storage);
    const name = pair("n", { kind: "name" });
    for (let i = 0; i < 3; i++) await failures.count([pair("a"), name], WINDOW);
    await failures.takeBack([name], { forgotten: [pair("a")] });
    assert.ok(!(await keysIn(engines)).includes("failed_login_pair_a"));
    assert.equal(await failures.count([pair("a"), name], WINDOW), "counted");
    assert.equal(await failures.count([name], WINDOW), "locked");
  },
);

suite.storageTest(
  "RedisLoginFailures, is bounded: per key, in keys of a kind, and in time",
  async (storage, engines) => {
    const failures = failuresOf(storage);
    for (let i = 0; i < 50; i++) {
      await failures.count([pair("a")], { now: NOW + 100 * i, windowSec: 60 });
    }
    for (const [i, key] of ["b", "c", "a", "d", "e"].entries()) {
      await failures.count([pair(key)], { now: NOW + 4900 + i, windowSec: 60 });
    }
    // a failed again after b and c.
    const lists = ["failed_login_pair_a", "failed_login_pair_d", "failed_login_pair_e"];
    assert.deepEqual(await keysIn(engines), [...lists, "failed_login_pairs"]);
    await engines.withRedis("token", async (redis) => {
      assert.equal(await redis.llen("failed_login_pair_a"), 3);
      for (const key of await redis.keys("*")) {
        const seconds = await redis.ttl(key);
        assert.ok(seconds > 50 && seconds <= 61, `${key} expires in ${seconds} s`);
      }
    });
  },
);

suite.test("RedisLoginFailures, two processes count together, each failure in one round trip", async (engines) => {
  await using one = await openTestStorage({ engines, build: mysqlStorageOn });
  await using other = await openTestStorage({ engines, build: mysqlStorageOn });
  const keys = [pair("a"), pair("n", { kind: "name" }), pair("x", { kind: "address" })];
  await failuresOf(one.storage).count(keys, WINDOW);
  await failuresOf(other.storage).count(keys, WINDOW);
  const calls = await engines.withRedis("token", async (redis) => {
    await redis.config("RESETSTAT");
    await failuresOf(one.storage).count(keys, WINDOW);
    return [...(await redis.info("commandstats")).matchAll(/cmdstat_eval\w*:calls=(\d+)/g)];
  });
  assert.deepEqual(calls.map(([, count]) => count), ["1"]);
  assert.equal(await failuresOf(other.storage).count(keys, WINDOW), "locked");
});

ownEnginesTest(
  "RedisLoginFailures, unavailable while Redis is away, and there again with it",
  async (engines) => {
    await using mortal = await openMortalRedis(engines);
    const failures = failuresOf(mortal.storage);
    await mortal.lose();
    assert.equal(await failures.count([pair("a")], WINDOW), "unavailable");
    await failures.takeBack([pair("a")], { forgotten: [] });
    await mortal.bringBack();
    assert.equal(await failures.count([pair("a")], WINDOW), "counted");
  },
);
