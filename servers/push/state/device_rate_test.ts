import assert from "node:assert/strict";
import { DEVICE_BURST, DEVICE_INTERVAL_MS, DeviceRate } from "./device_rate.ts";

const START_MS = 1_800_000_000_000;

Deno.test("DeviceRate, a burst at once, then one per interval", () => {
  const rate = new DeviceRate();
  for (let each = 0; each < DEVICE_BURST; each++) {
    assert.ok(rate.readyAtMs("a") <= START_MS);
    rate.take("a", START_MS);
  }
  assert.equal(rate.readyAtMs("a"), START_MS + DEVICE_INTERVAL_MS);
  rate.take("a", START_MS + DEVICE_INTERVAL_MS);
  assert.equal(rate.readyAtMs("a"), START_MS + 2 * DEVICE_INTERVAL_MS);
});

Deno.test("DeviceRate, a device that was left alone has its whole burst again, and no more", () => {
  const rate = new DeviceRate();
  for (let each = 0; each < DEVICE_BURST; each++) rate.take("a", START_MS);
  const laterMs = START_MS + 1_000_000;
  for (let each = 0; each < DEVICE_BURST; each++) {
    assert.ok(rate.readyAtMs("a") <= laterMs);
    rate.take("a", laterMs);
  }
  assert.ok(rate.readyAtMs("a") > laterMs);
});

Deno.test("DeviceRate, devices do not slow each other down", () => {
  const rate = new DeviceRate();
  for (let each = 0; each < DEVICE_BURST; each++) rate.take("a", START_MS);
  assert.ok(rate.readyAtMs("b") <= START_MS);
});
