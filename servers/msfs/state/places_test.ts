import assert from "node:assert/strict";
import { Places } from "./places.ts";

Deno.test("Places gives out as many as there are, and again what was given back", () => {
  const places = new Places(2);
  const leave = places.take();
  places.take();
  assert.equal(places.take(), null);
  leave!();
  assert.notEqual(places.take(), null);
  assert.equal(places.taken, 2);
});

Deno.test("Places, whenAllFree() waits for the last one", async () => {
  const places = new Places(2);
  await places.whenAllFree();
  const leaves = [places.take()!, places.take()!];
  let isFree = false;
  const free = places.whenAllFree().then(() => isFree = true);
  leaves[0]!();
  await Promise.resolve();
  assert.equal(isFree, false);
  leaves[1]!();
  await free;
});

Deno.test("Places, one address has no more than its share, and others have theirs", () => {
  const places = new Places(3, 2);
  const [first, second] = [places.take("a"), places.take("a")];
  assert.ok(first !== null && second !== null);
  assert.equal(places.take("a"), null);
  const other = places.take("b");
  assert.ok(other !== null);
  assert.equal(places.take("c"), null, "all are taken");
  first();
  other();
  assert.ok(places.take("a") !== null);
});
