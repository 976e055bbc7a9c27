import assert from "node:assert/strict";
import { isSkipped, redisServer } from "../../shared/test_support/engines.ts";
import { freePorts } from "./cluster/free_ports.ts";
import { redisProcess } from "./cluster/redis.ts";
import { type FaultPlace, inject } from "./faults.ts";
import type { Fault } from "./plan/fault.ts";

Deno.test("inject() has faults of one process wait for each other, as in seed 3010", async (t) => {
  if (await isSkipped(t, [redisServer])) return;
  const redisDir = await Deno.makeTempDir();
  try {
    const [port] = await freePorts(1);
    await using redis = redisProcess(redisDir, port!);
    await redis.start();
    const place: FaultPlace = {
      redisDir,
      process: () => redis,
      groupOf: () => [redis],
      portOf: () => port!,
      links: new Map(),
      disks: new Map(),
      clocks: new Map(),
    };
    const fault = (kind: Fault["kind"], amount: number): Fault => (
      { kind, target: "redis", atMs: 0, forMs: 50, amount }
    );
    const spans = await Promise.all([
      inject(place, fault("rollback", 100)),
      inject(place, fault("lose", 0)),
      inject(place, fault("kill", 0)),
      inject(place, fault("stop", 0)),
      inject(place, fault("flush", 0)),
      inject(place, fault("deny", 0)),
      inject(place, fault("sever", 0)),
    ]);
    for (const [at, { fromMs }] of spans.entries()) {
      assert.ok(fromMs >= (spans[at - 1]?.toMs ?? 0), `fault ${at} began too early`);
    }
    assert.deepEqual(redis.crashes, []);
  } finally {
    await Deno.remove(redisDir, { recursive: true });
  }
});
