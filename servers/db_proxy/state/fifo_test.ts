import assert from "node:assert/strict";
import fc from "fast-check";
import { Fifo } from "./fifo.ts";

Deno.test("Fifo gives back everything in order, whatever is pushed and taken between", () => {
  // Long runs of either, so that what is taken is let go of in the middle too.
  const step = fc.record({ isPush: fc.boolean(), times: fc.integer({ min: 1, max: 2500 }) });
  fc.assert(fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
    const fifo = new Fifo<number>();
    let [pushed, taken] = [0, 0];
    for (const { isPush, times } of steps) {
      for (let each = 0; each < times; each++) {
        if (isPush) fifo.push(pushed++);
        else {
          const expected = taken < pushed ? taken++ : undefined;
          assert.equal(fifo.peek(), expected);
          assert.equal(fifo.shift(), expected);
        }
        assert.equal(fifo.size, pushed - taken);
      }
    }
  }));
});
