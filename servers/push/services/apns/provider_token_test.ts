import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { generateKeyPairSync } from "node:crypto";
import { ManualClock } from "../../../../shared/clock.ts";
import { MIN_AGE_MS, ProviderToken, RENEW_AFTER_MS } from "./provider_token.ts";

function providerToken(clock: ManualClock): ProviderToken {
  const { privateKey: key } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return new ProviderToken({ keyId: "ABC1234567", teamId: "DEF7654321", key }, clock);
}

function issuedAtSec(token: string): number {
  return JSON.parse(Buffer.from(token.split(".")[1]!, "base64url").toString()).iat;
}

Deno.test("ProviderToken, is kept for 45 minutes, then renewed", () => {
  const clock = new ManualClock();
  const token = providerToken(clock);
  const first = token.current();
  clock.advance(RENEW_AFTER_MS - 1);
  assert.equal(token.current(), first);
  clock.advance(1);
  assert.notEqual(token.current(), first);
  assert.equal(issuedAtSec(token.current()), Math.floor(clock.nowMs() / 1000));
});

Deno.test("ProviderToken, that Apple calls expired is replaced, but not more often than allowed", () => {
  const clock = new ManualClock();
  const token = providerToken(clock);
  const first = token.current();
  clock.advance(MIN_AGE_MS - 1);
  assert.equal(token.replace(first), false);
  assert.equal(token.current(), first);
  clock.advance(1);
  assert.equal(token.replace(first), true);
  const second = token.current();
  assert.notEqual(second, first);
  // A late answer about the first one: there is a new one already.
  assert.equal(token.replace(first), true);
  assert.equal(token.current(), second);
});

Deno.test("ProviderToken, is renewed when the clock was set back", () => {
  let nowMs = 1_800_000_000_000;
  const clock = Object.assign(new ManualClock(), { nowMs: () => nowMs });
  const token = providerToken(clock);
  const first = token.current();
  nowMs -= 60_000;
  assert.equal(issuedAtSec(token.current()), issuedAtSec(first) - 60);
});
