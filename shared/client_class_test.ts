import assert from "node:assert/strict";
import { isMobile, isSameClass } from "./client_class.ts";

Deno.test("isMobile, Windows and Mac are PCs, iOS and Android are not", () => {
  assert.deepEqual([0x01, 0x02, 0x11, 0x12].map(isMobile), [false, false, true, true]);
});

Deno.test("isSameClass, Windows and Mac are one class, iOS and Android the other", () => {
  assert.equal(isSameClass(0x01, 0x02), true);
  assert.equal(isSameClass(0x11, 0x12), true);
  assert.equal(isSameClass(0x01, 0x11), false);
});
