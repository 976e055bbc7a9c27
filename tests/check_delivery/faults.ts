/** Injects the faults of a plan into a cluster. Afterwards everything is as it was before. */
import { loseRedisData, snapshotRedis } from "./cluster/redis.ts";
import type { Cluster } from "./cluster/cluster.ts";
import type { ManagedProcess } from "./cluster/managed_process.ts";
import { describeFault, type Fault } from "./plan/fault.ts";

/** What was done, and when, in milliseconds of `performance.now()`. */
export interface Injected {
  readonly fault: Fault;
  readonly fromMs: number;
  /** When the cause was gone: a killed server was ready again. */
  readonly toMs: number;
}

/** Runs the fault from its begin to its end, at once. */
export async function inject(cluster: Cluster, fault: Fault): Promise<Injected> {
  const fromMs = performance.now();
  await INJECTORS[fault.kind](cluster, fault);
  return { fault, fromMs, toMs: performance.now() };
}

type Injector = (cluster: Cluster, fault: Fault) => Promise<void>;

const INJECTORS: Readonly<Record<Fault["kind"], Injector>> = {
  async kill(cluster, { target, forMs }) {
    const process = cluster.process(target);
    await process.kill();
    await pause(forMs);
    await startAgain(process);
  },
  async term(cluster, fault) {
    const process = cluster.process(fault.target);
    if (!await process.terminate()) process.crashes.push(`${describeFault(fault)}: did not end`);
    await pause(fault.forMs);
    await startAgain(process);
  },
  async stop(cluster, { target, forMs }) {
    const process = cluster.process(target);
    process.pause();
    await pause(forMs);
    process.resume();
  },
  async lose(cluster, { forMs }) {
    const redis = cluster.process("redis");
    await redis.kill();
    await loseRedisData(cluster.redisDir);
    await pause(forMs);
    await startAgain(redis);
  },
  async rollback(cluster, { forMs, amount }) {
    const putBack = await snapshotRedis(cluster.redisDir);
    await pause(amount);
    const redis = cluster.process("redis");
    await redis.kill();
    await putBack();
    await pause(forMs);
    await startAgain(redis);
  },
  async cut(cluster, { target, forMs }) {
    const link = cluster.links.get(target)!;
    await link.refuse("cut", true);
    link.breakAll();
    await pause(forMs);
    await link.refuse("cut", false);
  },
  async stall(cluster, { target, forMs }) {
    const link = cluster.links.get(target)!;
    link.stall(true);
    await pause(forMs);
    link.stall(false);
  },
  async delay(cluster, { target, forMs, amount }) {
    const link = cluster.links.get(target)!;
    link.delay(amount);
    await pause(forMs);
    link.delay(0);
  },
  async disk(cluster, { target, forMs }) {
    const disk = cluster.disks.get(target);
    if (disk === undefined) return;
    await disk.fill();
    await pause(forMs);
    await disk.empty();
  },
  async clock(cluster, { target, forMs, amount }) {
    const clock = cluster.clocks.get(target);
    if (clock === undefined) return;
    await clock.set(amount);
    await pause(forMs);
    await clock.set(0);
  },
};

/** How often a start is tried that another fault may stand in the way of, such as a full disk. */
const START_TRIES = 20;
const START_AGAIN_MS = 500;

async function startAgain(process: ManagedProcess): Promise<void> {
  for (let tries = 1;; tries++) {
    try {
      return await process.start();
    } catch (error) {
      if (tries === START_TRIES) throw error;
      await pause(START_AGAIN_MS);
    }
  }
}

/** Starts again what has ended by itself, as whoever watches over servers does. */
export async function reviveCrashed(cluster: Cluster): Promise<void> {
  for (const process of cluster.processes.values()) {
    if (process.hasCrashed) await startAgain(process);
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
