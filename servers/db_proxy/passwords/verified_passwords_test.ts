import assert from "node:assert/strict";
import { seededRandom } from "../../../shared/random.ts";
import { MAX_VERIFIED, VerifiedPasswords } from "./verified_passwords.ts";

Deno.test("VerifiedPasswords, knows a pair of hash and password, under a key of its own", () => {
  const verified = new VerifiedPasswords(seededRandom(1));
  const key = verified.keyOf("scrypt$a", "md5");
  assert.equal(verified.has(key), false);
  verified.add(key);
  assert.equal(verified.has(verified.keyOf("scrypt$a", "md5")), true);
  assert.equal(verified.has(verified.keyOf("scrypt$b", "md5")), false, "a new hash");
  assert.equal(verified.has(verified.keyOf("scrypt$a", "other")), false, "another password");
  const other = new VerifiedPasswords(seededRandom(2));
  assert.notEqual(other.keyOf("scrypt$a", "md5"), key);
});

Deno.test("VerifiedPasswords, above its limit forgets the one that was used longest ago", () => {
  const verified = new VerifiedPasswords(seededRandom(1));
  for (let i = 0; i < MAX_VERIFIED; i++) verified.add(`${i}`);
  assert.equal(verified.has("0"), true);
  verified.add("one more");
  assert.equal(verified.size, MAX_VERIFIED);
  assert.equal(verified.has("0"), true);
  assert.equal(verified.has("1"), false);
});
