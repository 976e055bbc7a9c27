/** The sum of many runs, and how it is told. */
import type { RunResult } from "./run_seed.ts";

export class Totals {
  readonly violated: RunResult[] = [];
  runs = 0;
  #faults = 0;
  #said = 0;
  #acked = 0;
  #delivered = 0;
  #events = 0;

  add(result: RunResult): void {
    this.runs++;
    this.#faults += result.faults.length;
    this.#said += result.said;
    this.#acked += result.acked;
    this.#delivered += result.delivered;
    this.#events += result.events;
    if (result.violations.length > 0) this.violated.push(result);
  }

  toString(): string {
    return `${this.runs} seeds: ${this.#faults} faults, ${this.#said} messages sent, ` +
      `${this.#acked} acknowledged, ${this.#delivered} deliveries, ${this.#events} events; ` +
      `${this.violated.length} seeds with a violation`;
  }
}

/** A run that threw, which nothing in it may. */
export function failedRun(seed: number, error: string): RunResult {
  const nothing = { faults: [], said: 0, acked: 0, delivered: 0, events: 0, digest: 0 };
  return { seed, violations: [error], ...nothing };
}

/** A run with what went wrong in it, and how it is run again. */
export function describeRun({ seed, faults, violations }: RunResult): string {
  return [
    `seed ${seed}   (deno task sim --seed ${seed} --trace)`,
    ...faults.map((what) => `  fault      ${what}`),
    ...violations.map((what) => `  violation  ${what}`),
  ].join("\n");
}
