/** What happens to a cluster while the crowd talks, and what of it is measured. */
import { systemClock } from "../../shared/clock.ts";
import { TcpNetwork } from "../../shared/netlib/mod.ts";
import type { Cluster } from "./cluster/cluster.ts";
import type { Crowd } from "./crowd/crowd.ts";
import { findMsgServer } from "./crowd/lookup.ts";
import { inject, type Injected, pause } from "./faults.ts";
import type { Fault, Plan } from "./plan/fault.ts";

export interface Stage {
  readonly cluster: Cluster;
  readonly crowd: Crowd;
  readonly plan: Plan;
  /** Length of the load. */
  readonly seconds: number;
  /** When it began. */
  readonly zeroMs: number;
}

/** Something with a promised limit. */
export interface Measure {
  readonly what: string;
  readonly value: number;
  readonly limit: number;
  readonly unit: "ms" | "reconnects";
}

export interface ScriptResult {
  readonly injected: readonly Injected[];
  readonly measures: readonly Measure[];
}

export type Script = (stage: Stage) => Promise<ScriptResult>;

/** The faults of the plan, each at its time. */
export const plannedFaults: Script = async ({ cluster, plan, seconds, zeroMs }) => {
  const injected = await Promise.all(plan.faults.map((fault) => injectInTime(cluster, fault)));
  await pause(Math.max(0, zeroMs + seconds * 1000 - performance.now()));
  return { injected, measures: [] };
};

async function injectInTime(cluster: Cluster, fault: Fault): Promise<Injected> {
  await pause(fault.atMs);
  return await inject(cluster, fault);
}

const REGISTERED_LIMIT_MS = 15_000;

/**
 * Waits until login_server knows these msg_servers, so that a crowd is spread over them.
 * @throws {Error} when that does not come to pass
 */
export async function allRegistered(cluster: Cluster, names: readonly string[]): Promise<void> {
  const network = new TcpNetwork(systemClock);
  const missing = new Set(names);
  const deadlineMs = performance.now() + REGISTERED_LIMIT_MS;
  while (missing.size > 0) {
    if (performance.now() > deadlineMs) throw new Error(`${[...missing]} did not register`);
    const { name } = await findMsgServer(cluster, network);
    missing.delete(name);
  }
}
