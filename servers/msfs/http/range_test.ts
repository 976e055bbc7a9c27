import assert from "node:assert/strict";
import { rangeOf } from "./range.ts";

Deno.test("rangeOf() gives the part of a file that is asked for", () => {
  const cases: Readonly<Record<string, readonly [start: number, length: number]>> = {
    "bytes=0-0": [0, 1],
    "bytes=2-4": [2, 3],
    "bytes=2-": [2, 8],
    "bytes=2-99": [2, 8],
    "bytes=-3": [7, 3],
    "bytes=-99": [0, 10],
    "bytes=9-9": [9, 1],
    " Bytes = 1 - 2 ": [1, 2],
  };
  for (const [header, [start, length]] of Object.entries(cases)) {
    assert.deepEqual(rangeOf(header, 10), { start, length }, header);
  }
});

Deno.test("rangeOf() tells what the file does not have", () => {
  for (const header of ["bytes=10-", "bytes=10-20", "bytes=-0", "bytes=99-100"]) {
    assert.equal(rangeOf(header, 10), "unsatisfiable", header);
  }
  assert.equal(rangeOf("bytes=0-", 0), "unsatisfiable");
  assert.equal(rangeOf("bytes=-1", 0), "unsatisfiable");
});

Deno.test("rangeOf() has all of the file sent for what is no single range of bytes", () => {
  const others = [null, "", "bytes=", "bytes=-", "bytes=4-2", "bytes=0-1,3-4", "items=0-1"];
  for (const header of [...others, "bytes=a-b", "bytes=1.5-2", "bytes=0-9999999999999999"]) {
    assert.equal(rangeOf(header, 10), null, String(header));
  }
});
