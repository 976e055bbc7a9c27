/**
 * Time as a dependency. Nothing in `servers/` or `shared/` reads the clock or starts a timer by
 * itself: it is given a {@link Clock}. That is what lets a whole cluster run in one test process on
 * a clock that only moves when the test says so.
 */

/** A pending timer. Cancelling twice, or after it fired, does nothing. */
export interface Timer {
  cancel(): void;
}

export interface Clock {
  /** Wall-clock time in unix milliseconds. */
  nowMs(): number;
  /**
   * Milliseconds since some moment, with fractions. It never goes back, whatever is done to the
   * time of day: for how long something took.
   */
  elapsedMs(): number;
  /** Runs `run` once, `delayMs` milliseconds from now; soon for a moment that has passed. */
  after(delayMs: number, run: () => void): Timer;
  /** Runs `run` every `periodMs` milliseconds until cancelled. */
  every(periodMs: number, run: () => void): Timer;
  /**
   * Runs `run` once the input that is ready in this event-loop turn has been handled. Work that can
   * be shared by everything of one turn (a socket write, a batch for a worker) is put off with it.
   */
  soon(run: () => void): void;
}

/**
 * Wall-clock time in unix seconds, as all times on the wire and in storage (docs/spec/flows.md 1).
 */
export function nowSec(clock: Clock): number {
  return Math.floor(clock.nowMs() / 1000);
}

/** The machine's clock and the event loop's timers. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  elapsedMs: () => performance.now(),
  after(delayMs, run) {
    // Whoever works a moment out may be late; the runtime would print a warning about that.
    const handle = setTimeout(run, Math.max(0, delayMs));
    return { cancel: () => clearTimeout(handle) };
  },
  every(periodMs, run) {
    const handle = setInterval(run, periodMs);
    return { cancel: () => clearInterval(handle) };
  },
  soon: (run) => {
    setImmediate(run);
  },
};

interface Pending {
  dueMs: number;
  order: number;
  run: () => void;
  periodMs: number | null;
}

/**
 * A clock for tests: time stands still until {@link ManualClock.advance} moves it. Timers fire in
 * the order of their due time, then of their creation. `soon` stays on the real event loop, so that
 * sockets and in-memory links work while time stands still.
 */
export class ManualClock implements Clock {
  #nowMs: number;
  #setByMs = 0;
  #order = 0;
  readonly #pending = new Set<Pending>();

  constructor(startMs = 1_800_000_000_000) {
    this.#nowMs = startMs;
  }

  nowMs(): number {
    return this.#nowMs + this.#setByMs;
  }

  elapsedMs(): number {
    return this.#nowMs;
  }

  after(delayMs: number, run: () => void): Timer {
    return this.#add(delayMs, run, null);
  }

  every(periodMs: number, run: () => void): Timer {
    return this.#add(periodMs, run, periodMs);
  }

  soon(run: () => void): void {
    setImmediate(run);
  }

  /** Sets the time of day, as somebody may do to a machine; nothing falls due by that. */
  setBy(ms: number): void {
    this.#setByMs += ms;
  }

  /** Number of timers that wait to fire. A stopped server leaves none. */
  get pendingTimers(): number {
    return this.#pending.size;
  }

  /** Moves time forward by `ms`, firing what falls due on the way at its own due time. */
  advance(ms: number): void {
    const endMs = this.#nowMs + ms;
    for (;;) {
      const next = this.#nextDue(endMs);
      if (next === null) break;
      this.#nowMs = Math.max(this.#nowMs, next.dueMs);
      if (next.periodMs === null) this.#pending.delete(next);
      else next.dueMs += next.periodMs;
      next.run();
    }
    this.#nowMs = Math.max(this.#nowMs, endMs); // A timer may have advanced the clock itself.
  }

  #add(delayMs: number, run: () => void, periodMs: number | null): Timer {
    const entry: Pending = {
      dueMs: this.#nowMs + Math.max(0, delayMs),
      order: this.#order++,
      run,
      periodMs,
    };
    this.#pending.add(entry);
    return { cancel: () => void this.#pending.delete(entry) };
  }

  #nextDue(endMs: number): Pending | null {
    let best: Pending | null = null;
    for (const entry of this.#pending) {
      if (entry.dueMs > endMs) continue;
      if (
        best === null || entry.dueMs < best.dueMs ||
        (entry.dueMs === best.dueMs && entry.order < best.order)
      ) best = entry;
    }
    return best;
  }
}
