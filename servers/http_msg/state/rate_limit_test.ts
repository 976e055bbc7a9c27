import assert from "node:assert/strict";
import { ManualClock } from "../../../shared/clock.ts";
import { RateLimit } from "./rate_limit.ts";

Deno.test("RateLimit, lets a burst through, then as many as fit the rate, per address", () => {
  const clock = new ManualClock();
  const limit = new RateLimit(clock, 2);
  const taken = (remote: string): number =>
    Array.from({ length: 30 }, () => limit.take(remote)).filter((wait) => wait === 0).length;
  assert.equal(taken("a"), 20);
  assert.equal(taken("b"), 20);
  assert.equal(limit.take("a"), 1, "seconds to wait");
  clock.advance(3000);
  assert.equal(taken("a"), 6);
  clock.advance(60_000);
  assert.equal(taken("a"), 20, "no more than the burst is saved up");
});
