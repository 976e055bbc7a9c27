/** Figures of one run by name, unit last; and what several runs of the same thing come to. */
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
const FAULTS: readonly string[] = ["lost", "duplicated", "reordered", "stray"];

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

/** CPU and memory; `done` is what the server did in the window, counted in messages or logins. */
export function usageFigures(usage: Usage, done: number, serverPid: number | null): Figures {
  return {
    cpu_us_each: usage.serverUs === null || done === 0 ? null : usage.serverUs / done,
    server_cores: usage.serverCores,
    generator_cores: usage.generatorCores,
    other_cores: usage.otherCores,
    peak_mib: serverPid === null ? null : memoryMib(serverPid)?.peak ?? null,
  };
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
