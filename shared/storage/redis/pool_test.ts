/** The pool on a Redis process of its own that is killed, paused and started again. */
import {
  deepStrictEqual as deepEqual,
  match,
  ok,
  rejects,
  strictEqual as equal,
} from "node:assert/strict";
import { ManualClock } from "../../clock.ts";
import { isSkipped, redisServer } from "../../test_support/engines.ts";
import { WatchedLog } from "../../test_support/watched_log.ts";
import { StorageError } from "../types.ts";
import { BatchError } from "../write_combiner.ts";
import { COMMAND_LIMIT_MS, RedisPool, RETRY_MS } from "./pool.ts";
import { TestRedis } from "./test_support/test_redis.ts";

const DB = 5;

interface Opened extends AsyncDisposable {
  readonly server: TestRedis;
  readonly pool: RedisPool;
  readonly clock: ManualClock;
  readonly log: WatchedLog;
}

function redisTest(name: string, run: (opened: Opened) => Promise<void>): void {
  Deno.test(name, async (t) => {
    if (await isSkipped(t, [redisServer])) return;
    await using server = await TestRedis.start();
    await using opened = await open(server);
    await run(opened);
  });
}

async function open(server: TestRedis): Promise<Opened> {
  const clock = new ManualClock();
  const log = new WatchedLog();
  const pool = await RedisPool.open(server.pool("unread", DB), {
    clock,
    log: log.logger,
    limitClock: clock,
  });
  return { server, pool, clock, log, [Symbol.asyncDispose]: () => pool.close() };
}

function get(pool: RedisPool, key: string): Promise<string | null> {
  return pool.use((redis) => redis.get(key));
}

redisTest(
  "RedisPool works in its database; pipelines and scripts answer in order (P-GRP10)",
  async (
    { server, pool },
  ) => {
    const text = "'\"\\\0😀\r\n";
    deepEqual(await pool.pipeline([["set", "a", text], ["incrby", "n", 41], ["incr", "n"]]), [
      "OK",
      41,
      42,
    ]);
    deepEqual(await pool.pipeline([]), []);
    const script = "return {KEYS[1], ARGV[1], redis.call('GET', KEYS[1])}";
    deepEqual(await pool.script(script, ["a"], [7]), ["a", "7", text]);
    await server.with(DB, async (redis) => equal(await redis.get("a"), text));
    await server.with(0, async (redis) => equal(await redis.dbsize(), 0));
  },
);

redisTest("RedisPool: what Redis refuses is an error, in a pipeline too", async ({ pool }) => {
  await pool.pipeline([["set", "text", "x"]]);
  await rejects(pool.use((redis) => redis.incr("text")), BatchError);
  await rejects(pool.pipeline([["set", "b", "1"], ["incr", "text"]]), BatchError);
  await rejects(pool.script("return nonsense()", [], []), BatchError);
  equal(await get(pool, "b"), "1");
});

redisTest(
  "RedisPool: a command fails at once while Redis is away, and works when it is back",
  async (
    { server, pool, clock, log },
  ) => {
    let times = 0;
    pool.onReconnected(() => times++);
    await server.kill();
    await log.logged("Redis pool lost", 1);
    const startMs = performance.now();
    for (let i = 0; i < 100; i++) await rejects(get(pool, "a"), BatchError);
    ok(performance.now() - startMs < RETRY_MS, "Nobody may wait for Redis");

    // A try while it is still away makes the next one, and no second warning.
    const stillAway = Promise.withResolvers<void>();
    pool.redis.once("end", () => stillAway.resolve());
    clock.advance(RETRY_MS);
    await stillAway.promise;
    equal(log.countOf("Redis pool lost"), 1);

    await server.restart();
    clock.advance(RETRY_MS);
    await log.logged("Redis pool is back", 1);
    equal(times, 1);
    equal(await get(pool, "a"), null);
    await pool.pipeline([["set", "a", "new"]]);
    await server.with(DB, async (redis) => equal(await redis.get("a"), "new"));

    await server.kill();
    await log.logged("Redis pool lost", 2);
  },
);

redisTest("RedisPool sends nothing twice: a command whose answer was lost has failed", async (
  { server, pool, clock, log },
) => {
  const taking = pool.use((redis) => redis.blpop("queue", 0));
  const connection = (await server.with(DB, (redis) => redis.client("LIST"))) as string;
  const id = /^id=(\d+) .*cmd=blpop/m.exec(connection)?.[1];
  await Promise.all([
    rejects(taking, BatchError),
    server.with(DB, (redis) => redis.client("KILL", "ID", Number(id))),
  ]);
  await log.logged("Redis pool lost", 1);
  clock.advance(RETRY_MS);
  await log.logged("Redis pool is back", 1);
  equal(await get(pool, "other"), null);
  await server.with(DB, async (redis) => {
    await redis.rpush("queue", "kept");
    equal(await redis.llen("queue"), 1);
  });
});

redisTest(
  "RedisPool: commands that are not answered in time have failed, and are done once",
  async (
    { server, pool, clock, log },
  ) => {
    {
      using _paused = server.pause();
      const first = pool.use((redis) => redis.incr("n"));
      clock.advance(COMMAND_LIMIT_MS - 1);
      const second = pool.use((redis) => redis.incr("n"));
      clock.advance(1);
      await rejects(first, BatchError);
      await rejects(second, BatchError);
      await log.logged("Redis pool lost", 1);
      ok(log.lines.some((line) => line.includes("no answer within 3000 ms")));
    }
    clock.advance(RETRY_MS);
    await log.logged("Redis pool is back", 1);
    equal(await get(pool, "n"), "2");
  },
);

