import assert from "node:assert/strict";
import { ServiceHealth } from "./service_health.ts";

const NOW = 1_800_000_000_000;

function health(): ServiceHealth {
  return new ServiceHealth({ next: () => 0, bytes: () => new Uint8Array(0) });
}

Deno.test("ServiceHealth, holds nothing back, while the service works", () => {
  const service = health();
  assert.equal(service.maxInFlight(500, NOW), 500);
  assert.equal(service.worked(service.epoch), false);
});

Deno.test("ServiceHealth, pauses after a failure, then allows one try", () => {
  const service = health();
  assert.equal(service.failed(service.epoch, { nowMs: NOW, afterMs: null }), 1000);
  assert.equal(service.maxInFlight(500, NOW + 999), 0);
  assert.equal(service.maxInFlight(500, NOW + 1000), 1);
  assert.equal(service.failed(service.epoch, { nowMs: NOW + 1000, afterMs: 7000 }), 7000);
  assert.equal(service.maxInFlight(500, NOW + 7999), 0);
  assert.equal(service.worked(service.epoch), true);
  assert.equal(service.maxInFlight(500, NOW + 7999), 500);
});

Deno.test("ServiceHealth, takes failures of tries that ran side by side for one", () => {
  const service = health();
  const begun = service.epoch;
  assert.equal(service.failed(begun, { nowMs: NOW, afterMs: null }), 1000);
  for (let each = 0; each < 100; each++) {
    assert.equal(service.failed(begun, { nowMs: NOW + 1, afterMs: null }), null);
  }
  assert.equal(service.pausedUntilMs, NOW + 1000);
  assert.equal(service.failed(service.epoch, { nowMs: NOW + 1000, afterMs: null }), 2000);
});

Deno.test("ServiceHealth, ends no pause for a try that had begun before it", () => {
  const service = health();
  const begun = service.epoch;
  service.failed(begun, { nowMs: NOW, afterMs: 30_000 });
  assert.equal(service.worked(begun), false);
  assert.equal(service.maxInFlight(500, NOW + 29_999), 0);
});
