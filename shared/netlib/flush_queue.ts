/**
 * Collects everything that has output and flushes it once, after the input of this event-loop turn
 * was handled. One socket write then carries all frames of a turn: measured to cost a sixth of one
 * write per frame when several messages are under way.
 */
import type { Clock } from "../clock.ts";

export interface Flushable {
  flush(): void;
}

export class FlushQueue {
  readonly #clock: Clock;
  #dirty: Flushable[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Has `target.flush()` called at the end of this turn. Call once per turn and target. */
  add(target: Flushable): void {
    if (this.#dirty.length === 0) this.#clock.soon(() => this.#flushAll());
    this.#dirty.push(target);
  }

  #flushAll(): void {
    const dirty = this.#dirty;
    this.#dirty = [];
    for (const target of dirty) target.flush();
  }
}
