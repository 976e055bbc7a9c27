/** A process of the simulated cluster: a name, a clock, and a life that can end at any event. */
import type { Clock, Timer } from "../../../shared/clock.ts";
import type { Scheduler } from "./scheduler.ts";

/** Wall-clock time at the start of every run. */
export const START_MS = 1_800_000_000_000;
/** A turn of an event loop takes up to so long. */
const MAX_TURN_MS = 0.2;

export class SimProcess {
  readonly name: string;
  /** How far its wall clock is from the true time, in milliseconds. */
  skewMs = 0;
  stalledUntilMs = 0;
  readonly clock: Clock;
  readonly #scheduler: Scheduler;
  readonly #atDeath: (() => void)[] = [];
  #isAlive = true;
  #lastTurnMs = 0;

  constructor(name: string, scheduler: Scheduler) {
    this.name = name;
    this.#scheduler = scheduler;
    this.clock = {
      nowMs: () => Math.floor(START_MS + scheduler.nowMs + this.skewMs),
      elapsedMs: () => scheduler.nowMs,
      after: (delayMs, run) => this.#after(delayMs, run),
      every: (periodMs, run) => this.#every(periodMs, run),
      soon: (run) => this.soon(run),
    };
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  /** The next turns of its event loop, in order, each a little later. */
  soon(run: () => void): void {
    const dueMs = this.#scheduler.nowMs + this.#scheduler.random.next() * MAX_TURN_MS;
    this.#lastTurnMs = Math.max(this.#lastTurnMs, dueMs);
    this.#scheduler.at(this.#lastTurnMs, this, run);
  }

  /** Runs when the process dies: what the operating system takes back. */
  atDeath(run: () => void): void {
    this.#atDeath.push(run);
  }

  /** SIGKILL, or a power cut: nothing of it happens any more. */
  kill(): void {
    if (!this.#isAlive) return;
    this.#isAlive = false;
    for (const run of this.#atDeath) run();
  }

  /** SIGSTOP for so long. */
  stall(forMs: number): void {
    this.stalledUntilMs = Math.max(this.stalledUntilMs, this.#scheduler.nowMs + forMs);
  }

  #after(delayMs: number, run: () => void): Timer {
    let isCancelled = false;
    const dueMs = this.#scheduler.nowMs + Math.max(0, delayMs);
    this.#scheduler.at(dueMs, this, run, () => isCancelled);
    return { cancel: () => void (isCancelled = true) };
  }

  #every(periodMs: number, run: () => void): Timer {
    let timer = this.#after(periodMs, again);
    const clock = this.clock;
    function again(): void {
      timer = clock.after(periodMs, again);
      run();
    }
    return { cancel: () => timer.cancel() };
  }
}
