import assert from "node:assert/strict";
import { sortedAsText, sortedUnique } from "./text_order.ts";

Deno.test("sortedAsText() sorts ids as the original's texts: 1, 10, 2 (Q-ORD2)", () => {
  assert.deepEqual(sortedAsText([2, 100, 10, 1, 21]), [1, 10, 100, 2, 21]);
});

Deno.test("sortedUnique() sorts ids as numbers, each once (Q-CREATE)", () => {
  assert.deepEqual(sortedUnique([10, 2, 10, 4294967295, 1]), [1, 2, 10, 4294967295]);
});
