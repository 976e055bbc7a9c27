import { strictEqual as equal } from "node:assert/strict";
import { Membership } from "./membership.ts";

Deno.test("Membership: whoever is out sees what was said before, and nothing of later", () => {
  const membership = new Membership([1]);
  equal(membership.mayHaveSeen(1, 7), true);
  equal(membership.mayHaveSeen(2, 7), false);
  membership.began(1);
  membership.isIn(1, false, 5);
  equal(membership.mayHaveSeen(1, 4), true);
  equal(membership.mayHaveSeen(1, 5), false);
});

Deno.test("Membership: nothing is sure about a change without an answer", () => {
  const membership = new Membership([1]);
  membership.began(1);
  equal(membership.has(1), null);
  equal(membership.mayHaveSeen(1, 100), true);
  equal(membership.sure.size, 0);
});

Deno.test("Membership: steady is who was never to be taken out", () => {
  const membership = new Membership([1, 2]);
  membership.began(1);
  membership.isIn(1, false, 5);
  membership.began(1);
  membership.isIn(1, true, 9);
  equal(membership.has(1), true);
  equal(membership.isSteady(1), false);
  equal(membership.isSteady(2), true);
});
