import assert from "node:assert/strict";
import { groupConversationKey, pairKey } from "./conversation_key.ts";

Deno.test("pairKey() is the same whoever of the two writes, and a whole number from 0", () => {
  for (const [a, b] of [[1, 2], [7, 4_294_967_295], [3, 3]] as const) {
    assert.equal(pairKey(a, b), pairKey(b, a));
    assert.ok(Number.isInteger(pairKey(a, b)) && pairKey(a, b) >= 0);
  }
});

for (const places of [2, 3, 4, 8]) {
  Deno.test(`conversation keys of neighbouring ids spread over ${places} places`, () => {
    const users = new Array<number>(places).fill(0);
    const groups = new Array<number>(places).fill(0);
    for (let i = 1; i <= 1000; i++) {
      users[pairKey(2 * i - 1, 2 * i) % places]!++;
      groups[groupConversationKey(i) % places]!++;
    }
    for (const count of [...users, ...groups]) {
      assert.ok(Math.abs(count - 1000 / places) < 500 / places, `${users} ${groups}`);
    }
  });
}
