import assert from "node:assert/strict";
import { fitsColumn, isIntactText } from "./texts.ts";

Deno.test("isIntactText() refuses NUL and the sign of bytes that were no UTF-8", () => {
  for (const text of ["", 'it\'s \\ "quoted"', "汉字 😀", "a\nb"]) {
    assert.equal(isIntactText(text), true, JSON.stringify(text));
  }
  for (const bytes of [[65, 0, 66], [0xff, 65], [0xe4, 0xbd], [0xed, 0xa0, 0x80]]) {
    assert.equal(isIntactText(new TextDecoder().decode(Uint8Array.from(bytes))), false);
  }
});

Deno.test("fitsColumn() counts bytes of UTF-8", () => {
  assert.deepEqual(["x".repeat(6), "汉汉", "😀x", "汉汉x"].map((text) => fitsColumn(text, 6)), [
    true,
    true,
    true,
    false,
  ]);
  assert.equal(fitsColumn("a\0", 6), false);
});
