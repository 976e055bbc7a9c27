/** Figures of one run by name, unit last; and what several runs of the same thing come to. */
import { availableParallelism } from "node:os";
import type { Histogram } from "./histogram.ts";
import type { Usage } from "./meter.ts";
import { memoryMib } from "./proc.ts";

/** `null`: cannot be measured here. */
export type Figures = Readonly<Record<string, number | null>>;

export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export type Summary = Readonly<Record<string, Spread | null>>;

/** The figures that fail a benchmark when they are not 0, in any run. */
const FAULTS: readonly string[] = [
  "lost",
  "duplicated",
  "reordered",
  "stray",
  "wrong",
  "unanswered",
  "grown",
  "gone",
];

export function hasFaults(figures: Figures): boolean {
  return FAULTS.some((name) => (figures[name] ?? 0) > 0);
}

const QUANTILES = { p50: 0.5, p90: 0.9, p99: 0.99, p999: 0.999 };

/** `ack_p50_ms` and so on, of a histogram of microseconds. */
export function latencyFigures(name: string, histogram: Histogram): Figures {
  const figures: Record<string, number | null> = {};
  for (const [quantile, share] of Object.entries(QUANTILES)) {
    figures[`${name}_${quantile}_ms`] = toMs(histogram.quantile(share));
  }
  figures[`${name}_max_ms`] = histogram.count === 0 ? null : toMs(histogram.max);
  return figures;
}

/**
 * CPU and memory, of all servers together and of each process: `cpu_us`, `cpu_us_msg`, `peak_mib`,
 * `peak_mib_msg` and so on. `done` is what the servers did in the window, in messages or logins.
 */
export function usageFigures(usage: Usage, done: number): Figures {
  const { processes, generatorCores } = usage;
  const each = (us: number | null) => us === null || done === 0 ? null : us / done;
  const peaks = processes.map(({ pid }) => memoryMib(pid)?.peak ?? null);
  const servers = processes.filter(({ kind }) => kind === "server");
  return {
    cpu_us: each(sum(servers.map(({ cpuUs }) => cpuUs))),
    ...Object.fromEntries(processes.map(({ name, cpuUs }) => [`cpu_us_${name}`, each(cpuUs)])),
    peak_mib: sum(peaks.filter((_, index) => processes[index]!.kind === "server")),
    ...Object.fromEntries(processes.map(({ name }, index) => [`peak_mib_${name}`, peaks[index]!])),
    server_cores: usage.serverCores,
    engine_cores: usage.engineCores,
    generator_cores: generatorCores,
    generator_pct: generatorCores === null ? null : 100 * generatorCores / availableParallelism(),
    other_cores: usage.otherCores,
  };
}

/** `null` when a part is not known, or there is none. */
function sum(values: readonly (number | null)[]): number | null {
  if (values.length === 0) return null;
  return values.reduce((total, one) => total === null || one === null ? null : total + one, 0);
}

/** A figure that a run could not measure is `null` in the summary. */
export function summarise(runs: readonly Figures[]): Summary {
  const summary: Record<string, Spread | null> = {};
  for (const name of Object.keys(runs[0] ?? {})) {
    const values = runs.map((run) => run[name] ?? null);
    const sorted = values.filter((value) => value !== null).sort((a, b) => a - b);
    summary[name] = sorted.length < values.length ? null : {
      median: (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2,
      min: sorted[0]!,
      max: sorted.at(-1)!,
    };
  }
  return summary;
}

function toMs(us: number | null): number | null {
  return us === null ? null : us / 1000;
}
