import assert from "node:assert/strict";
import { LOCK_OUT_WINDOW_SEC, LoginFailures, MAX_FAILURES, MAX_NAMES } from "./login_failures.ts";

const NOW = 1_800_000_000;

function failedOften(times: number, name = "ann"): LoginFailures {
  const failures = new LoginFailures();
  for (let i = 0; i < times; i++) failures.add(name, NOW);
  return failures;
}

Deno.test("LoginFailures, locks a name with more than ten failures, and no other name", () => {
  assert.equal(failedOften(MAX_FAILURES).isLocked("ann", NOW), false);
  const locked = failedOften(MAX_FAILURES + 1);
  assert.equal(locked.isLocked("ann", NOW), true);
  assert.equal(locked.isLocked("Ann", NOW), false);
});

Deno.test("LoginFailures, a failure counts for half an hour", () => {
  const failures = failedOften(MAX_FAILURES + 1);
  assert.equal(failures.isLocked("ann", NOW + LOCK_OUT_WINDOW_SEC), true);
  assert.equal(failures.isLocked("ann", NOW + LOCK_OUT_WINDOW_SEC + 1), false);
});

Deno.test("LoginFailures, aged failures make room for new ones one by one", () => {
  const failures = new LoginFailures();
  for (let i = 0; i <= MAX_FAILURES; i++) failures.add("ann", NOW + i);
  const afterFirst = NOW + LOCK_OUT_WINDOW_SEC + 1;
  assert.equal(failures.isLocked("ann", afterFirst), false);
  failures.add("ann", afterFirst);
  assert.equal(failures.isLocked("ann", afterFirst), true);
});

Deno.test("LoginFailures, clear() forgets all failures of the name", () => {
  const failures = failedOften(MAX_FAILURES + 1);
  failures.clear("ann");
  for (let i = 0; i < MAX_FAILURES; i++) failures.add("ann", NOW);
  assert.equal(failures.isLocked("ann", NOW), false);
});

Deno.test("LoginFailures, above its limit forgets the name that failed longest ago", () => {
  const failures = failedOften(MAX_FAILURES + 1, "first");
  for (let i = 0; i <= MAX_FAILURES; i++) failures.add("second", NOW);
  failures.add("first", NOW); // Now "second" is the one that failed longest ago.
  for (let i = 0; i < MAX_NAMES - 1; i++) failures.add(`name${i}`, NOW);
  assert.equal(failures.isLocked("second", NOW), false);
  assert.equal(failures.isLocked("first", NOW), true);
});
