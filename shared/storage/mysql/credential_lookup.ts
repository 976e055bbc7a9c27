/**
 * Rows of the users who log in now. Names that come while a look-up is under way share the next one,
 * so that a storm of logins costs MySQL and its driver a tenth of one statement per login.
 */
import type { Credentials, UserRow } from "../types.ts";
import { WriteCombiner } from "../write_combiner.ts";
import type { EngineParts } from "./parts.ts";
import { ACQUIRE_LIMIT_MS } from "./pool.ts";

/** Names of one SELECT: with more of them it gets hardly cheaper. */
export const MAX_NAMES = 50;
/** Logins that wait for their turn; further ones are refused. */
const MAX_WAITING = 10_000;

type FoundRow = UserRow & Omit<Credentials, "user"> & {
  /** Which of the names it has, from 1: the first, and the last counted from the end. */
  readonly first: number;
  readonly last: number;
};

export interface CredentialColumns {
  /** Columns of {@link UserRow} and {@link Credentials}. */
  readonly columns: string;
  /** Behind `FROM IMUser`. */
  readonly join: string;
}

export class CredentialLookup {
  readonly #slave: EngineParts["slave"];
  readonly #columns: CredentialColumns;
  readonly #combiner: WriteCombiner<string, Credentials | null>;

  constructor({ slave, clock }: Pick<EngineParts, "slave" | "clock">, columns: CredentialColumns) {
    this.#slave = slave;
    this.#columns = columns;
    this.#combiner = new WriteCombiner({
      doing: "look up",
      commit: (names) => this.#find(names),
      clock,
      maxBatch: MAX_NAMES,
      maxWaiting: MAX_WAITING,
      maxWaitMs: ACQUIRE_LIMIT_MS,
    });
  }

  /** As {@link UserStore.credentials}. */
  find(name: string): Promise<Credentials | null> {
    return this.#combiner.submit(name);
  }

  /**
   * Which row has which name is left to MySQL, which ignores spaces at the end, and capitals too where
   * the column says so. Only where it takes several names for one a second question may be needed:
   * nobody can tell by time whether a name exists.
   */
  async #find(names: readonly string[]): Promise<readonly (Credentials | null)[]> {
    const found = new Map<string, Credentials>();
    let left = [...new Set(names)];
    while (left.length > 0) {
      let isShared = false;
      for (const { first, last, password, salt, hash, ...user } of await this.#rows(left)) {
        const both = [left[first - 1]!, left.at(-last)!];
        isShared ||= both[0] !== both[1];
        for (const name of both) {
          // Of several rows the last one counts, as in the original (docs/spec/pitfalls.md P-DB6).
          const isLast = user.id > (found.get(name)?.user.id ?? -1);
          if (isLast) found.set(name, { user, password, salt, hash });
        }
      }
      const rest = left.filter((name) => !found.has(name));
      left = isShared && rest.length < left.length ? rest : [];
    }
    return names.map((name) => found.get(name) ?? null);
  }

  /** Without an order, for which a short list would have the whole table read in that of its ids. */
  #rows(names: readonly string[]): Promise<readonly FoundRow[]> {
    const { columns, join } = this.#columns;
    return this.#slave.rows<FoundRow>(
      `SELECT field(name, ?) AS first, field(name, ?) AS last, ${columns} FROM IMUser ${join}
       WHERE name IN (?)`,
      [names, [...names].reverse(), names],
    );
  }
}
