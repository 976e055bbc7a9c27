import assert from "node:assert/strict";
import { LoginThrottle, MAX_PER_NAME, MAX_PER_REMOTE, WINDOW_SEC } from "./login_throttle.ts";

const T = 1_800_000_000;

Deno.test("LoginThrottle, a name has so many failures within the window, and then has to wait", () => {
  const throttle = new LoginThrottle();
  for (let i = 0; i < MAX_PER_NAME; i++) {
    assert.equal(throttle.begin("ann", `10.0.0.${i}`, T + i), 0);
  }
  assert.equal(throttle.begin("ann", "10.0.1.1", T + 20), WINDOW_SEC - 20);
  assert.equal(throttle.begin("bob", "10.0.1.1", T + 20), 0, "others are not held up");
  assert.equal(throttle.begin("ann", "10.0.1.1", T + WINDOW_SEC), 0, "the first is forgotten");
});

Deno.test("LoginThrottle, an address has so many failures, whatever the names", () => {
  const throttle = new LoginThrottle();
  for (let i = 0; i < MAX_PER_REMOTE; i++) {
    assert.equal(throttle.begin(`name${i}`, "10.0.0.1", T), 0);
  }
  assert.equal(throttle.begin("another", "10.0.0.1", T), WINDOW_SEC);
  assert.equal(throttle.begin("another", "10.0.0.2", T), 0);
});

Deno.test("LoginThrottle, a right password clears the name and is not held against the address", () => {
  const throttle = new LoginThrottle();
  for (let round = 0; round < 5; round++) {
    for (let i = 0; i < MAX_PER_NAME - 1; i++) throttle.begin("ann", `10.0.${round}.${i}`, T);
    assert.equal(throttle.begin("ann", "10.9.9.9", T), 0);
    throttle.succeeded("ann", "10.9.9.9", T);
  }
});

Deno.test("LoginThrottle, guesses that come at once are counted before any of them is checked", () => {
  const throttle = new LoginThrottle();
  const waits = Array.from({ length: 50 }, () => throttle.begin("ann", "10.0.0.1", T));
  assert.equal(waits.filter((wait) => wait === 0).length, MAX_PER_NAME);
});
