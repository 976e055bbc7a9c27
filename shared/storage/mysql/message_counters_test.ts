/** Unread counters in Redis (docs/spec/storage.md 5.1) when an answer of Redis is lost. */
import assert from "node:assert/strict";
import { ManualClock } from "../../clock.ts";
import { silentLogger } from "../../log/mod.ts";
import type { RedisPool } from "../redis/pool.ts";
import { MessageCounters } from "./message_counters.ts";
import { closeParts } from "./open_parts.ts";
import type { EngineParts } from "./parts.ts";
import { EngineSuite } from "./test_support/engine_suite.ts";
import { openTestStorage } from "./test_support/open_test_storage.ts";
import type { TestEngines } from "./test_support/test_engines.ts";
import { withScript } from "./test_support/with_script.ts";

const suite = new EngineSuite();
const MESSAGE = { isGroup: false, fromId: 1, toId: 2 };

/** Counters whose first script is run by Redis, but its answer does not arrive. */
async function open(engines: TestEngines) {
  const clock = new ManualClock();
  const opened = await openTestStorage({
    engines,
    build: (parts: EngineParts) => {
      const unread = losingFirstAnswer(parts.redis.unread);
      const redis = { ...parts.redis, unread };
      return {
        counters: new MessageCounters({ ...parts, redis, clock, log: silentLogger }),
        close: () => closeParts(parts),
      };
    },
  });
  return { opened, counters: opened.storage.counters, clock };
}

function losingFirstAnswer(pool: RedisPool): RedisPool {
  let isFirst = true;
  return withScript(pool, async (...args) => {
    const answer = await pool.script(...args);
    if (!isFirst) return answer;
    isFirst = false;
    throw new Error("the answer was lost");
  });
}

suite.test("MessageCounters adds a batch once, though its answer was lost", async (engines) => {
  const { opened, counters, clock } = await open(engines);
  await using _ = opened;
  await counters.add(counters.begin([MESSAGE, MESSAGE]));
  await counters.add(counters.begin([MESSAGE]));
  clock.advance(1000);
  await counters.close();
  await engines.withRedis("unread", async (redis) => {
    assert.deepEqual({ ...await redis.hgetall("unread_2") }, { "1": "3" });
  });
});

suite.test("MessageCounters: a key of another type spoils its own message alone", async (engines) => {
  await engines.withRedis("unread", (redis) => redis.set("unread_3", "text"));
  const { opened, counters, clock } = await open(engines);
  await using _ = opened;
  await counters.add(counters.begin([{ ...MESSAGE, toId: 3 }, MESSAGE]));
  clock.advance(1000);
  await counters.close();
  await engines.withRedis("unread", async (redis) => {
    assert.deepEqual({ ...await redis.hgetall("unread_2") }, { "1": "1" });
  });
});
