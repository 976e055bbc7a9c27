import assert from "node:assert/strict";
import { ManualClock } from "../clock.ts";
import { MsfsError } from "./error.ts";
import { Gate } from "./gate.ts";

function gateOf(clock: ManualClock): Gate {
  return new Gate({ clock, places: 2, maxWaiting: 2, waitLimitMs: 1000 });
}

/** Work that ends when the test says so. */
function pieces(gate: Gate, begun: number[]) {
  return Array.from({ length: 4 }, (_, index) => {
    const work = Promise.withResolvers<void>();
    const done = gate.run(() => {
      begun.push(index);
      return work.promise;
    });
    return { finish: work.resolve, fail: work.reject, done };
  });
}

Deno.test("Gate runs as many as it has places, then the longest waiting, also after a failure", async () => {
  const begun: number[] = [];
  const clock = new ManualClock();
  const [a, b, c, d] = pieces(gateOf(clock), begun);
  await Promise.resolve();
  assert.deepEqual(begun, [0, 1]);
  b!.fail(new Error("broken"));
  await assert.rejects(b!.done, /broken/);
  await Promise.resolve();
  assert.deepEqual(begun, [0, 1, 2]);
  a!.finish();
  await a!.done;
  c!.finish();
  await c!.done;
  d!.finish();
  await d!.done;
  assert.deepEqual(begun, [0, 1, 2, 3]);
  assert.equal(clock.pendingTimers, 0);
});

Deno.test("Gate refuses at once when enough wait, and who waited too long, and goes on", async () => {
  const begun: number[] = [];
  const clock = new ManualClock();
  const gate = gateOf(clock);
  const [a, b, c, d] = pieces(gate, begun);
  await assert.rejects(gate.run(() => assert.fail()), MsfsError);
  const refusals = Promise.all([c, d].map((one) => assert.rejects(one!.done, /within 1000 ms/)));
  clock.advance(1000);
  await refusals;
  a!.finish();
  b!.finish();
  await Promise.all([a!.done, b!.done]);
  assert.equal(await gate.run(() => Promise.resolve(7)), 7);
  assert.deepEqual(begun, [0, 1]);
});
