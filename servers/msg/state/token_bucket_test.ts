import assert from "node:assert/strict";
import { TokenBucket } from "./token_bucket.ts";

Deno.test("TokenBucket, a burst of twice the rate passes without a wait", () => {
  const bucket = new TokenBucket(20, 0);
  const waits = Array.from({ length: 40 }, () => bucket.take(0));
  assert.deepEqual(waits.slice(0, 39), Array(39).fill(0));
  assert.equal(waits[39], 50, "the 40th empties it: the next one has to wait a twentieth second");
});

Deno.test("TokenBucket, after a wait as long as it said the next one may be taken", () => {
  const bucket = new TokenBucket(20, 0);
  for (let i = 0; i < 40; i++) bucket.take(0);
  assert.equal(bucket.take(50), 50);
  assert.equal(bucket.take(1050), 0);
});

Deno.test("TokenBucket, several may be taken at once, and what was not there comes first", () => {
  const bucket = new TokenBucket(20, 0);
  assert.equal(bucket.take(0, 39), 0);
  assert.equal(bucket.take(0, 10), 500, "nine were not there, and one must be");
  assert.equal(bucket.take(500), 50);
});

Deno.test("TokenBucket, never holds more than the burst, and a clock that steps back gives none", () => {
  const bucket = new TokenBucket(20, 1_000_000);
  assert.equal(bucket.take(0), 0);
  for (let i = 0; i < 38; i++) assert.equal(bucket.take(0), 0);
  assert.ok(bucket.take(0) > 0);
});
