import assert from "node:assert/strict";
import { readApnsAnswer } from "./apns_answer.ts";

function read(status: number, reason?: string, retryAfterMs: number | null = null) {
  const body = reason === undefined ? "" : JSON.stringify({ reason, timestamp: 1_800_000_000_000 });
  return readApnsAnswer({ status, body, retryAfterMs });
}

function kindOf(status: number, reason?: string): string {
  const outcome = read(status, reason);
  if (typeof outcome === "string") return outcome;
  return outcome.kind === "retry" ? `retry ${outcome.scope}` : outcome.kind;
}

Deno.test("readApnsAnswer(), tokens that are not valid any more", () => {
  assert.deepEqual(read(410, "Unregistered"), { kind: "gone", reason: "Unregistered" });
  assert.equal(kindOf(410, "ExpiredToken"), "gone");
  assert.equal(kindOf(400, "BadDeviceToken"), "gone");
  assert.equal(kindOf(400, "DeviceTokenNotForTopic"), "gone");
});

Deno.test("readApnsAnswer(), a push that Apple will never take says nothing about the token", () => {
  for (const reason of ["BadCollapseId", "PayloadEmpty", "SomethingNew"]) {
    assert.equal(kindOf(400, reason), "rejected", reason);
  }
  assert.equal(kindOf(413, "PayloadTooLarge"), "rejected");
});

Deno.test("readApnsAnswer(), trouble with our credentials or set-up", () => {
  assert.equal(kindOf(403, "ExpiredProviderToken"), "expired");
  for (const reason of ["InvalidProviderToken", "BadCertificate", "Forbidden"]) {
    assert.equal(kindOf(403, reason), "retry credentials", reason);
  }
  assert.equal(kindOf(400, "TopicDisallowed"), "retry credentials");
});

Deno.test("readApnsAnswer(), trouble that passes", () => {
  assert.equal(kindOf(429, "TooManyRequests"), "retry device");
  assert.equal(kindOf(429, "TooManyProviderTokenUpdates"), "retry service");
  assert.equal(kindOf(500, "InternalServerError"), "retry device");
  assert.equal(kindOf(503, "Shutdown"), "retry service");
  assert.equal(kindOf(400, "IdleTimeout"), "retry service");
  assert.deepEqual(read(503, undefined, 5000), {
    kind: "retry",
    scope: "service",
    reason: "HTTP 503",
    afterMs: 5000,
  });
});
