/**
 * Counts failed logins per name (docs/spec/flows.md 2.2). The rule of the original: with more than
 * ten failures within half an hour the name is locked out until the oldest have aged. The table is
 * bounded; when it is full the name that failed longest ago is forgotten first.
 */

export const LOCK_OUT_WINDOW_SEC = 1800;
export const MAX_FAILURES = 10;
/** Names remembered at a time. */
export const MAX_NAMES = 100_000;

export class LoginFailures {
  /** Failure times in unix seconds, oldest first; names in the order of their last failure. */
  readonly #times = new Map<string, number[]>();

  isLocked(name: string, nowSec: number): boolean {
    return this.#recent(name, nowSec).length > MAX_FAILURES;
  }

  add(name: string, nowSec: number): void {
    const times = this.#recent(name, nowSec);
    times.push(nowSec);
    this.#times.delete(name);
    this.#times.set(name, times);
    if (this.#times.size > MAX_NAMES) {
      const oldest = this.#times.keys().next();
      if (!oldest.done) this.#times.delete(oldest.value);
    }
  }

  clear(name: string): void {
    this.#times.delete(name);
  }

  #recent(name: string, nowSec: number): number[] {
    const times = this.#times.get(name) ?? [];
    return times.filter((time) => nowSec - time <= LOCK_OUT_WINDOW_SEC);
  }
}
