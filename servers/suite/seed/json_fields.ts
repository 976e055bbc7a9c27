/** Reads an object of a JSON file field by field, and says exactly which one is wrong. */
import { ConfigError } from "../../../shared/config/mod.ts";
import type { IdRange } from "./plan.ts";

/** Ids are unsigned 32-bit numbers. */
const MAX_INTEGER = 0xffff_ffff;

export class JsonFields {
  /** For messages: `fixture.json: users.` */
  readonly #place: string;
  readonly #values: Readonly<Record<string, unknown>>;

  /** @throws {ConfigError} when the text is no JSON object with these keys only */
  static parse(text: string, file: string, keys: readonly string[]): JsonFields {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new ConfigError([`${file}: this is no JSON: ${reason}`], { cause });
    }
    return new JsonFields(`${file}: `, value, keys);
  }

  private constructor(place: string, value: unknown, keys: readonly string[]) {
    this.#place = place;
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw new ConfigError([`${place.replace(/[.:] ?$/, "")}: this is no object`]);
    }
    this.#values = { ...value };
    const unknown = Object.keys(value).find((key) => !keys.includes(key));
    if (unknown !== undefined) this.fail(unknown, `it is unknown; allowed: ${keys.join(", ")}`);
  }

  has(key: string): boolean {
    return this.#values[key] !== undefined;
  }

  text(key: string): string {
    return this.textOrNull(key) ?? this.fail(key, "a text is needed");
  }

  /** `null` when it is something else. */
  textOrNull(key: string): string | null {
    const value = this.#values[key];
    return typeof value === "string" ? value : null;
  }

  integer(key: string, { min = 0, max = MAX_INTEGER } = {}): number {
    return this.#integer(key, this.#values[key], { min, max });
  }

  /** `[first, last]`, both included. */
  idRange(key: string): IdRange {
    const [first, last, ...rest] = this.#list(key);
    if (rest.length > 0) this.fail(key, "two numbers are needed: first and last");
    const range = {
      first: this.#integer(key, first, { min: 1, max: MAX_INTEGER }),
      last: this.#integer(key, last, { min: 1, max: MAX_INTEGER }),
    };
    return range.first <= range.last ? range : this.fail(key, "the last is below the first");
  }

  object(key: string, keys: readonly string[]): JsonFields {
    return new JsonFields(`${this.#place}${key}.`, this.#values[key], keys);
  }

  objects(key: string, keys: readonly string[]): JsonFields[] {
    return this.#list(key).map((value, index) =>
      new JsonFields(`${this.#place}${key}[${index}].`, value, keys)
    );
  }

  fail(key: string, problem: string): never {
    throw new ConfigError([`${this.#place}${key}: ${problem}`]);
  }

  #list(key: string): readonly unknown[] {
    const value = this.#values[key];
    return Array.isArray(value) ? value : this.fail(key, "a list is needed");
  }

  #integer(key: string, value: unknown, { min, max }: { min: number; max: number }): number {
    if (Number.isInteger(value) && Number(value) >= min && Number(value) <= max) {
      return Number(value);
    }
    const allowed = min === max ? `${min}` : `from ${min} to ${max}`;
    return this.fail(
      key,
      `${JSON.stringify(value) ?? "nothing"} is not allowed; allowed: ${allowed}`,
    );
  }
}
