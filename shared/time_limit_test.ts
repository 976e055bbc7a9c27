import { deepStrictEqual as deepEqual, strictEqual as equal } from "node:assert/strict";
import { ManualClock } from "./clock.ts";
import { TimeLimit } from "./time_limit.ts";

Deno.test("TimeLimit tells of each wait that lasts too long, at its own time", () => {
  const clock = new ManualClock();
  const limit = new TimeLimit(clock, 100);
  const late: string[] = [];
  limit.begin(() => late.push("a"));
  clock.advance(30);
  limit.begin(() => late.push("b"));
  clock.advance(69);
  deepEqual(late, []);
  clock.advance(1);
  deepEqual(late, ["a"]);
  clock.advance(29);
  deepEqual(late, ["a"]);
  clock.advance(1);
  deepEqual(late, ["a", "b"]);
  clock.advance(1000);
  deepEqual(late, ["a", "b"]);
});

Deno.test("TimeLimit says nothing of a wait that has ended, and goes on with the others", () => {
  const clock = new ManualClock();
  const limit = new TimeLimit(clock, 100);
  const late: string[] = [];
  const first = limit.begin(() => late.push("a"));
  clock.advance(50);
  limit.begin(() => late.push("b"));
  const third = limit.begin(() => late.push("c"));
  first.cancel();
  first.cancel();
  clock.advance(99);
  third.cancel();
  clock.advance(1);
  deepEqual(late, ["b"]);
});

Deno.test("TimeLimit has one timer for all waits, and none for long without any", () => {
  const clock = new ManualClock();
  const limit = new TimeLimit(clock, 100);
  for (let each = 0; each < 1000; each++) limit.begin(() => {}).cancel();
  limit.begin(() => {});
  equal(clock.pendingTimers, 1);
  clock.advance(100);
  equal(clock.pendingTimers, 0);
});

Deno.test("TimeLimit takes waits that begin and end while others are late", () => {
  const clock = new ManualClock();
  const limit = new TimeLimit(clock, 100);
  const late: string[] = [];
  limit.begin(() => {
    late.push("a");
    second.cancel();
    limit.begin(() => late.push("c"));
  });
  const second = limit.begin(() => late.push("b"));
  clock.advance(100);
  deepEqual(late, ["a"]);
  clock.advance(100);
  deepEqual(late, ["a", "c"]);
});

Deno.test("TimeLimit.stop() ends all waits and leaves no timer", () => {
  const clock = new ManualClock();
  const limit = new TimeLimit(clock, 100);
  limit.begin(() => {
    throw new Error("late");
  });
  limit.stop();
  equal(clock.pendingTimers, 0);
  clock.advance(1000);
  let isLate = false;
  limit.begin(() => isLate = true);
  clock.advance(100);
  equal(isLate, true);
});
