/** Faults from a seed: the same seed, topology and options give the same plan. */
import { type Random, randomInt, seededRandom } from "../../../shared/random.ts";
import type { Fault, FaultKind, Plan } from "./fault.ts";
import { roleOf, type Topology } from "./topology.ts";

export interface PlanOptions {
  readonly seed: number;
  /** `kill`, or for some targets only `kill:db`; none: everything. */
  readonly allowed: readonly string[];
  /** Length of the load, in seconds. */
  readonly seconds: number;
}

interface Span {
  readonly from: number;
  readonly to: number;
}

const MAX_FAULTS = 4;
/** The load runs for so long before the first fault and after the last has begun. */
const LEAD_MS = 500;
const TAIL_MS = 1500;

const LASTS_MS: Readonly<Record<FaultKind, Span>> = {
  kill: { from: 50, to: 2500 },
  term: { from: 0, to: 1500 },
  stop: { from: 200, to: 6000 },
  lose: { from: 50, to: 1500 },
  rollback: { from: 50, to: 1500 },
  cut: { from: 0, to: 2500 },
  stall: { from: 300, to: 6000 },
  delay: { from: 500, to: 4000 },
  disk: { from: 500, to: 3000 },
  clock: { from: 500, to: 4000 },
  outage: { from: 50, to: 2500 },
  vanish: { from: 0, to: 4000 },
  oneway: { from: 100, to: 4000 },
  throttle: { from: 500, to: 4000 },
  flush: { from: 0, to: 0 },
  deny: { from: 200, to: 3000 },
  sever: { from: 0, to: 1500 },
  lock: { from: 200, to: 4000 },
  files: { from: 500, to: 4000 },
  hang: { from: 35_000, to: 60_000 },
};
const DELAYS_MS: Span = { from: 20, to: 400 };
const ROLLED_BACK_MS: Span = { from: 100, to: 1500 };
const THROTTLED_TO_KIB: Span = { from: 4, to: 64 };
const CLOCK_STEPS_SEC: readonly number[] = [-3600, -30, -1, 1, 30, 3600];

interface Choice {
  readonly kind: FaultKind;
  readonly target: string;
}

export function makePlan(topology: Topology, { seed, allowed, seconds }: PlanOptions): Plan {
  const random = seededRandom(seed);
  const choices = choicesOf(topology).filter((choice) => isAllowed(choice, allowed));
  if (choices.length === 0) throw new Error(`No fault of ${allowed.join(",")} is possible here`);
  const count = 1 + randomInt(random, MAX_FAULTS);
  const faults = Array.from({ length: count }, (): Fault => {
    // First what and to which role, so that a role of which there are many is not hit more often.
    const kinds = [...new Set(choices.map(({ kind }) => kind))];
    const kind = pick(random, kinds);
    const roles = [
      ...new Set(choices.filter((one) => one.kind === kind).map((one) => roleOf(one.target))),
    ];
    const role = pick(random, roles);
    const { target } = pick(
      random,
      choices.filter((one) => one.kind === kind && roleOf(one.target) === role),
    );
    const latestMs = Math.max(LEAD_MS + 1, seconds * 1000 - TAIL_MS);
    return {
      kind,
      target,
      atMs: between(random, { from: LEAD_MS, to: latestMs }),
      forMs: between(random, LASTS_MS[kind]),
      amount: amountOf(kind, random),
    };
  });
  return {
    seed,
    faults: withoutOverlap(faults),
    dbGroups: random.next() < 0.5 ? "split" : "both",
  };
}

function choicesOf({ processes, links, disks, clocks, groups }: Topology): Choice[] {
  const of = (kind: FaultKind, targets: readonly string[]): Choice[] =>
    targets.map((target) => ({ kind, target }));
  const redis = processes.filter((name) => name === "redis");
  const mariadb = processes.filter((name) => name === "mariadb");
  return [
    ...of("kill", processes),
    ...of("term", processes),
    ...of("stop", processes),
    ...of("lose", redis),
    ...of("rollback", redis),
    ...of("cut", links),
    ...of("stall", links),
    ...of("delay", links),
    ...of("disk", disks),
    ...of("clock", clocks),
    ...of("outage", Object.keys(groups)),
    ...of("vanish", links),
    ...of("oneway", links),
    ...of("throttle", links),
    ...of("flush", redis),
    ...of("deny", redis),
    ...of("sever", [...mariadb, ...redis]),
    ...of("lock", mariadb),
    ...of("files", clocks),
    ...of("hang", clocks),
  ];
}

function isAllowed({ kind, target }: Choice, allowed: readonly string[]): boolean {
  if (allowed.length === 0) return kind !== "hang";
  return allowed.some((one) =>
    one === kind || one === `${kind}:${target}` || one === `${kind}:${roleOf(target)}`
  );
}

function amountOf(kind: FaultKind, random: Random): number {
  if (kind === "delay") return between(random, DELAYS_MS);
  if (kind === "rollback") return between(random, ROLLED_BACK_MS);
  if (kind === "throttle") return between(random, THROTTLED_TO_KIB);
  if (kind === "oneway") return between(random, { from: 1, to: 2 });
  return kind === "clock" ? pick(random, CLOCK_STEPS_SEC) : 0;
}

/** By time; of two that hit the same target at the same time the first stays. */
function withoutOverlap(faults: readonly Fault[]): Fault[] {
  const kept: Fault[] = [];
  for (const fault of faults.toSorted((a, b) => a.atMs - b.atMs)) {
    const isFree = kept.every((other) =>
      other.target !== fault.target || other.atMs + other.forMs < fault.atMs
    );
    if (isFree) kept.push(fault);
  }
  return kept;
}

function pick<T>(random: Random, list: readonly T[]): T {
  return list[randomInt(random, list.length)]!;
}

function between(random: Random, { from, to }: Span): number {
  return from + randomInt(random, to - from + 1);
}
