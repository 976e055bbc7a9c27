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
import type { FailureKey } from "../../../shared/storage/login_failures.ts";

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

/**
 * A process may find out by itself whether a password is right as long as less than this part of each
 * limit is used up in it; beyond that it asks what others have counted first.
 */
const UNASKED_PART = 1 / 10;

/** Of one login, before it is known whether it is right. */
export interface LoginAttempt {
  /** What it counts under. */
  readonly keys: readonly FailureKey[];
  /** Whether so little has failed here that others need not be asked before the password is checked. */
  readonly isUnsuspicious: boolean;
  /** It was right: failures of this name and address before it are forgotten. */
  succeeded(): void;
  /** Nothing became known. */
  takeBack(): void;
}

export class LoginFailures {
  readonly #pairs = new FailureTable("pair", MAX_FAILURES, MAX_PAIRS);
  readonly #names = new FailureTable("name", MAX_NAME_FAILURES, MAX_NAMES);
  readonly #addresses: FailureTable;

  /** 0: an address alone is never locked out. */
  constructor(maxAddressFailures: number = DEFAULT_MAX_ADDRESS_FAILURES) {
    this.#addresses = new FailureTable("address", maxAddressFailures || Infinity, MAX_ADDRESSES);
  }

  /** `null`: locked out. `address` is empty when it is not known. */
  begin(
    { name, address }: { readonly name: string; readonly address: string },
    nowSec: number,
  ): LoginAttempt | null {
    const pair = `${address}\n${name}`;
    const counted: [FailureTable, string][] = [[this.#pairs, pair]];
    if (address !== "") counted.push([this.#names, name], [this.#addresses, address]);
    const used = counted.map(([table, key]) => table.countOf(key, nowSec) / table.limit);
    if (used.some((part) => part > 1)) return null;
    for (const [table, key] of counted) table.add(key, nowSec);
    const takeBack = () => {
      for (const [table, key] of counted) table.removeNewest(key);
    };
    return {
      get keys() {
        return counted.filter(([{ limit }]) => limit !== Infinity)
          .map(([{ kind, limit, maxKeys }, key]) => ({ kind, key, limit, maxKeys }));
      },
      isUnsuspicious: used.every((part) => part < UNASKED_PART),
      takeBack,
      succeeded: () => {
        takeBack();
        this.#pairs.clear(pair);
      },
    };
  }
}

class FailureTable {
  readonly kind: FailureKey["kind"];
  readonly limit: number;
  readonly maxKeys: number;
  /** Failure times in unix seconds, oldest first; keys in the order of their last failure. */
  readonly #times = new Map<string, number[]>();

  constructor(kind: FailureKey["kind"], limit: number, maxKeys: number) {
    this.kind = kind;
    this.limit = limit;
    this.maxKeys = maxKeys;
  }

  countOf(key: string, nowSec: number): number {
    return this.#recent(key, nowSec).length;
  }

  add(key: string, nowSec: number): void {
    if (this.limit === Infinity) return;
    const times = this.#recent(key, nowSec);
    times.push(nowSec);
    this.#times.delete(key);
    this.#times.set(key, times);
    if (this.#times.size > this.maxKeys) {
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
