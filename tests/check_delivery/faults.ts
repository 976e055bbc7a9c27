/** Injects the faults of a plan into a cluster. Afterwards everything is as it was before. */
import { lockMariadb, severMariadb } from "./cluster/mariadb.ts";
import { limitFiles } from "./cluster/open_files.ts";
import { commandRedis, loseRedisData, snapshotRedis } from "./cluster/redis.ts";
import type { Cluster } from "./cluster/cluster.ts";
import type { ManagedProcess } from "./cluster/managed_process.ts";
import { describeFault, type Fault, type FaultKind } from "./plan/fault.ts";

/** What was done, and when, in milliseconds of `performance.now()`. */
export interface Injected {
  readonly fault: Fault;
  readonly fromMs: number;
  /** When the cause was gone: a killed server was ready again. */
  readonly toMs: number;
}

/** What faults need of a cluster. */
export type FaultPlace = Pick<
  Cluster,
  "process" | "groupOf" | "portOf" | "links" | "disks" | "clocks" | "redisDir"
>;

/** Their target is a process that they end or halt: they wait for each other. */
const TAKES_PROCESS: ReadonlySet<FaultKind> = new Set([
  ...["kill", "term", "stop", "hang", "lose", "rollback"] as const,
  // These need an engine that is there.
  ...["flush", "deny", "sever", "lock"] as const,
]);

/**
 * Runs the fault from its begin to its end: at once, or when the one before it at the same process
 * is over, as a process that is being started cannot be killed and started by somebody else.
 */
export function inject(cluster: FaultPlace, fault: Fault): Promise<Injected> {
  const run = async (): Promise<Injected> => {
    const fromMs = performance.now();
    await INJECTORS[fault.kind](cluster, fault);
    return { fault, fromMs, toMs: performance.now() };
  };
  return TAKES_PROCESS.has(fault.kind) ? cluster.process(fault.target).inTurn(run) : run();
}

type Injector = (cluster: FaultPlace, fault: Fault) => Promise<void>;

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
  stop: halt,
  hang: halt,
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
  async outage(cluster, { target, forMs }) {
    await Promise.all(
      cluster.groupOf(target).map((process) =>
        process.inTurn(async () => {
          await process.kill();
          await pause(forMs);
          await startAgain(process);
        })
      ),
    );
  },
  async vanish(cluster, { target, forMs }) {
    const link = cluster.links.get(target)!;
    link.swallow(true);
    link.loseAll();
    await pause(forMs);
    link.swallow(false);
  },
  async oneway(cluster, { target, forMs, amount }) {
    const link = cluster.links.get(target)!;
    const direction = amount === 1 ? "there" : "back";
    link.stall(true, [direction]);
    await pause(forMs);
    link.breakAll();
    link.stall(false, [direction]);
  },
  async throttle(cluster, { target, forMs, amount }) {
    const link = cluster.links.get(target)!;
    link.throttle(amount * 1024);
    await pause(forMs);
    link.throttle(Infinity);
  },
  async flush(cluster, { target }) {
    await commandRedis(cluster.portOf(target), ["FLUSHALL"]);
  },
  async deny(cluster, { target, forMs }) {
    const port = cluster.portOf(target);
    await commandRedis(port, ["CONFIG", "SET", "min-replicas-to-write", "1"]);
    await pause(forMs);
    await commandRedis(port, ["CONFIG", "SET", "min-replicas-to-write", "0"]);
  },
  async sever(cluster, { target, forMs }) {
    const port = cluster.portOf(target);
    const untilMs = performance.now() + forMs;
    do {
      if (target === "mariadb") await severMariadb(port);
      else await commandRedis(port, ["CLIENT", "KILL", "TYPE", "normal"]);
      await pause(SEVER_AGAIN_MS);
    } while (performance.now() < untilMs);
  },
  async lock(cluster, { target, forMs }) {
    const unlock = await lockMariadb(cluster.portOf(target));
    await pause(forMs);
    await unlock();
  },
  async files(cluster, { target, forMs }) {
    const restore = await limitFiles(cluster.process(target).pid);
    await pause(forMs);
    await restore();
  },
};

const SEVER_AGAIN_MS = 50;

async function halt(cluster: FaultPlace, { target, forMs }: Fault): Promise<void> {
  const process = cluster.process(target);
  process.pause();
  await pause(forMs);
  process.resume();
}

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
    if (!process.hasCrashed) continue;
    await process.inTurn(async () => {
      if (process.hasCrashed) await startAgain(process);
    });
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
