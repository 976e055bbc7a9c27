/** Many runs, one after the other or some at a time, in folders of their own. */
import { join } from "node:path";
import { makeMariadbTemplate } from "./cluster/mariadb.ts";
import type { Options } from "./options.ts";
import { makePlan } from "./plan/make_plan.ts";
import { topologyOf } from "./plan/topology.ts";
import { recovery } from "./recovery.ts";
import { run, type RunResult } from "./run.ts";
import { plannedFaults } from "./script.ts";

export interface FailedRun {
  readonly seed: number;
  /** Why it could not be made: the fault of the tool or of the machine, not of the servers. */
  readonly error: string;
}

export interface Campaign {
  readonly results: readonly RunResult[];
  readonly failures: readonly FailedRun[];
  readonly tookMs: number;
}

/** @param onResult is told of each run when it has ended, and of all until then */
export async function campaign(
  options: Options,
  onResult: (result: RunResult | FailedRun, soFar: Campaign) => Promise<void> = () =>
    Promise.resolve(),
): Promise<Campaign> {
  const beganMs = performance.now();
  const dir = await Deno.makeTempDir({ prefix: "teamtalk_check_" });
  const results: RunResult[] = [];
  const failures: FailedRun[] = [];
  try {
    const mariadbTemplate = options.engine === "mysql" ? join(dir, "template") : null;
    if (mariadbTemplate !== null) {
      await Deno.mkdir(mariadbTemplate);
      await makeMariadbTemplate(mariadbTemplate);
    }
    let next = 0;
    const lane = async (): Promise<void> => {
      while (next < options.runs && performance.now() - beganMs < options.maxSeconds * 1000) {
        const seed = options.seed + next++;
        const result = await oneRun(options, { seed, dir, mariadbTemplate });
        if ("error" in result) failures.push(result);
        else results.push(result);
        await onResult(result, { results, failures, tookMs: performance.now() - beganMs });
      }
    };
    await Promise.all(Array.from({ length: options.parallel }, lane));
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
  return { results, failures, tookMs: performance.now() - beganMs };
}

interface OneRun {
  readonly seed: number;
  readonly dir: string;
  readonly mariadbTemplate: string | null;
}

async function oneRun(
  options: Options,
  { seed, dir, mariadbTemplate }: OneRun,
): Promise<RunResult | FailedRun> {
  const runDir = join(dir, `run${seed}`);
  await Deno.mkdir(runDir);
  try {
    const topology = topologyOf(options.layout, options.engine);
    const { seconds, faults: allowed } = options;
    const isRecovery = options.scenario === "recovery";
    const plan = isRecovery
      ? { seed, faults: [], dbGroups: "split" } as const
      : makePlan(topology, { seed, allowed, seconds });
    const script = isRecovery ? recovery : plannedFaults;
    return await run({ topology, plan, seconds, dir: runDir, mariadbTemplate, script });
  } catch (error) {
    return { seed, error: error instanceof Error ? error.stack ?? error.message : String(error) };
  } finally {
    await Deno.remove(runDir, { recursive: true });
  }
}
