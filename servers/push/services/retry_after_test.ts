import assert from "node:assert/strict";
import { retryAfterMs } from "./retry_after.ts";

const NOW = Date.parse("Wed, 25 Nov 2026 10:00:00 GMT");

Deno.test("retryAfterMs() reads seconds and dates", () => {
  assert.equal(retryAfterMs("120", NOW), 120_000);
  assert.equal(retryAfterMs(" 0 ", NOW), 0);
  assert.equal(retryAfterMs("Wed, 25 Nov 2026 10:00:30 GMT", NOW), 30_000);
  assert.equal(retryAfterMs("Wed, 25 Nov 2026 09:00:00 GMT", NOW), 0);
});

Deno.test("retryAfterMs() null, for anything else", () => {
  for (const value of [null, undefined, "", "soon", "-5", "1.5", "99999999999"]) {
    assert.equal(retryAfterMs(value, NOW), null, String(value));
  }
});
