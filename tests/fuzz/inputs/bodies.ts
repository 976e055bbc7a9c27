/** Bodies of PDUs from the schema, with all that a sender could get wrong about single fields. */
import { Buffer } from "node:buffer";
import protobuf from "protobufjs";
import { fullName, loadSchema, referredType } from "../../../proto/generator/schema.ts";
import { type Random, randomInt } from "../../../shared/random.ts";
import { varint } from "../../../proto/test_support/bytes.ts";
import { TEXTS, VARINTS } from "./mutate.ts";
import { chance, noise, pick, shortLength } from "./pick.ts";

const MAX_DEPTH = 4;
const MAX_REPEATS = 6;
const MAX_TEXT = 20_000;

export class Bodies {
  readonly #types: ReadonlyMap<string, protobuf.Type>;
  /** Messages with their package. */
  readonly names: readonly string[];

  constructor() {
    const { messages } = loadSchema(`${import.meta.dirname}/../../../proto`);
    this.#types = new Map(messages.map((type) => [fullName(type), type]));
    this.names = [...this.#types.keys()];
  }

  /** A body of this message: most often valid, else with fields missing, doubled or of odd types. */
  make(name: string, random: Random): Uint8Array {
    return bodyOf(this.#types.get(name)!, random, { isTame: chance(random, 0.6), depth: 0 });
  }
}

/** A field of wire type 2. */
function bytes(id: number, content: Uint8Array): Uint8Array {
  return Buffer.concat([tag(id, 2), number(content.length), content]);
}

/** Quicker than the test support's, whose numbers have no end. */
function number(value: number): Uint8Array {
  if (value < 0x80 && value >= 0) return Uint8Array.of(value);
  return varint(value);
}

function tag(id: number, wireType: number): Uint8Array {
  return number(id << 3 | wireType);
}

interface Style {
  /** Nothing but what the schema allows. */
  readonly isTame: boolean;
  readonly depth: number;
}

function bodyOf(type: protobuf.Type, random: Random, style: Style): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const field of type.fieldsArray) {
    for (let left = repeats(field, random, style); left > 0; left--) {
      parts.push(fieldOf(field, random, style));
    }
  }
  if (!style.isTame && chance(random, 0.2)) {
    parts.push(number(randomInt(random, 1 << 10)), pick(random, VARINTS));
  }
  if (!style.isTame && chance(random, 0.2)) parts.reverse();
  return Buffer.concat(parts);
}

function repeats(field: protobuf.Field, random: Random, { isTame, depth }: Style): number {
  if (depth > MAX_DEPTH) return field.required ? 1 : 0;
  if (field.repeated) return shortLength(random, MAX_REPEATS);
  if (!isTame && chance(random, 0.1)) return randomInt(random, 3);
  return field.required || chance(random, 0.5) ? 1 : 0;
}

function fieldOf(field: protobuf.Field, random: Random, style: Style): Uint8Array {
  const referred = referredType(field);
  if (!style.isTame && chance(random, 0.05)) {
    return Buffer.concat([tag(field.id, randomInt(random, 8)), pick(random, VARINTS)]);
  }
  if (referred instanceof protobuf.Type) {
    return bytes(field.id, bodyOf(referred, random, { ...style, depth: style.depth + 1 }));
  }
  if (field.type === "string" || field.type === "bytes") {
    return bytes(field.id, textOf(random, style));
  }
  const known = referred === null ? SMALL : Object.values(referred.values);
  const isKnown = style.isTame && referred !== null || chance(random, 0.7);
  const value = isKnown ? number(pick(random, known)) : oddNumber(random);
  return Buffer.concat([tag(field.id, 0), value]);
}

/** Ids and counts that mean something in the fixtures: users, groups, messages. */
const SMALL: readonly number[] = [0, 1, 1, 2, 2, 3, 4, 5, 10, 100];

function oddNumber(random: Random): Uint8Array {
  if (chance(random, 0.5)) return pick(random, VARINTS);
  return number(Math.floor(random.next() * 2 ** randomInt(random, 33)));
}

function textOf(random: Random, { isTame }: Style): Uint8Array {
  if (chance(random, 0.3)) return Buffer.from(pick(random, NAMES));
  if (!isTame && chance(random, 0.3)) return pick(random, TEXTS);
  if (isTame) return Buffer.alloc(shortLength(random, MAX_TEXT), "x");
  return noise(random, shortLength(random, 1000));
}

/** Names and password hash of the fixtures' users. */
const NAMES: readonly string[] = [
  ...["user1", "user2", "user3", "", "e10adc3949ba59abbe56e057f20f883e", "1.0"],
  ...["1_1", "group1", "127.0.0.1", "[1,2]", '{"a":1}'],
];
