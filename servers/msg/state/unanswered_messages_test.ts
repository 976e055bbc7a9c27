import assert from "node:assert/strict";
import { ManualClock } from "../../../shared/clock.ts";
import { UnansweredMessages } from "./unanswered_messages.ts";

function setUp(count = 0) {
  const clock = new ManualClock();
  const unanswered = new UnansweredMessages(clock);
  for (let i = 0; i < count; i++) unanswered.add();
  return { clock, unanswered };
}

Deno.test("UnansweredMessages.settled() is true at once when all are answered", async () => {
  const { clock, unanswered } = setUp(1);
  unanswered.remove();
  assert.equal(await unanswered.settled(1000), true);
  assert.equal(clock.pendingTimers, 0);
});

Deno.test("UnansweredMessages.settled() waits for the last answer", async () => {
  const { clock, unanswered } = setUp(2);
  const settled = unanswered.settled(1000);
  let isSettled = false;
  void settled.then(() => isSettled = true);
  unanswered.remove();
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(isSettled, false);
  unanswered.remove();
  assert.equal(await settled, true);
  assert.equal(clock.pendingTimers, 0);
});

Deno.test("UnansweredMessages.settled() gives up after its limit", async () => {
  const { clock, unanswered } = setUp(1);
  const settled = unanswered.settled(1000);
  clock.advance(1000);
  assert.equal(await settled, false);
});

Deno.test("UnansweredMessages, a lost link starts the count again and ends a wait", async () => {
  const { unanswered } = setUp(3);
  const settled = unanswered.settled(1000);
  unanswered.reset();
  await settled;
  assert.equal(unanswered.count, 0);
});

Deno.test("UnansweredMessages, answers that nobody waits for do not count below zero", async () => {
  const { unanswered } = setUp(1);
  unanswered.reset();
  unanswered.remove();
  unanswered.add();
  assert.equal(unanswered.count, 1);
  unanswered.remove(5);
  assert.deepEqual([unanswered.count, await unanswered.settled(1)], [0, true]);
});
