import assert from "node:assert/strict";
import fc from "fast-check";
import { findCapacity } from "./capacity_search.ts";

const SEARCH = { from: 2000, within: 0.04, least: 100 };

Deno.test("findCapacity() comes close to what passes, from below, wherever that is", async () => {
  await fc.assert(fc.asyncProperty(fc.integer({ min: 200, max: 1_000_000 }), async (limit) => {
    let trials = 0;
    const passes = (rate: number) => Promise.resolve((trials++, rate <= limit));
    const found = await findCapacity(passes, SEARCH);
    assert.ok(found <= limit && found >= limit * 0.95, `${found} for ${limit}`);
    assert.ok(trials < 40, `${trials} trials`);
  }));
});

Deno.test("findCapacity() gives a rate that failed once a second try", async () => {
  let isSpoilt = true;
  const found = await findCapacity((rate) => {
    const passes = rate <= 8000 && !(rate === 4000 && isSpoilt);
    if (rate === 4000) isSpoilt = false;
    return Promise.resolve(passes);
  }, SEARCH);
  assert.ok(found >= 7600 && found <= 8000, String(found));
});

Deno.test("findCapacity() gives 0 when nothing passes", async () => {
  assert.equal(await findCapacity(() => Promise.resolve(false), SEARCH), 0);
});
