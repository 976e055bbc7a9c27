import assert from "node:assert/strict";
import {
  LOCK_OUT_WINDOW_SEC,
  LoginFailures,
  MAX_FAILURES,
  MAX_NAME_FAILURES,
  MAX_PAIRS,
} from "./login_failures.ts";

const NOW = 1_800_000_000;
const ANN = { name: "ann", address: "10.0.0.1" };
const ELSEWHERE = { name: "ann", address: "10.0.0.2" };

function isLocked(failures: LoginFailures, who = ANN, now = NOW): boolean {
  const attempt = failures.begin(who, now);
  attempt?.takeBack();
  return attempt === null;
}

function fail(failures: LoginFailures, who: typeof ANN, times: number): void {
  for (let i = 0; i < times; i++) assert.notEqual(failures.begin(who, NOW), null);
}

function failedOften(times: number, who = ANN): LoginFailures {
  const failures = new LoginFailures();
  fail(failures, who, times);
  return failures;
}

Deno.test("LoginFailures, locks a name with more than ten failures, and no other name (P-LOCK)", () => {
  assert.equal(isLocked(failedOften(MAX_FAILURES)), false);
  const locked = failedOften(MAX_FAILURES + 1);
  assert.equal(isLocked(locked), true);
  assert.equal(isLocked(locked, { ...ANN, name: "Ann" }), false);
});

Deno.test("LoginFailures, nobody locks out somebody at another address (P-LOCK)", () => {
  const failures = failedOften(MAX_FAILURES + 1, ELSEWHERE);
  assert.equal(isLocked(failures, ELSEWHERE), true);
  assert.equal(isLocked(failures), false);
});

Deno.test("LoginFailures, guesses from everywhere lock the name in the end (P-LOCK)", () => {
  const failures = new LoginFailures();
  for (let i = 0; i <= MAX_NAME_FAILURES; i++) {
    assert.equal(isLocked(failures), false);
    fail(failures, { name: "ann", address: `10.1.0.${i}` }, 1);
  }
  assert.equal(isLocked(failures), true);
});

Deno.test("LoginFailures, guesses at many names lock the address, unless that is off", () => {
  const failures = new LoginFailures(30);
  const off = new LoginFailures(0);
  for (let i = 0; i <= 30; i++) {
    fail(failures, { ...ANN, name: `name${i}` }, 1);
    fail(off, { ...ANN, name: `name${i}` }, 1);
  }
  assert.equal(isLocked(failures), true);
  assert.equal(isLocked(failures, ELSEWHERE), false);
  assert.equal(isLocked(off), false);
});

Deno.test("LoginFailures, without an address it counts per name, as the original does", () => {
  const unknown = { name: "ann", address: "" };
  const failures = failedOften(MAX_FAILURES + 1, unknown);
  assert.equal(isLocked(failures, unknown), true);
  assert.equal(isLocked(failures, { ...unknown, name: "bob" }), false);
});

Deno.test("LoginFailures, a failure counts for half an hour", () => {
  const failures = failedOften(MAX_FAILURES + 1);
  assert.equal(isLocked(failures, ANN, NOW + LOCK_OUT_WINDOW_SEC), true);
  assert.equal(isLocked(failures, ANN, NOW + LOCK_OUT_WINDOW_SEC + 1), false);
});

Deno.test("LoginFailures, aged failures make room for new ones one by one", () => {
  const failures = new LoginFailures();
  for (let i = 0; i <= MAX_FAILURES; i++) failures.begin(ANN, NOW + i);
  const afterFirst = NOW + LOCK_OUT_WINDOW_SEC + 1;
  assert.equal(isLocked(failures, ANN, afterFirst), false);
  failures.begin(ANN, afterFirst);
  assert.equal(isLocked(failures, ANN, afterFirst), true);
});

Deno.test("LoginFailures, a success forgets the failures of name and address", () => {
  const failures = failedOften(MAX_FAILURES);
  failures.begin(ANN, NOW)!.succeeded();
  fail(failures, ANN, MAX_FAILURES + 1);
  assert.equal(isLocked(failures), true);
});

Deno.test("LoginFailures, one's own success does not forget what one did to others", () => {
  const failures = new LoginFailures(30);
  for (let i = 0; i <= 30; i++) {
    fail(failures, { ...ANN, name: `name${i}` }, 1);
    failures.begin({ ...ANN, name: "mallory" }, NOW)?.succeeded();
  }
  assert.equal(isLocked(failures), true);
});

Deno.test("LoginFailures, an attempt that is under way counts, one that is taken back does not", () => {
  const failures = new LoginFailures();
  const attempts = Array.from({ length: MAX_FAILURES + 1 }, () => failures.begin(ANN, NOW)!);
  assert.equal(isLocked(failures), true);
  for (const attempt of attempts) attempt.takeBack();
  assert.equal(isLocked(failedOften(0)), false);
  fail(failures, ANN, MAX_FAILURES + 1);
});

Deno.test("LoginFailures, above its limit forgets the one that failed longest ago", () => {
  const failures = failedOften(MAX_FAILURES);
  fail(failures, ELSEWHERE, MAX_FAILURES + 1);
  fail(failures, ANN, 1); // Now the other is the one that failed longest ago.
  for (let i = 0; i < MAX_PAIRS - 1; i++) {
    failures.begin({ name: `name${i}`, address: `a${i % 1000}` }, NOW);
  }
  assert.equal(isLocked(failures), true);
  assert.equal(isLocked(failures, ELSEWHERE), false);
});
