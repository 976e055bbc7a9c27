import assert from "node:assert/strict";
import { bytes, concat, number, varint } from "../../proto/test_support/bytes.ts";
import {
  appendFields,
  FieldError,
  type FieldSpan,
  scanFields,
  uint32Value,
  withoutField,
} from "./mod.ts";

function scan(body: Uint8Array): FieldSpan[] {
  const fields: FieldSpan[] = [];
  scanFields(body, (field) => fields.push(field));
  return fields;
}

function hex(body: Uint8Array): string {
  return new Uint8Array(body).toHex();
}

Deno.test("scanFields() gives number, wire type and place of every field", () => {
  const body = Uint8Array.fromHex(
    "0801" + "a2010c".padEnd(6 + 24, "0") + "0d11223344" + "1101020304",
  );
  const eight = concat(body, Uint8Array.fromHex("05060708"));
  assert.deepEqual(scan(eight), [
    { number: 1, wireType: 0, start: 0, valueStart: 1, end: 2 },
    { number: 20, wireType: 2, start: 2, valueStart: 5, end: 17 },
    { number: 1, wireType: 5, start: 17, valueStart: 18, end: 22 },
    { number: 2, wireType: 1, start: 22, valueStart: 23, end: 31 },
  ]);
});

Deno.test("scanFields() of an empty body visits nothing", () => {
  assert.deepEqual(scan(new Uint8Array(0)), []);
});

const malformed: Record<string, string> = {
  "a tag that is cut off": "a2",
  "a varint without its value": "08",
  "a varint that is cut off": "0880",
  "a varint of eleven bytes": "08" + "ff".repeat(10) + "01",
  "a tag of eleven bytes": "ff".repeat(11) + "01",
  "a length beyond the end": "0a05010203",
  "a length of 4 GiB": "0affffffff0f",
  "a length above 32 bits": "0a818080808001",
  "an eight-byte field that is cut off": "0901020304",
  "a four-byte field that is cut off": "0d0102",
  "a group start": "0b",
  "a group end": "0c",
  "wire type 6": "0e",
  "wire type 7": "0f",
  "field number 0": "0001",
  "field 20 hidden behind a tag above 32 bits": "a08180801001",
};

for (const [what, text] of Object.entries(malformed)) {
  Deno.test(`scanFields() throws FieldError for ${what}`, () => {
    assert.throws(() => scan(Uint8Array.fromHex(text)), FieldError);
    assert.throws(() => scan(Uint8Array.fromHex("0801" + text)), FieldError);
  });
}

Deno.test("scanFields() leaves a malformed body after a bounded number of steps", () => {
  const body = new Uint8Array(4 * 1024 * 1024).fill(0x80);
  let visits = 0;
  assert.throws(() => scanFields(body, () => visits++), FieldError);
  assert.equal(visits, 0);
});

Deno.test("scanFields() accepts the largest field number and a tag written too long", () => {
  const largest = concat(varint(0x1fffffff * 8), varint(1));
  assert.equal(scan(largest)[0]!.number, 0x1fffffff);
  assert.equal(scan(Uint8Array.fromHex("88800001"))[0]!.number, 1);
});

for (const value of [0, 1, 127, 128, 0x7fffffff, 0x80000000, 0xffffffff]) {
  Deno.test(`uint32Value() reads ${value}`, () => {
    const body = number(1, value);
    assert.equal(uint32Value(body, scan(body)[0]!), value);
  });
}

Deno.test("uint32Value() cuts what has more than 32 bits, as codecs do", () => {
  const minusOne = number(1, 0xffffffffffffffffn);
  assert.equal(uint32Value(minusOne, scan(minusOne)[0]!), 0xffffffff);
  const wide = number(1, 0x500000007n);
  assert.equal(uint32Value(wide, scan(wide)[0]!), 7);
});

Deno.test("uint32Value() refuses a field that is no varint", () => {
  const body = bytes(1, "abc");
  assert.throws(() => uint32Value(body, scan(body)[0]!), FieldError);
});

Deno.test("withoutField() takes fields out of front, middle and end", () => {
  const parts = [number(1, 5), bytes(2, "two"), number(3, 300), bytes(20, "attach")];
  const body = concat(...parts);
  const fields = scan(body);
  for (let mask = 0; mask < 16; mask++) {
    const kept = parts.filter((_, at) => (mask & (1 << at)) === 0);
    const removed = fields.filter((_, at) => (mask & (1 << at)) !== 0);
    assert.equal(hex(withoutField(body, removed)), hex(concat(...kept)));
  }
});

Deno.test("withoutField() copies nothing when the field is the end", () => {
  const body = concat(number(1, 5), bytes(20, "attach"));
  assert.equal(withoutField(body, scan(body).slice(1)).buffer, body.buffer);
});

Deno.test("appendFields() writes numbers and bytes as the wire has them", () => {
  const start = number(1, 7);
  const content = new Uint8Array(300).fill(9);
  const body = appendFields(start, [[4, 0xffffffff], [20, content], [2, 0]]);
  assert.equal(
    hex(body),
    hex(concat(start, number(4, 0xffffffff), bytes(20, content), number(2, 0))),
  );
});

for (const value of [-1, 1.5, 0x100000000, NaN]) {
  Deno.test(`appendFields() refuses ${value}, which is no unsigned 32-bit number`, () => {
    assert.throws(() => appendFields(new Uint8Array(0), [[1, value]]), /no unsigned 32-bit number/);
  });
}
