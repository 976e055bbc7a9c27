/**
 * One limit for many short waits. A timer for each would cost more than most of what is waited for,
 * so they share one, which is set again only when it fires: a wait that ends in time costs its
 * removal and nothing else.
 */
import type { Clock, Timer } from "./clock.ts";

class Wait implements Timer {
  readonly dueMs: number;
  readonly late: () => void;
  readonly #all: Set<Wait>;

  constructor(all: Set<Wait>, dueMs: number, late: () => void) {
    this.#all = all;
    this.dueMs = dueMs;
    this.late = late;
  }

  cancel(): void {
    this.#all.delete(this);
  }
}

export class TimeLimit {
  readonly #clock: Clock;
  readonly #limitMs: number;
  /** In the order in which they began, and so in that of their ends. */
  readonly #waits = new Set<Wait>();
  #timer: Timer | null = null;

  constructor(clock: Clock, limitMs: number) {
    this.#clock = clock;
    this.#limitMs = limitMs;
  }

  /** Runs `late` once when the limit has passed, unless what is returned is cancelled before. */
  begin(late: () => void): Timer {
    const wait = new Wait(this.#waits, this.#clock.elapsedMs() + this.#limitMs, late);
    this.#waits.add(wait);
    this.#timer ??= this.#clock.after(this.#limitMs, () => this.#fire());
    return wait;
  }

  /** Ends all waits without a word. What begins afterwards has its limit again. */
  stop(): void {
    this.#waits.clear();
    this.#timer?.cancel();
    this.#timer = null;
  }

  #fire(): void {
    this.#timer = null;
    const nowMs = this.#clock.elapsedMs();
    for (const wait of this.#waits) {
      if (wait.dueMs > nowMs) {
        this.#timer ??= this.#clock.after(wait.dueMs - nowMs, () => this.#fire());
        return;
      }
      this.#waits.delete(wait);
      wait.late();
    }
  }
}
