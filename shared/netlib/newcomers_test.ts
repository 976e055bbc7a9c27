import assert from "node:assert/strict";
import { Newcomers } from "./newcomers.ts";

function setUp(max: number, maxPerAddress: number | null) {
  const dismissed: string[] = [];
  const newcomers = new Newcomers({ max, maxPerAddress });
  const enter = (name: string, address: string) =>
    newcomers.enter(address, (reason) => dismissed.push(`${name}: ${reason}`));
  return { newcomers, dismissed, enter };
}

Deno.test("Newcomers dismisses the oldest when there are too many", () => {
  const { newcomers, dismissed, enter } = setUp(2, null);
  for (const name of ["a", "b", "c", "d"]) enter(name, "10.0.0.1");
  assert.deepEqual(dismissed, [
    "a: too many connections that have not logged in",
    "b: too many connections that have not logged in",
  ]);
  assert.equal(newcomers.count, 2);
});

Deno.test("Newcomers dismisses the oldest of an address with too many, and no one else's", () => {
  const { newcomers, dismissed, enter } = setUp(10, 2);
  enter("other", "10.0.0.2");
  for (const name of ["a", "b", "c"]) enter(name, "10.0.0.1");
  assert.deepEqual(dismissed, [
    "a: too many connections of its address that have not logged in",
  ]);
  assert.equal(newcomers.count, 3);
});

Deno.test("Newcomers forgets who has left, also twice", () => {
  const { newcomers, dismissed, enter } = setUp(2, 2);
  const leave = enter("a", "10.0.0.1");
  enter("b", "10.0.0.1");
  leave();
  leave();
  enter("c", "10.0.0.1");
  assert.deepEqual(dismissed, []);
  assert.equal(newcomers.count, 2);
  enter("d", "10.0.0.1");
  assert.match(dismissed.join(), /^b: /);
});
