import assert from "node:assert/strict";
import { ManualClock } from "../../../shared/clock.ts";
import { UploadRate } from "./upload_rate.ts";

Deno.test("UploadRate lets an address upload so often in a minute, and others too", () => {
  const clock = new ManualClock();
  const rate = new UploadRate(2, clock);
  assert.deepEqual([1, 2].map(() => rate.secondsToWait("a")), [0, 0]);
  clock.advance(20_000);
  assert.equal(rate.secondsToWait("a"), 40);
  assert.equal(rate.secondsToWait("b"), 0);
  clock.advance(40_000);
  assert.equal(rate.secondsToWait("a"), 0);
});

Deno.test("UploadRate, 0 limits nothing", () => {
  const rate = new UploadRate(0, new ManualClock());
  for (let i = 0; i < 1000; i++) assert.equal(rate.secondsToWait("a"), 0);
});
