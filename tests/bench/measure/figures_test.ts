import assert from "node:assert/strict";
import { hasFaults, latencyFigures, summarise } from "./figures.ts";
import { Histogram } from "./histogram.ts";

Deno.test("summarise() gives median, smallest and largest of each figure", () => {
  const runs = [3, 1, 2].map((value) => ({ a: value, b: value === 1 ? null : value }));
  assert.deepEqual(summarise(runs), { a: { median: 2, min: 1, max: 3 }, b: null });
  assert.deepEqual(summarise(runs.slice(1)).a, { median: 1.5, min: 1, max: 2 });
});

Deno.test("hasFaults() is true for a loss, not for a missing ack or unknown figures", () => {
  assert.equal(hasFaults({ lost: 0, duplicated: 0, reordered: 0, stray: 0, unacked: 3 }), false);
  assert.equal(hasFaults({ lost: null, acked_per_s: 5 }), false);
  for (const name of ["lost", "duplicated", "reordered", "stray", "wrong"]) {
    assert.equal(hasFaults({ [name]: 1 }), true);
  }
});

Deno.test("latencyFigures() turns microseconds into milliseconds", () => {
  const histogram = new Histogram();
  assert.deepEqual(Object.values(latencyFigures("ack", histogram)), [null, null, null, null, null]);
  histogram.add(100);
  assert.deepEqual(latencyFigures("ack", histogram), {
    ack_p50_ms: 0.1,
    ack_p90_ms: 0.1,
    ack_p99_ms: 0.1,
    ack_p999_ms: 0.1,
    ack_max_ms: 0.1,
  });
});
