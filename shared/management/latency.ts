/**
 * How long something took during the last minute, kept in numbers only, so that a figure costs the
 * same however much happens. The minute is a ring of slots of five seconds; a slot counts by
 * duration, in steps of a fifth or less. Several threads may share the memory: they add atomically,
 * and whoever is first in a new slot empties it. What another adds in that very moment may be lost.
 */
import type { Clock } from "../clock.ts";

/** What was seen in the last {@link LATENCY_SEC} seconds, in milliseconds. */
export interface LatencySummary {
  readonly count: number;
  /** Rounded up to the step, which is at most 19 % too much. */
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** How far back a summary looks, in seconds; the slot that is being filled comes on top. */
export const LATENCY_SEC = 60;

const SLOT_MS = 5000;
/** One more than the minute has: the newest is only begun. */
const SLOTS = LATENCY_SEC * 1000 / SLOT_MS + 1;
/** Steps for twice the time. */
const STEPS_PER_DOUBLING = 4;
/** The shortest time that is told apart, in milliseconds. */
const SHORTEST_MS = 0.05;
/** Up to 104 seconds; what takes longer counts as that. */
const BUCKETS = 21 * STEPS_PER_DOUBLING + 1;
/** A slot: when it began, in units of {@link SLOT_MS}, and its counts. */
const SLOT_CELLS = 1 + BUCKETS;

/** Memory for a window that several threads share. */
export function latencyMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer(SLOTS * SLOT_CELLS * Int32Array.BYTES_PER_ELEMENT);
}

export class LatencyWindow {
  readonly #clock: Clock;
  readonly #cells: Int32Array;

  constructor(clock: Clock, memory: SharedArrayBuffer = latencyMemory()) {
    this.#clock = clock;
    this.#cells = new Int32Array(memory);
  }

  /** Counts something that took so many milliseconds. */
  add(tookMs: number): void {
    const period = this.#period();
    const slot = (period % SLOTS) * SLOT_CELLS;
    const begun = Atomics.load(this.#cells, slot);
    if (begun !== period && Atomics.compareExchange(this.#cells, slot, begun, period) === begun) {
      this.#cells.fill(0, slot + 1, slot + SLOT_CELLS);
    }
    Atomics.add(this.#cells, slot + 1 + bucketOf(tookMs), 1);
  }

  /** `null` when nothing happened in the last minute. */
  summary(): LatencySummary | null {
    const period = this.#period();
    const counts = new Array<number>(BUCKETS).fill(0);
    for (let slot = 0; slot < this.#cells.length; slot += SLOT_CELLS) {
      if (period - Atomics.load(this.#cells, slot) >= SLOTS) continue;
      for (let i = 0; i < BUCKETS; i++) counts[i]! += Atomics.load(this.#cells, slot + 1 + i);
    }
    const count = counts.reduce((sum, each) => sum + each, 0);
    if (count === 0) return null;
    return { count, p50Ms: quantile(counts, count * 0.5), p99Ms: quantile(counts, count * 0.99) };
  }

  #period(): number {
    return Math.floor(this.#clock.nowMs() / SLOT_MS);
  }
}

function bucketOf(tookMs: number): number {
  if (tookMs <= SHORTEST_MS) return 0;
  const step = Math.ceil(Math.log2(tookMs / SHORTEST_MS) * STEPS_PER_DOUBLING);
  return Math.min(step, BUCKETS - 1);
}

/** The end of the step in which the `rank`-th of the counted is. */
function quantile(counts: readonly number[], rank: number): number {
  let seen = 0;
  const at = counts.findIndex((each) => (seen += each) >= rank);
  return SHORTEST_MS * 2 ** (at / STEPS_PER_DOUBLING);
}