redisTest("RedisPool tries again when Redis takes a connection and says nothing", async (
  { server, pool, clock, log },
) => {
  await server.kill();
  await log.logged("Redis pool lost", 1);
  await server.restart();
  const gaveUp = Promise.withResolvers<void>();
  {
    using _paused = server.pause();
    clock.advance(RETRY_MS);
    pool.redis.once("connect", () => clock.advance(COMMAND_LIMIT_MS));
    pool.redis.once("end", () => gaveUp.resolve());
    await gaveUp.promise;
  }
  clock.advance(RETRY_MS);
  await log.logged("Redis pool is back", 1);
  equal(await get(pool, "a"), null);
});

redisTest("RedisPool connects anew when the server takes no writes, as after a failover", async (
  { server, pool, clock, log },
) => {
  await server.with(DB, (redis) => redis.replicaof("127.0.0.1", 1));
  await rejects(pool.use((redis) => redis.set("a", "1")), BatchError);
  await log.logged("Redis pool lost", 1);
  await server.with(DB, (redis) => redis.replicaof("NO", "ONE"));
  clock.advance(RETRY_MS);
  await log.logged("Redis pool is back", 1);
  equal(await pool.use((redis) => redis.set("a", "1")), "OK");
});

redisTest("RedisPool.close() ends after what was sent, and once", async (
  { server, pool, clock },
) => {
  const sent = pool.pipeline(Array.from({ length: 1000 }, () => ["incr", "n"] as const));
  await Promise.all([pool.close(), pool.close()]);
  equal((await sent).at(-1), 1000);
  await rejects(get(pool, "n"), BatchError);
  equal(clock.pendingTimers, 0, "what comes too late has no time limit either");
  await server.with(DB, async (redis) => {
    const clients = await redis.client("LIST") as string;
    equal(clients.trim().split("\n").length, 1);
  });
});

redisTest("RedisPool.close() leaves no timer and no connection while Redis is away", async (
  { server, pool, clock, log },
) => {
  await server.kill();
  await log.logged("Redis pool lost", 1);
  await pool.close();
  equal(clock.pendingTimers, 0);
  await server.restart();
  clock.advance(10 * RETRY_MS);
  await server.with(0, async (redis) => {
    const clients = await redis.client("LIST") as string;
    equal(clients.trim().split("\n").length, 1);
  });
  equal(log.countOf("Redis pool is back"), 0);
});

redisTest("RedisPool.close() ends a connection that is just being made again", async (
  { server, pool, clock, log },
) => {
  await server.kill();
  await log.logged("Redis pool lost", 1);
  await server.restart();
  clock.advance(RETRY_MS);
  await pool.close();
  equal(clock.pendingTimers, 0);
  await rejects(get(pool, "a"), BatchError);
});

redisTest("RedisPool.close() gives up a Redis that does not answer", async (
  { server, pool, clock },
) => {
  using _paused = server.pause();
  let isClosed = false;
  const closed = pool.close().finally(() => isClosed = true);
  while (!isClosed) {
    await new Promise((resolve) => setImmediate(resolve));
    clock.advance(COMMAND_LIMIT_MS);
  }
  await closed;
  equal(clock.pendingTimers, 0);
  await rejects(get(pool, "a"), BatchError);
});

redisTest("RedisPool never works in another database than its own", async (
  { server, pool, clock, log },
) => {
  await rejects(
    RedisPool.open(server.pool("unread", 99), { clock, log: log.logger }),
    (error: Error) => {
      ok(error instanceof StorageError);
      match(error.message, /Cannot use Redis pool unread .*out of range/);
      return true;
    },
  );
  await server.kill();
  await log.logged("Redis pool lost", 1);
  await server.restart("--databases", String(DB));
  const ended = Promise.withResolvers<void>();
  pool.redis.once("end", () => ended.resolve());
  clock.advance(RETRY_MS);
  await ended.promise;
  await rejects(pool.pipeline([["set", "a", "1"]]), BatchError);
  await server.with(0, async (redis) => equal(await redis.dbsize(), 0));
  equal(log.countOf("Redis pool is back"), 0);
  equal(clock.pendingTimers, 2, "The next try, and the limit of commands");
});

redisTest("RedisPool.open() says which pool cannot be used and why", async (
  { server, clock, log },
) => {
  await server.kill();
  await rejects(
    RedisPool.open(server.pool("token", DB), { clock, log: log.logger }),
    (error: Error) => {
      ok(error instanceof StorageError);
      match(error.message, /Cannot use Redis pool token \(127\.0\.0\.1:\d+\): .*ECONNREFUSED/);
      return true;
    },
  );
  await server.restart();
  await server.with(DB, (redis) => redis.config("SET", "requirepass", "secret"));
  const wrong = { ...server.pool("token", DB), password: "wrong" };
  for (const config of [server.pool("token", DB), wrong]) {
    await rejects(RedisPool.open(config, { clock, log: log.logger }), /NOAUTH|WRONGPASS/);
  }
  const right = { ...server.pool("token", DB), password: "secret" };
  const pool = await RedisPool.open(right, { clock, log: log.logger });
  equal(await get(pool, "a"), null);
  await pool.close();
});
