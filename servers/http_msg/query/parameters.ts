/**
 * Reading the body of a call as the original's JSON library does: a missing value and `null` are the
 * same, and a number stands for its text. What it would not convert is `undefined` here.
 */

export type Parameters = Readonly<Record<string, unknown>>;

const MAX_UINT32 = 0xffffffff;

/** The parameters of a body; `null` for one that is no object. A body of `null` has none. */
export function parametersOf(body: unknown): Parameters | null {
  if (body === null) return {};
  return typeof body === "object" && !Array.isArray(body) ? body as Parameters : null;
}

export function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

/** A text; the empty one for a value that is not given. */
export function textOf(value: unknown): string | undefined {
  if (!isGiven(value)) return "";
  if (typeof value === "string") return value;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : undefined;
}

/** A number from 0 to 2^32 - 1, cut to a whole one; 0 for a value that is not given. */
export function uint32Of(value: unknown): number | undefined {
  if (!isGiven(value)) return 0;
  if (typeof value === "boolean") return Number(value);
  if (typeof value !== "number" || value < 0) return undefined;
  const whole = Math.trunc(value);
  return whole <= MAX_UINT32 ? whole : undefined;
}

export function uint32ListOf(value: unknown): readonly number[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const numbers = value.map(uint32Of);
  return numbers.every((number) => number !== undefined) ? numbers : undefined;
}
