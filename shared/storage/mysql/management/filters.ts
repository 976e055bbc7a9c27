/** Conditions of a WHERE that are there only when they are asked for. */
import type { SqlValue } from "../statements.ts";

export class Filter {
  readonly #conditions: string[] = ["1 = 1"];
  readonly #values: SqlValue[] = [];

  /** `condition` has as many `?` as there are values. */
  add(condition: string, ...values: SqlValue[]): this {
    this.#conditions.push(condition);
    this.#values.push(...values);
    return this;
  }

  get sql(): string {
    return this.#conditions.join(" AND ");
  }

  get values(): readonly SqlValue[] {
    return this.#values;
  }
}

/** `column = ?, …` for the given values; `null` when there are none. */
export function assignments(
  fields: Readonly<Record<string, SqlValue | undefined>>,
): { readonly sql: string; readonly values: readonly SqlValue[] } | null {
  const given = Object.entries(fields).flatMap(([column, value]): [string, SqlValue][] =>
    value === undefined ? [] : [[column, value]]
  );
  if (given.length === 0) return null;
  return {
    sql: given.map(([column]) => `${column} = ?`).join(", "),
    values: given.map(([, value]) => value),
  };
}
