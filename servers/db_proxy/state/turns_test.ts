import assert from "node:assert/strict";
import fc from "fast-check";
import { Turns } from "./turns.ts";

function takeAll<T>(turns: Turns<T>): T[] {
  const taken: T[] = [];
  for (let each = turns.size; each > 0; each--) taken.push(turns.take(0)!);
  return taken;
}

Deno.test("Turns, one of each key in turn, each key's own in their order", () => {
  const turns = new Turns<string>();
  for (const item of ["a1", "a2", "a3", "b1", "c1", "c2"]) {
    turns.push(item.charCodeAt(0), item, 0);
  }
  assert.equal(turns.peek(), "a1");
  assert.deepEqual(takeAll(turns), ["a1", "b1", "c1", "a2", "c2", "a3"]);
  assert.deepEqual([turns.size, turns.peek(), turns.take(0)], [0, undefined, undefined]);
});

Deno.test("Turns, who comes late waits for one round and not for all that was there", () => {
  const turns = new Turns<number>();
  for (let each = 0; each < 10_000; each++) turns.push(1, each, 0);
  turns.push(2, -1, 0);
  assert.deepEqual([turns.take(0), turns.take(0), turns.take(0)], [0, -1, 1]);
});

Deno.test("Turns.waitMs(), how long the first has waited for this turn", () => {
  const turns = new Turns<string>();
  assert.equal(turns.waitMs(500), 0);
  turns.push(1, "a", 1000);
  turns.push(1, "b", 1000);
  turns.push(2, "c", 1200);
  assert.equal(turns.waitMs(1500), 500);
  turns.take(1500);
  assert.equal(turns.waitMs(1500), 300);
  turns.take(1600);
  assert.equal(turns.waitMs(1800), 300);
});

Deno.test("Turns, everything comes out once, each key's in order, whatever is pushed and taken between", () => {
  const step = fc.oneof(fc.integer({ min: 0, max: 5 }), fc.constant("take" as const));
  fc.assert(fc.property(fc.array(step, { maxLength: 5000, size: "max" }), (steps) => {
    const turns = new Turns<readonly [key: number, number: number]>();
    const taken: (readonly [key: number, number: number])[] = [];
    let number = 0;
    for (const one of steps) {
      if (one !== "take") turns.push(one, [one, number++], 0);
      else if (turns.size > 0) taken.push(turns.take(0)!);
    }
    taken.push(...takeAll(turns));
    assert.equal(new Set(taken.map(([, number]) => number)).size, number);
    for (let key = 0; key <= 5; key++) {
      const numbers = taken.filter((one) => one[0] === key).map(([, number]) => number);
      assert.deepEqual(numbers, numbers.toSorted((a, b) => a - b));
    }
  }));
});
