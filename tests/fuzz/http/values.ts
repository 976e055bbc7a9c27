/** Values for a JSON schema, right ones and wrong ones. */
import { type Random, randomInt } from "../../../shared/random.ts";
import { chance, pick, shortLength } from "../inputs/pick.ts";

/** The part of JSON schema that the API's document uses. */
export interface Schema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly minimum?: number;
  readonly maximum?: number;
}

const ODD: readonly unknown[] = [
  ...[null, true, "", "\u0000", "\ud800", "%", "x".repeat(5000), -1, 0.5, 2 ** 32, 2 ** 53, 1e300],
  ...[[], [[]], {}, { __proto__: null, a: 1 }, "1", "NaN", "constructor", "'; --", "<b>", "日本語"],
];
const MAX_ITEMS = 5;

export function valueOf(schema: Schema, random: Random): unknown {
  if (chance(random, 0.07)) return pick(random, ODD);
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return pick(random, schema.enum);
  if (schema.anyOf !== undefined) return valueOf(pick(random, schema.anyOf), random);
  const type = typeof schema.type === "string" ? schema.type : schema.type?.[0];
  if (type === "object") return objectOf(schema, random);
  if (type === "array") {
    const items = schema.items ?? {};
    return Array.from({ length: shortLength(random, MAX_ITEMS) }, () => valueOf(items, random));
  }
  if (type === "boolean") return chance(random, 0.5);
  if (type === "integer" || type === "number") return numberOf(schema, random);
  return pick(random, ["user1", "user2", "name", "123456", "a@example.com", "http://x.example/"]);
}

function objectOf({ properties = {}, required = [] }: Schema, random: Random): object {
  const kept = Object.entries(properties).filter(([name]) =>
    chance(random, required.includes(name) ? 0.97 : 0.5)
  );
  return Object.fromEntries(kept.map(([name, schema]) => [name, valueOf(schema, random)]));
}

function numberOf({ minimum = 0, maximum = 1000 }: Schema, random: Random): number {
  return pick(random, [minimum, maximum, minimum + randomInt(random, 10), 1, 2]);
}
