import assert from "node:assert/strict";
import { byWeight } from "./rendezvous.ts";

const NAMES = ["192.0.2.1:8600", "192.0.2.2:8600", "192.0.2.3:8600", "192.0.2.4:8600"];
const KEYS = Array.from({ length: 4000 }, (_, i) => i + 1);

const order = (key: number, names: readonly string[]) => byWeight(key, names, (name) => name);
const first = (key: number, names: readonly string[]) => order(key, names)[0];

Deno.test("byWeight() gives the same order whatever order the candidates come in", () => {
  for (const key of KEYS) assert.deepEqual(order(key, NAMES), order(key, NAMES.toReversed()));
});

Deno.test("byWeight() spreads keys evenly", () => {
  for (const name of NAMES) {
    const share = KEYS.filter((key) => first(key, NAMES) === name).length / KEYS.length;
    assert.ok(share > 0.2 && share < 0.3, `${name} has ${share}`);
  }
});

Deno.test("byWeight(), without a candidate only its own keys move, to their second choice", () => {
  const [gone, ...rest] = NAMES;
  for (const key of KEYS) {
    const [best, second] = order(key, NAMES);
    assert.equal(first(key, rest), best === gone ? second : best);
  }
});

Deno.test("byWeight() of nobody is nobody", () => assert.deepEqual(order(1, []), []));
