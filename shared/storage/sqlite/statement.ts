/** A kept prepared statement whose rows have a type. The SQL and `Row` stand side by side. */
import type { StatementSync } from "node:sqlite";

export type Value = number | string | Uint8Array | null;

export class Statement<Row extends object> {
  readonly #statement: StatementSync;

  constructor(statement: StatementSync) {
    this.#statement = statement;
  }

  get(...values: Value[]): Row | null {
    const row = this.#statement.get(...values);
    // The copy gives a row the usual prototype.
    return row === undefined ? null : { ...row } as Row;
  }

  all(...values: Value[]): Row[] {
    return this.#statement.all(...values).map((row) => ({ ...row }) as Row);
  }

  /** Number of rows inserted, changed or deleted. */
  run(...values: Value[]): number {
    return Number(this.#statement.run(...values).changes);
  }

  /** Id of the inserted row. */
  insert(...values: Value[]): number {
    return Number(this.#statement.run(...values).lastInsertRowid);
  }
}
