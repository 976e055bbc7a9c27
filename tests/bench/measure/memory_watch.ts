/**
 * How the memory of processes develops: looked at again and again, compared at the beginning and at
 * the end. What a server has in one moment says little, as garbage comes and goes; so the medians of
 * many moments are compared.
 */
import type { WatchedProcess } from "../suite/running_suite.ts";
import type { Figures } from "./figures.ts";
import { memoryMib } from "./proc.ts";

/** Time between two looks, in milliseconds. */
const PERIOD_MS = 1000;
/** Of the looks, the first ones are left out: buffers and compiled code are still coming. */
const WARM_UP_SHARE = 1 / 6;
/** Of the rest, so much is compared at either end. */
const END_SHARE = 1 / 5;

export interface Growth {
  readonly beforeMib: number;
  readonly afterMib: number;
  readonly pct: number;
}

/** @param mib at equal distances; `null`: too few to say anything */
export function growthOf(mib: readonly number[]): Growth | null {
  const warm = mib.slice(Math.ceil(mib.length * WARM_UP_SHARE));
  const count = Math.floor(warm.length * END_SHARE);
  if (count === 0) return null;
  const [beforeMib, afterMib] = [median(warm.slice(0, count)), median(warm.slice(-count))];
  return { beforeMib, afterMib, pct: 100 * (afterMib / beforeMib - 1) };
}

export class MemoryWatch {
  readonly #processes: readonly WatchedProcess[];
  readonly #mib: readonly number[][];
  /** Names of those that ended. */
  readonly #gone = new Set<string>();
  readonly #timer: ReturnType<typeof setInterval>;

  /** Begins to look. */
  constructor(processes: readonly WatchedProcess[]) {
    this.#processes = processes;
    this.#mib = processes.map(() => []);
    this.#timer = setInterval(() => this.look(), PERIOD_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /**
   * `before_mib_msg`, `after_mib_msg`, `growth_pct_msg` and so on, and the largest growth of a server
   * as `growth_pct`; engines are others' programs. `limitPct` is what makes one count in `grown`;
   * `gone` are those that ended, engines among them.
   */
  figures(limitPct: number): Figures {
    const figures: Record<string, number | null> = {};
    const ofServers: (number | null)[] = [];
    for (const [at, { name, kind }] of this.#processes.entries()) {
      const growth = growthOf(this.#mib[at]!);
      figures[`before_mib_${name}`] = growth?.beforeMib ?? null;
      figures[`after_mib_${name}`] = growth?.afterMib ?? null;
      figures[`growth_pct_${name}`] = growth?.pct ?? null;
      if (kind === "server") ofServers.push(growth?.pct ?? null);
    }
    const known = ofServers.filter((pct) => pct !== null);
    const isKnown = known.length > 0 && known.length === ofServers.length;
    return {
      ...figures,
      growth_pct: isKnown ? Math.max(...known) : null,
      grown: known.filter((pct) => pct >= limitPct).length,
      gone: this.#gone.size,
    };
  }

  /** Looks once more. */
  look(): void {
    for (const [at, { name, pid }] of this.#processes.entries()) {
      const mib = memoryMib(pid)?.now;
      if (mib === undefined) this.#gone.add(name);
      else this.#mib[at]!.push(mib);
    }
  }
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2;
}
