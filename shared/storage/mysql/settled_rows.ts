/**
 * When the id of a row may be remembered. Where no unique key forbids it, two servers that do not know
 * of each other's locks can make a row each for one thing, and one of the two is then everybody's
 * (docs/spec/pitfalls.md P-MSG6): an id that was read too early could be that of the other. With the
 * key there is one row from its first moment on.
 */
import { nowSec } from "../../clock.ts";
import type { EngineParts } from "./parts.ts";

/** How old a row has to be without the key, in seconds. */
export const SETTLED_S = 10;

export interface UniqueColumns {
  readonly table: string;
  /** In any order. */
  readonly columns: readonly string[];
}

export class SettledRows {
  readonly #parts: Pick<EngineParts, "master" | "clock">;
  readonly #unique: UniqueColumns;
  /** Asked once; a key that is added later counts after the next start. */
  #hasKey: boolean | null = null;

  constructor(parts: Pick<EngineParts, "master" | "clock">, unique: UniqueColumns) {
    this.#parts = parts;
    this.#unique = unique;
  }

  /** Ids of rows that were made before this may be remembered; unix seconds. @throws {StorageError} */
  async before(): Promise<number> {
    this.#hasKey ??= await this.#askForKey();
    return this.#hasKey ? Infinity : nowSec(this.#parts.clock) - SETTLED_S;
  }

  async #askForKey(): Promise<boolean> {
    const { table, columns } = this.#unique;
    const rows = await this.#parts.master.rows<{ name: string; column: string }>(
      `SELECT INDEX_NAME AS name, COLUMN_NAME AS \`column\` FROM information_schema.STATISTICS
       WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ? AND NON_UNIQUE = 0`,
      [table],
    );
    const keys = Map.groupBy(rows, ({ name }) => name);
    const wanted = columns.toSorted().join();
    return keys.values().some((key) =>
      key.map(({ column }) => column).toSorted().join() === wanted
    );
  }
}
