/** One run: a fresh cluster, a crowd that talks, faults from the seed, and what became of it all. */
import { Cluster } from "./cluster/cluster.ts";
import { groups, USER_COUNT } from "./crowd/cast.ts";
import { Crowd } from "./crowd/crowd.ts";
import { demoData } from "../support/demo_data.ts";
import { pause, reviveCrashed } from "./faults.ts";
import type { Plan } from "./plan/fault.ts";
import { MSG_SERVERS, type Topology } from "./plan/topology.ts";
import { allRegistered, plannedFaults, type Script, type ScriptResult } from "./script.ts";
import { settle } from "./settle.ts";
import { countUndelivered, type Span } from "./verify/check_live.ts";
import { risksOf, type Verdict, verify } from "./verify/verify.ts";

export interface RunOptions {
  readonly topology: Topology;
  readonly plan: Plan;
  /** Length of the load. */
  readonly seconds: number;
  /** Of this run; exists and is empty. */
  readonly dir: string;
  /** Needed with MySQL. */
  readonly mariadbTemplate: string | null;
  /** Default: the faults of the plan. */
  readonly script?: Script;
}

export interface RunResult extends Verdict, ScriptResult {
  readonly topology: Topology;
  readonly plan: Plan;
  /** From the end of the last fault until everything worked for everybody; `null`: it did not. */
  readonly recoveredMs: number | null;
  /** What the plan asks for and this machine cannot do. */
  readonly missing: readonly string[];
  readonly tookMs: number;
  /** `performance.now()` when the load began. */
  readonly zeroMs: number;
}

/** How long acks are waited for when nobody writes any more. */
const ACKS_LIMIT_MS = 5000;
/** How long what an outage has held up may take when everything works again. */
const DELIVERIES_LIMIT_MS = 5000;
const WATCH_MS = 300;

/** @throws {Error} when the cluster does not even start */
export async function run(options: RunOptions): Promise<RunResult> {
  const { topology, plan, seconds, script = plannedFaults } = options;
  const beganMs = performance.now();
  await using cluster = await Cluster.start(options, demoData(USER_COUNT, groups()));
  await allRegistered(cluster, topology.layout === "suite" ? ["suite"] : MSG_SERVERS);
  await using crowd = new Crowd(cluster, plan.seed);
  const first = await settle(crowd);
  if (first.afterMs === null) throw new Error(`The cluster does not work: ${first.obstacle}`);

  const zeroMs = performance.now();
  const talk = crowd.talk();
  const watch = watchOver(cluster);
  const { injected, measures } = await script({ cluster, crowd, plan, seconds, zeroMs });
  const settled = await settle(crowd);
  const settledMs = settled.afterMs === null ? null : performance.now();
  await pause(WATCH_MS);
  crowd.quiet();
  await talk;
  await acksOf(crowd);
  await settle(crowd);
  await deliveriesOf(crowd, risksOf({ injected, settledMs }));
  await watch.stop();
  await crowd[Symbol.asyncDispose]();

  const verdict = await verify({
    cluster,
    journal: crowd.journal,
    topology,
    injected,
    measures,
    settledMs,
    obstacle: settled.obstacle,
  });
  return {
    ...verdict,
    topology,
    plan,
    injected,
    measures,
    recoveredMs: settled.afterMs,
    missing: [...cluster.missing],
    tookMs: performance.now() - beganMs,
    zeroMs,
  };
}

/** Servers that end by themselves are started again, as an operator would have it. */
function watchOver(cluster: Cluster): { stop(): Promise<void> } {
  let isWatching = true;
  const watching = (async () => {
    while (isWatching) {
      await reviveCrashed(cluster);
      await pause(WATCH_MS);
    }
  })();
  watching.catch(() => {/* Told by stop(). */});
  return {
    async stop() {
      isWatching = false;
      await watching;
    },
  };
}

/** What is due to be seen comes, though an outage may have held it up. */
async function deliveriesOf({ journal }: Crowd, risks: readonly Span[]): Promise<void> {
  const deadlineMs = performance.now() + DELIVERIES_LIMIT_MS;
  while (countUndelivered(journal, risks) > 0 && performance.now() < deadlineMs) await pause(100);
}

async function acksOf({ terminals }: Crowd): Promise<void> {
  const deadlineMs = performance.now() + ACKS_LIMIT_MS;
  while (terminals.some(({ unanswered }) => unanswered > 0) && performance.now() < deadlineMs) {
    await pause(20);
  }
}
