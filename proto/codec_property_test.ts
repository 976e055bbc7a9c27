import assert from "node:assert/strict";
import fc from "fast-check";
import protobuf from "protobufjs";
import { fullName, loadSchema, referredType } from "./generator/schema.ts";
import { MESSAGES, ProtocolError } from "./mod.ts";

const schema = loadSchema(import.meta.dirname!);

for (const type of schema.messages) {
  const codec = MESSAGES.get(fullName(type))!;

  Deno.test(`${fullName(type)}: decode() gives back whatever encode() was given`, () => {
    fc.assert(
      fc.property(messageOf(type), (message) => {
        const body = codec.encode(message);
        const decoded = codec.decode(body);
        assert.deepEqual(decoded, message);
        assert.deepEqual(codec.encode(decoded), body);
      }),
      { numRuns: 50 },
    );
  });

  Deno.test(`${fullName(type)}: decode() of any bytes gives a message or a ProtocolError`, () => {
    fc.assert(
      fc.property(damagedBody(type), (body) => {
        try {
          codec.encode(codec.decode(body));
        } catch (error) {
          assert.ok(error instanceof ProtocolError, String(error));
        }
      }),
      { numRuns: 50 },
    );
  });
}

/** Messages as decode gives them: lists are there even when empty, absent fields are not. */
function messageOf(type: protobuf.Type): fc.Arbitrary<object> {
  const values = type.fieldsArray.map((field) => {
    const value = valueOf(field);
    return [field.name, field.repeated ? fc.array(value, { maxLength: 3 }) : value] as const;
  });
  const requiredKeys = type.fieldsArray.filter((field) => field.required || field.repeated);
  return fc.record(Object.fromEntries(values), {
    requiredKeys: requiredKeys.map(({ name }) => name),
    noNullPrototype: true,
  });
}

function valueOf(field: protobuf.Field): fc.Arbitrary<unknown> {
  const referred = referredType(field);
  if (referred instanceof protobuf.Type) return messageOf(referred);
  if (referred) return fc.constantFrom(...Object.values(referred.values));
  if (field.type === "string") return fc.string({ unit: "binary", maxLength: 200 });
  if (field.type === "bytes") return fc.uint8Array({ maxLength: 200 }).map((data) => data.slice());
  return fc.nat({ max: 2 ** 32 - 1 });
}

/** A valid body with one byte changed and the end cut off, or pure noise. */
function damagedBody(type: protobuf.Type): fc.Arbitrary<Uint8Array> {
  const codec = MESSAGES.get(fullName(type))!;
  const damaged = fc.tuple(messageOf(type), fc.nat(), fc.nat(255), fc.nat()).map(
    ([message, position, value, end]) => {
      const body = codec.encode(message).slice();
      if (body.length > 0) body[position % body.length] = value;
      return body.subarray(0, end % (body.length + 1));
    },
  );
  return fc.oneof(damaged, fc.uint8Array({ maxLength: 64 }));
}
