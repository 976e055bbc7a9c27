import assert from "node:assert/strict";
import { randomInt, randomPassword, seededRandom, systemRandom, withJitter } from "./random.ts";

Deno.test("seededRandom() repeats with the seed and differs without", () => {
  const draw = (seed: number) => {
    const random = seededRandom(seed);
    return [random.next(), random.next(), ...random.bytes(8)];
  };
  assert.deepEqual(draw(7), draw(7));
  assert.notDeepEqual(draw(7), draw(8));
});

for (
  const [name, random] of [["seededRandom", seededRandom(1)], [
    "systemRandom",
    systemRandom,
  ]] as const
) {
  Deno.test(`${name} gives numbers in [0, 1), about evenly`, () => {
    const buckets = new Array<number>(10).fill(0);
    for (let i = 0; i < 20_000; i++) {
      const value = random.next();
      assert.ok(value >= 0 && value < 1);
      buckets[Math.floor(value * 10)]!++;
    }
    assert.ok(buckets.every((count) => count > 1700 && count < 2300), buckets.join());
  });

  Deno.test(`${name} gives as many bytes as asked for, of every value`, () => {
    assert.equal(random.bytes(0).length, 0);
    assert.equal(new Set(random.bytes(8000)).size, 256);
  });
}

Deno.test("randomInt() stays below its limit and reaches both ends", () => {
  const random = seededRandom(3);
  const seen = new Set(Array.from({ length: 500 }, () => randomInt(random, 6)));
  assert.deepEqual([...seen].sort(), [0, 1, 2, 3, 4, 5]);
  assert.equal(randomInt(random, 1), 0);
});

Deno.test("withJitter() adds up to the share and takes nothing away", () => {
  const at = (value: number) => withJitter({ ...systemRandom, next: () => value }, 1000, 0.2);
  assert.equal(at(0), 1000);
  assert.equal(at(0.5), 1100);
  assert.ok(at(1 - Number.EPSILON) <= 1200);
});

Deno.test("randomPassword() has the length asked for and no look-alikes", () => {
  const password = randomPassword(systemRandom, 4000);
  assert.match(password, /^[a-zA-Z2-9]{4000}$/);
  assert.doesNotMatch(password, /[lIoO01]/);
  assert.equal(new Set(password).size, 56);
});

Deno.test("randomPassword() leaves out bytes that would favour a character", () => {
  let next = 0;
  const bytes = (length: number) => Uint8Array.from({ length }, () => next = (next + 31) % 256);
  const counts = new Map<string, number>();
  for (const one of randomPassword({ next: () => 0, bytes }, 224 * 10)) {
    counts.set(one, (counts.get(one) ?? 0) + 1);
  }
  assert.deepEqual(new Set(counts.values()), new Set([40]));
});
