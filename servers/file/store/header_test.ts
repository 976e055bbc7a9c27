import assert from "node:assert/strict";
import fc from "fast-check";
import { factsOf, TASK_ID } from "../test_support/temp_store.ts";
import { decodeHeader, encodeHeader } from "./header.ts";

function field(header: Uint8Array, start: number, end: number): string {
  return new TextDecoder().decode(header.subarray(start, end)).replace(/\0+$/, "");
}

Deno.test("encodeHeader(), has the fields of docs/spec/storage.md 10 at their places", () => {
  const facts = factsOf(4_294_967_295, { fromUserId: 7, toUserId: 4_000_000_000 });
  const header = encodeHeader(facts, 1_800_000_000);
  assert.equal(header.length, 960);
  assert.equal(field(header, 0, 128), TASK_ID);
  assert.equal(field(header, 128, 192), "7");
  assert.equal(field(header, 192, 256), "4000000000");
  assert.equal(field(header, 256, 384), "1800000000");
  assert.equal(field(header, 384, 896), "a.bin");
  assert.equal(field(header, 896, 960), "4294967295");
  // Texts are padded with NUL only.
  assert.ok(header.subarray(TASK_ID.length, 128).every((byte) => byte === 0));
});

Deno.test("decodeHeader(), reads what encodeHeader() writes", () => {
  const uint32 = fc.integer({ min: 0, max: 0xffffffff });
  fc.assert(fc.property(uint32, uint32, uint32, (fromUserId, toUserId, fileSize) => {
    const facts = factsOf(fileSize, { fromUserId, toUserId });
    assert.deepEqual(decodeHeader(encodeHeader(facts, 1)), facts);
  }));
});

Deno.test("encodeHeader(), cuts a long name between characters, and drops NUL (P-FILE5)", () => {
  const name = (fileName: string): string =>
    decodeHeader(encodeHeader(factsOf(1, { fileName }), 1))!.fileName;
  assert.equal(name("%s%n.txt"), "%s%n.txt");
  assert.equal(name("a\0b"), "ab");
  assert.equal(name("x".repeat(600)), "x".repeat(511));
  // Three bytes each: 170 fit into 511 bytes, one byte stays free.
  assert.equal(name("文".repeat(300)), "文".repeat(170));
});

Deno.test("decodeHeader(), reads the header of an original, whose file name is empty", () => {
  const header = encodeHeader(factsOf(70_000, { fileName: "" }), 1);
  assert.deepEqual(decodeHeader(header), factsOf(70_000, { fileName: "" }));
});

Deno.test("decodeHeader(), takes nothing that is no header of a task", () => {
  const good = encodeHeader(factsOf(5), 1);
  const broken = (start: number, text: string): Uint8Array => {
    const header = new Uint8Array(good);
    header.set(new TextEncoder().encode(text), start);
    return header;
  };
  assert.equal(decodeHeader(good.subarray(0, 959)), null);
  assert.equal(decodeHeader(new Uint8Array(960)), null);
  assert.equal(decodeHeader(broken(0, "../")), null);
  assert.equal(decodeHeader(broken(128, "x")), null);
  assert.equal(decodeHeader(broken(192, "-1")), null);
  assert.equal(decodeHeader(broken(896, "4294967296")), null);
});
