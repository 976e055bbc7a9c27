/**
 * Counts failed logins (docs/spec/flows.md 2.2, pitfalls.md P-LOCK). The rule of the original, more
 * than ten failures within half an hour, holds per name and client address, so that nobody can lock
 * out somebody else from elsewhere; two higher limits hold per name from anywhere, and per address for
 * any name. Without an address, which an msg_server of the original does not tell, the first rule
 * counts per name.
 *
 * An attempt counts from its begin, and is taken back when it was right: guesses that are sent at once
 * do not slip through while the first is being checked.
 */

export const LOCK_OUT_WINDOW_SEC = 1800;
/** Per name and address. */
export const MAX_FAILURES = 10;
/** Per name, from any address. */
export const MAX_NAME_FAILURES = 100;
/** Per address, for any name: many people may be behind one. */
export const DEFAULT_MAX_ADDRESS_FAILURES = 200;

/** Keys remembered at a time; when there are more, the one that failed longest ago is forgotten. */
export const MAX_PAIRS = 100_000;
export const MAX_NAMES = 10_000;
export const MAX_ADDRESSES = 10_000;

/** Of one login, before it is known whether it is right. */
export interface LoginAttempt {
  /** It was right: failures of this name and address before it are forgotten. */
  succeeded(): void;
  /** Nothing became known. */
  takeBack(): void;
}

export class LoginFailures {
  readonly #pairs = new FailureTable(MAX_FAILURES, MAX_PAIRS);
  readonly #names = new FailureTable(MAX_NAME_FAILURES, MAX_NAMES);
  readonly #addresses: FailureTable;

  /** 0: an address alone is never locked out. */
  constructor(maxAddressFailures: number = DEFAULT_MAX_ADDRESS_FAILURES) {
    this.#addresses = new FailureTable(maxAddressFailures || Infinity, MAX_ADDRESSES);
  }

  /** `null`: locked out. `address` is empty when it is not known. */
  begin(
    { name, address }: { readonly name: string; readonly address: string },
    nowSec: number,
  ): LoginAttempt | null {
    const pair = `${address}\n${name}`;
    const counted: [FailureTable, string][] = [[this.#pairs, pair]];
    if (address !== "") counted.push([this.#names, name], [this.#addresses, address]);
    if (counted.some(([table, key]) => table.isLocked(key, nowSec))) return null;
    for (const [table, key] of counted) table.add(key, nowSec);
    const takeBack = () => {
      for (const [table, key] of counted) table.removeNewest(key);
    };
    return {
      takeBack,
      succeeded: () => {
        takeBack();
        this.#pairs.clear(pair);
      },
    };
  }
}

class FailureTable {
  readonly #limit: number;
  readonly #maxKeys: number;
  /** Failure times in unix seconds, oldest first; keys in the order of their last failure. */
  readonly #times = new Map<string, number[]>();

  constructor(limit: number, maxKeys: number) {
    this.#limit = limit;
    this.#maxKeys = maxKeys;
  }

  isLocked(key: string, nowSec: number): boolean {
    return this.#recent(key, nowSec).length > this.#limit;
  }

  add(key: string, nowSec: number): void {
    if (this.#limit === Infinity) return;
    const times = this.#recent(key, nowSec);
    times.push(nowSec);
    this.#times.delete(key);
    this.#times.set(key, times);
    if (this.#times.size > this.#maxKeys) {
      const oldest = this.#times.keys().next();
      if (!oldest.done) this.#times.delete(oldest.value);
    }
  }

  removeNewest(key: string): void {
    const times = this.#times.get(key);
    if (times === undefined) return;
    times.pop();
    if (times.length === 0) this.#times.delete(key);
  }

  clear(key: string): void {
    this.#times.delete(key);
  }

  #recent(key: string, nowSec: number): number[] {
    const times = this.#times.get(key) ?? [];
    return times.filter((time) => nowSec - time <= LOCK_OUT_WINDOW_SEC);
  }
}
