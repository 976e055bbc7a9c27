import assert from "node:assert/strict";
import { readWebhookAnswer } from "./webhook_service.ts";

Deno.test("readWebhookAnswer(), every status has a meaning", () => {
  const meaning = (status: number): string => {
    const outcome = readWebhookAnswer({ status, retryAfterMs: null, body: "" });
    return outcome.kind === "retry" ? `retry ${outcome.scope}` : outcome.kind;
  };
  const meanings: readonly (readonly [string, readonly number[]])[] = [
    ["delivered", [200, 202, 204]],
    ["gone", [410]],
    ["rejected", [400, 405, 413, 422]],
    ["retry credentials", [401, 403, 404]],
    ["retry device", [500]],
    ["retry service", [301, 302, 408, 429, 502, 503, 504]],
  ];
  for (const [expected, statuses] of meanings) {
    for (const status of statuses) assert.equal(meaning(status), expected, String(status));
  }
});

Deno.test("readWebhookAnswer(), passes on how long the receiver wants to be left alone", () => {
  assert.deepEqual(readWebhookAnswer({ status: 503, retryAfterMs: 5000, body: "" }), {
    kind: "retry",
    scope: "service",
    reason: "HTTP 503",
    afterMs: 5000,
  });
});
