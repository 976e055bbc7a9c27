import assert from "node:assert/strict";
import protobuf from "protobufjs";
import { specCommands, specEnums, specMessages, specServices } from "../test_support/wire_spec.ts";
import { fullName, loadSchema, referredType } from "./schema.ts";

const schema = loadSchema(`${import.meta.dirname}/..`);

Deno.test("proto files: messages and fields are those of docs/spec/wire.md 7", () => {
  const actual = schema.messages.map((message): [string, unknown[]] => [
    fullName(message),
    message.fieldsArray.map((field) => ({
      number: field.id,
      label: field.repeated ? "repeated" : field.required ? "required" : "optional",
      type: typeName(field),
      name: field.name,
    })),
  ]);
  assert.deepEqual(Object.fromEntries(actual), Object.fromEntries(specMessages()));
});

Deno.test("proto files: enums are those of docs/spec/wire.md 4, 5 and 6", () => {
  const expected: Record<string, Record<string, number>> = { ServiceID: specServices() };
  for (const [name, commands] of specCommands()) {
    expected[name] = Object.fromEntries(commands.map(({ name, id }) => [name, id]));
  }
  Object.assign(expected, Object.fromEntries(specEnums()));
  const actual = schema.enums.map((type) => [type.name, { ...type.values }]);
  assert.deepEqual(Object.fromEntries(actual), expected);
  const places = ["BaseDefine", "Internal"].map((name) => `IM.${name}`);
  assert.ok(schema.enums.every((type) => places.includes(fullName(type.parent!))));
});

Deno.test("proto files: repeated numbers are not packed", () => {
  const packed = schema.messages.flatMap(({ fieldsArray }) => fieldsArray)
    .filter((field) => field.repeated && field.packed).map(({ fullName }) => fullName);
  assert.deepEqual(packed, []);
});

/** The type as chapter 7 writes it: without package for scalars and within IM.BaseDefine. */
function typeName(field: protobuf.Field): string {
  const referred = referredType(field);
  if (referred === null) return field.type;
  return field.parent?.name === "BaseDefine" || referred.parent === field.parent?.parent
    ? referred.name
    : fullName(referred);
}
