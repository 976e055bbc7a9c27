import assert from "node:assert/strict";
import fc from "fast-check";
import { Histogram } from "./histogram.ts";

function histogramOf(values: readonly number[]): Histogram {
  const histogram = new Histogram();
  values.forEach((value) => histogram.add(value));
  return histogram;
}

Deno.test("Histogram without values has no quantiles", () => {
  const histogram = new Histogram();
  assert.equal(histogram.quantile(0.5), null);
  assert.deepEqual([histogram.count, histogram.max], [0, 0]);
});

Deno.test("Histogram gives small values exactly", () => {
  const histogram = histogramOf([5, 1, 4, 2, 3]);
  const shares = [0, 0.2, 0.21, 0.5, 0.8, 1];
  assert.deepEqual(shares.map((share) => histogram.quantile(share)), [1, 1, 2, 3, 4, 5]);
});

Deno.test("Histogram rounds, takes negative values as 0 and bounds huge ones", () => {
  assert.equal(histogramOf([0.6]).quantile(1), 1);
  assert.equal(histogramOf([-3]).quantile(1), 0);
  const histogram = histogramOf([1, 1e12]);
  assert.equal(histogram.max, 1e12);
  assert.equal(histogram.quantile(0.5), 1);
  assert.ok(histogram.quantile(1)! >= 2 ** 28 - 1);
});

Deno.test("Histogram quantiles are those of the sorted values, off by less than 1/128", () => {
  const values = fc.array(fc.integer({ min: 0, max: 2 ** 28 - 1 }), { minLength: 1 });
  const share = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(fc.property(values, share, (values, share) => {
    const sorted = [...values].sort((a, b) => a - b);
    const exact = sorted[Math.max(1, Math.ceil(share * sorted.length)) - 1]!;
    const found = histogramOf(values).quantile(share)!;
    assert.ok(found >= exact && found <= exact + exact / 128, `${found} for ${exact}`);
  }));
});
