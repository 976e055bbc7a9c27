import assert from "node:assert/strict";
import process from "node:process";
import { ManualClock, nowSec, systemClock } from "./clock.ts";

Deno.test("ManualClock stands still until it is advanced", () => {
  const clock = new ManualClock(5000);
  assert.equal(clock.nowMs(), 5000);
  clock.advance(250);
  assert.equal(clock.nowMs(), 5250);
  assert.equal(nowSec(clock), 5);
});

Deno.test("ManualClock fires a timer once, at its own due time", () => {
  const clock = new ManualClock(0);
  const times: number[] = [];
  clock.after(100, () => times.push(clock.nowMs()));
  clock.advance(99);
  assert.deepEqual(times, []);
  clock.advance(1000);
  clock.advance(1000);
  assert.deepEqual(times, [100]);
  assert.equal(clock.pendingTimers, 0);
});

Deno.test("ManualClock fires in the order of due time, then of creation", () => {
  const clock = new ManualClock(0);
  const order: string[] = [];
  clock.after(20, () => order.push("late"));
  clock.after(10, () => order.push("first"));
  clock.after(10, () => order.push("second"));
  clock.every(10, () => order.push("each"));
  clock.advance(20);
  assert.deepEqual(order, ["first", "second", "each", "late", "each"]);
});

Deno.test("ManualClock fires a timer that is set by another one on the way", () => {
  const clock = new ManualClock(0);
  const times: number[] = [];
  clock.after(10, () => clock.after(10, () => times.push(clock.nowMs())));
  clock.advance(100);
  assert.deepEqual(times, [20]);
});

Deno.test("ManualClock timers can be cancelled, also by themselves and twice", () => {
  const clock = new ManualClock(0);
  let count = 0;
  const timer = clock.every(10, () => {
    if (++count === 3) timer.cancel();
  });
  const never = clock.after(5, () => assert.fail("cancelled"));
  never.cancel();
  never.cancel();
  clock.advance(100);
  assert.equal(count, 3);
  assert.equal(clock.pendingTimers, 0);
});

Deno.test("ManualClock never goes back when a timer advances it", () => {
  const clock = new ManualClock(0);
  clock.after(10, () => clock.advance(1000));
  clock.advance(20);
  assert.equal(clock.nowMs(), 1010);
});

for (
  const [name, clock] of [["systemClock", systemClock], ["ManualClock", new ManualClock()]] as const
) {
  Deno.test(`${name}.soon() runs after the promises of this turn`, async () => {
    const order: string[] = [];
    const done = Promise.withResolvers<void>();
    clock.soon(() => {
      order.push("soon");
      done.resolve();
    });
    Promise.resolve().then(() => Promise.resolve()).then(() => order.push("promise"));
    order.push("now");
    await done.promise;
    assert.deepEqual(order, ["now", "promise", "soon"]);
  });
}

Deno.test("systemClock runs and cancels timers of the machine", async () => {
  const before = systemClock.nowMs();
  const never = systemClock.after(0, () => assert.fail("cancelled"));
  never.cancel();
  let count = 0;
  const done = Promise.withResolvers<void>();
  const timer = systemClock.every(1, () => {
    if (++count === 3) systemClock.after(1, done.resolve);
    if (count === 3) timer.cancel();
  });
  await done.promise;
  assert.equal(count, 3);
  assert.ok(systemClock.nowMs() >= before);
});

Deno.test("systemClock takes a moment that has passed as soon, without a warning", async () => {
  const warnings: Error[] = [];
  const note = (warning: Error): void => void warnings.push(warning);
  process.on("warning", note);
  await new Promise<void>((resolve) => systemClock.after(-0.5, resolve));
  // The runtime warns in a later turn than it is called.
  await new Promise((resolve) => setImmediate(resolve));
  process.off("warning", note);
  assert.deepEqual(warnings, []);
});
