import assert from "node:assert/strict";
import { LostUsers } from "./lost_users.ts";

Deno.test("LostUsers, gives out each user once, when the wait is over", () => {
  const lost = new LostUsers();
  assert.equal(lost.nextDueMs, null);
  lost.lose([1, 2], 100);
  lost.lose([3], 200);
  assert.equal(lost.nextDueMs, 100);
  assert.deepEqual(lost.takeDue(99), []);
  assert.deepEqual(lost.takeDue(100), [1, 2]);
  assert.equal(lost.nextDueMs, 200);
  assert.deepEqual(lost.takeDue(1000), [3]);
  assert.deepEqual(lost.takeDue(1000), []);
});

Deno.test("LostUsers, starts the wait again, when a user is lost twice", () => {
  const lost = new LostUsers();
  lost.lose([1, 2], 100);
  lost.lose([1], 200);
  assert.deepEqual(lost.takeDue(150), [2]);
  assert.deepEqual(lost.takeDue(200), [1]);
});

Deno.test("LostUsers, ends the wait, when the user is back", () => {
  const lost = new LostUsers();
  lost.lose([1], 100);
  assert.equal(lost.back(1), false);
  assert.equal(lost.nextDueMs, null);
});

Deno.test("LostUsers, remembers whom clients believe offline, until he is back", () => {
  const lost = new LostUsers();
  lost.declare(1);
  assert.equal(lost.back(1), true);
  assert.equal(lost.back(1), false);
});

Deno.test("LostUsers, takes a logout elsewhere for the news, when the user still waits", () => {
  const lost = new LostUsers();
  lost.toldOffline(1);
  assert.equal(lost.back(1), false);
  lost.lose([1], 100);
  lost.toldOffline(1);
  assert.deepEqual(lost.takeDue(100), []);
  assert.equal(lost.back(1), true);
});
