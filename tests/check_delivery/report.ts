/** What a campaign found, for people and as JSON. */
import type { Campaign, FailedRun } from "./campaign.ts";
import { describeFault, FAULT_KINDS } from "./plan/fault.ts";
import { roleOf } from "./plan/topology.ts";
import type { RunResult } from "./run.ts";
import { type Counts, describeMeasure } from "./verify/verify.ts";

/** One run in one line, and below it what was wrong. */
export function describeRun(result: RunResult | FailedRun): string {
  if ("error" in result) return `seed ${result.seed}: could not be run: ${result.error}`;
  const { plan, counts, violations, recoveredMs, notes, missing, tookMs, measures, injected } =
    result;
  const lines = [
    `seed ${plan.seed}: ${violations.length === 0 ? "ok" : `${violations.length} VIOLATIONS`}, ` +
    `${counts.acked} of ${counts.sent} acknowledged, ${counts.delivered} delivered ` +
    `(${counts.excused} excused), recovered in ${secondsOf(recoveredMs)}, ` +
    `${counts.reconnects} reconnects, took ${secondsOf(tookMs)}`,
    ...injected.map(({ fault }) => `    ${describeFault(fault)}`),
    ...missing.map((what) => `    not possible here: ${what}`),
    ...measures.map((measure) => `    ${describeMeasure(measure)}`),
    ...notes.map((note) => `    note: ${note}`),
  ];
  for (const { rule, what, text, trace } of violations.slice(0, MAX_SHOWN)) {
    lines.push(`  ${rule}: ${what}${text === undefined ? "" : ` (${shortened(text)})`}`);
    lines.push(...trace.map((line) => `      ${line}`));
  }
  if (violations.length > MAX_SHOWN) lines.push(`  and ${violations.length - MAX_SHOWN} more`);
  return lines.join("\n");
}

const MAX_SHOWN = 5;

/** The whole campaign as plain values. */
export function summaryOf({ results, failures, tookMs }: Campaign) {
  const violations = results.flatMap((result) => result.violations);
  const rules = [...new Set(violations.map(({ rule }) => rule))];
  const injected = results.flatMap((result) => result.injected);
  const recoveries = results.map(({ recoveredMs }) => recoveredMs ?? Infinity)
    .toSorted((a, b) => a - b);
  return {
    runs: results.length,
    couldNotRun: failures.length,
    seeds: results.map(({ plan }) => plan.seed),
    tookSeconds: Math.round(tookMs / 1000),
    faults: injected.length,
    faultsByKind: countBy(FAULT_KINDS, (kind) => injected.filter((one) => one.fault.kind === kind)),
    faultsByTarget: countBy(
      [...new Set(injected.map(({ fault }) => roleOf(fault.target)))].toSorted(),
      (role) => injected.filter(({ fault }) => roleOf(fault.target) === role),
    ),
    counts: totals(results.map(({ counts }) => counts)),
    recoveredMs: {
      median: Math.round(recoveries[Math.floor(recoveries.length / 2)] ?? 0),
      max: Math.round(recoveries.at(-1) ?? 0),
    },
    missing: [...new Set(results.flatMap(({ missing }) => missing))],
    violations: violations.length,
    violationsByRule: countBy(rules, (rule) => violations.filter((one) => one.rule === rule)),
    runsWithViolations: results.filter((one) => one.violations.length > 0)
      .map(({ plan }) => plan.seed),
  };
}

/** For the file: the summary and all runs, without what a reader can make from the seed. */
export function reportOf(campaign: Campaign) {
  return {
    ...summaryOf(campaign),
    details: campaign.results.map((result) => ({
      seed: result.plan.seed,
      layout: result.topology.layout,
      engine: result.topology.engine,
      dbGroups: result.plan.dbGroups,
      faults: result.plan.faults,
      injected: result.injected.map(({ fault, fromMs, toMs }) => ({
        what: describeFault(fault),
        fromMs: Math.round(fromMs - result.zeroMs),
        toMs: Math.round(toMs - result.zeroMs),
      })),
      counts: result.counts,
      recoveredMs: result.recoveredMs,
      measures: result.measures,
      missing: result.missing,
      notes: result.notes,
      violations: result.violations,
    })),
    failures: campaign.failures,
  };
}

function countBy<K extends string>(
  keys: readonly K[],
  of: (key: K) => readonly unknown[],
): Record<string, number> {
  return Object.fromEntries(
    keys.map((key) => [key, of(key).length] as const).filter(([, count]) => count > 0),
  );
}

function totals(all: readonly Counts[]): Record<keyof Counts, number> {
  const sum = (key: keyof Counts): number => all.reduce((total, counts) => total + counts[key], 0);
  return {
    sent: sum("sent"),
    acked: sum("acked"),
    storedUnacked: sum("storedUnacked"),
    late: sum("late"),
    delivered: sum("delivered"),
    excused: sum("excused"),
    crossed: sum("crossed"),
    reconnects: sum("reconnects"),
    unreadOff: sum("unreadOff"),
  };
}

function secondsOf(ms: number | null): string {
  return ms === null ? "never" : `${(ms / 1000).toFixed(1)} s`;
}

function shortened(text: string): string {
  return text.replace(/\.{4,}/, "…");
}
