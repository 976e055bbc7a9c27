import assert from "node:assert/strict";
import { seededRandom } from "../../../shared/random.ts";
import { backoffMs, FIRST_WAIT_MS, MAX_RETRY_AFTER_MS, MAX_WAIT_MS } from "./backoff.ts";

const steady = { next: () => 0, bytes: () => new Uint8Array(0) };

Deno.test("backoffMs() doubles with each failure, up to its limit", () => {
  const waits = [1, 2, 3, 6, 7, 100, 10_000].map((failures) =>
    backoffMs(failures, { random: steady, atLeastMs: null })
  );
  assert.deepEqual(waits, [1000, 2000, 4000, 32_000, MAX_WAIT_MS, MAX_WAIT_MS, MAX_WAIT_MS]);
});

Deno.test("backoffMs() adds up to a fifth", () => {
  const random = seededRandom(1);
  const waits = Array.from({ length: 100 }, () => backoffMs(1, { random, atLeastMs: null }));
  assert.ok(waits.every((wait) => wait >= FIRST_WAIT_MS && wait < 1.2 * FIRST_WAIT_MS));
  assert.ok(new Set(waits).size > 90);
});

Deno.test("backoffMs() waits as long as the service asks for, within reason", () => {
  const wait = (atLeastMs: number) => backoffMs(1, { random: steady, atLeastMs });
  assert.deepEqual([wait(0), wait(500), wait(90_000)], [1000, 1000, 90_000]);
  assert.equal(wait(1e12), MAX_RETRY_AFTER_MS);
});
