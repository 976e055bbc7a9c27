/** Storing messages while others do it too, and while an engine is away. */
import assert from "node:assert/strict";
import { type Clock, ManualClock, systemClock } from "../../clock.ts";
import { silentLogger } from "../../log/mod.ts";
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
import { MessageCounters, WRITER_KEY_PREFIX } from "./message_counters.ts";
import { closeParts } from "./open_parts.ts";
import type { EngineParts } from "./parts.ts";
import { mysqlStorageOn } from "./storage.ts";
import { EngineSuite, ownEnginesTest } from "./test_support/engine_suite.ts";
import { openTestStorage } from "./test_support/open_test_storage.ts";
import type { TestEngines } from "./test_support/test_engines.ts";
import { withScript } from "./test_support/with_script.ts";

const suite = new EngineSuite();

function open(engines: TestEngines, clock: Clock = new ManualClock()) {
  return openTestStorage({ engines, clock, build: mysqlStorageOn });
}

suite.test("first messages of a pair on two db_proxy_servers make one relation (P-MSG6)", async (engines) => {
  await using first = await open(engines);
  await using second = await open(engines);
  await addUsers(first.storage, 41);
  const peers = Array.from({ length: 40 }, (_, i) => i + 2);
  const ids = await Promise.all(peers.map((peer) =>
    Promise.all([
      say(first.storage, { from: 1, to: peer }),
      say(second.storage, { from: peer, to: 1 }),
      say(first.storage, { from: 1, to: peer }),
    ])
  ));
  for (const some of ids) assert.deepEqual(some.toSorted(), [1, 2, 3]);
  const [relations] = await engines.sql<{ count: number }>(
    "SELECT COUNT(*) AS count FROM IMRelationShip",
  );
  const [sessions] = await engines.sql<{ count: number }>(
    "SELECT COUNT(*) AS count FROM IMRecentSession",
  );
  assert.deepEqual([relations!.count, sessions!.count], [40, 80]);
  for (const { storage } of [first, second]) {
    assert.equal((await recentOf(storage, 1)).length, 40);
    assert.deepEqual(await historyIds(storage, withPeer(41, 1)), [3, 2, 1]);
  }
});

suite.test("a counter that fell behind the table is found out by the unique key", async (engines) => {
  await engines.migrate();
  await using opened = await open(engines);
  await addUsers(opened.storage, 3);
  assert.equal(await say(opened.storage, { from: 1, to: 2 }), 1);
  await engines.sql(`
    INSERT INTO IMMessage_1 (relateId, fromId, toId, msgId, content, type, status, updated, created)
    VALUES (1, 1, 2, 2, 'of another server', 1, 0, 1, 1)`);
  const both = [say(opened.storage, { from: 2, to: 1 }), say(opened.storage, { from: 3, to: 1 })];
  // The batch was stored with the second ids that it took; the first ones are gaps.
  assert.deepEqual(await Promise.all(both), [3, 2]);
  assert.deepEqual(await historyIds(opened.storage, withPeer(1, 2)), [3, 2, 1]);
});

suite.test("a message is told of once it is counted; the next one is stored meanwhile", async (engines) => {
  const counting = Promise.withResolvers<void>();
  const mayAnswer = Promise.withResolvers<void>();
  await using opened = await openTestStorage({
    engines,
    build: (parts: EngineParts, config) => {
      const unread = withScript(parts.redis.unread, async (source, keys, args) => {
        if (keys[0]!.startsWith(WRITER_KEY_PREFIX)) {
          counting.resolve();
          await mayAnswer.promise;
        }
        return await parts.redis.unread.script(source, keys, args);
      });
      return mysqlStorageOn({ ...parts, redis: { ...parts.redis, unread } }, config);
    },
  });
  const { storage } = opened;
  await addUsers(storage, 2);
  let told = 0;
  const send = async () => {
    await say(storage, { from: 1, to: 2 });
    told++;
  };
  const first = send();
  await counting.promise;
  const second = send();
  await eventually(async () => {
    assert.deepEqual(await historyIds(storage, withPeer(1, 2)), [2, 1]);
  });
  assert.equal(told, 0);
  mayAnswer.resolve();
  await Promise.all([first, second]);
  assert.deepEqual(await unreadOf(storage, 2), [[1, 1, 2]]);
});

ownEnginesTest(
  "while Redis is away nothing is stored, then ids go on where they were (P-MSG2)",
  async (engines) => {
    await using opened = await open(engines, systemClock);
    const { storage } = opened;
    await addUsers(storage, 2);
    const group = await addGroup(storage, [1, 2]);
    assert.equal(await say(storage, { from: 1, to: 2 }), 1);
    assert.equal(await sayInGroup(storage, { from: 1, group }), 1);
    await engines.killRedis();
    await assert.rejects(say(storage, { from: 1, to: 2 }), StorageError);
    await assert.rejects(sayInGroup(storage, { from: 1, group }), StorageError);
    await engines.restartRedis();
    await eventually(() => say(storage, { from: 1, to: 2 }));
    await eventually(() => sayInGroup(storage, { from: 1, group }));
    // It came back empty: ids are above the table's, members are MySQL's, unread counts begin anew.
    assert.deepEqual(await historyIds(storage, withPeer(1, 2)), [2, 1]);
    assert.deepEqual(await historyIds(storage, inGroup(2, group)), [2, 1]);
    assert.deepEqual(await unreadOf(storage, 2), [[1, 1, 1], [2, group, 1]]);
  },
);

ownEnginesTest(
  "MessageCounters, what cannot be counted now is counted when Redis is back",
  async (engines) => {
    const clock = new ManualClock();
    const opened = await openTestStorage({
      engines,
      clock: systemClock,
      build: (parts: EngineParts) => ({
        ready: () => new Promise<void>((resolve) => parts.redis.unread.onReconnected(resolve)),
        counters: new MessageCounters({ ...parts, clock, log: silentLogger }),
        close: () => closeParts(parts),
      }),
    });
    const { counters, ready } = opened.storage;
    const message = { isGroup: false, fromId: 1, toId: 2 };
    await counters.add(counters.begin([message]));
    await engines.killRedis();
    await counters.add(counters.begin([message, message, { isGroup: true, fromId: 1, toId: 7 }]));
    const back = ready();
    await engines.restartRedis();
    await back;
    await counters.add(counters.begin([message]));
    clock.advance(1000);
    await counters.close();
    // Redis came back without the first one.
    await engines.withRedis("unread", async (redis) => {
      assert.deepEqual({ ...await redis.hgetall("unread_2") }, { "1": "3" });
      assert.equal(await redis.hget("7_im_group_msg", "count"), "1");
      assert.equal(await redis.hget("1_7_im_user_group", "count"), "1");
    });
    await opened[Symbol.asyncDispose]();
    assert.equal(clock.pendingTimers, 0);
  },
);

/** Tries again until it works; the engine's own retry decides when, a deadline only when it fails. */
async function eventually<T>(work: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + 10_000;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
  }
}
