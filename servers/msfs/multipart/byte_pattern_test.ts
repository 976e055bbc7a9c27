import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import fc from "fast-check";
import { BytePattern } from "./byte_pattern.ts";

Deno.test("BytePattern, indexIn() finds the first occurrence, as String.indexOf() does", () => {
  // Few different bytes, so that there are many beginnings of the pattern.
  const text = (minLength: number, maxLength: number) =>
    fc.string({ unit: fc.constantFrom("a", "b", "\r", "\xff"), minLength, maxLength });
  fc.assert(
    fc.property(text(1, 6), text(0, 60), (pattern, data) => {
      const found = new BytePattern(Buffer.from(pattern, "latin1"))
        .indexIn(Buffer.from(data, "latin1"));
      assert.equal(found, data.indexOf(pattern));
    }),
    { numRuns: 1000 },
  );
});

Deno.test("BytePattern, indexIn() finds a pattern at both ends, and none in less than it", () => {
  const pattern = new BytePattern(Buffer.from("\r\n--boundary"));
  assert.equal(pattern.indexIn(Buffer.from("\r\n--boundary")), 0);
  assert.equal(pattern.indexIn(Buffer.from("x\r\n--boundary")), 1);
  assert.equal(pattern.indexIn(Buffer.from("\r\n--boundar")), -1);
  assert.equal(pattern.indexIn(new Uint8Array()), -1);
});
