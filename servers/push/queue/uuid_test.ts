import assert from "node:assert/strict";
import { seededRandom, systemRandom } from "../../../shared/random.ts";
import { uuid } from "./uuid.ts";

Deno.test("uuid() is a version 4 UUID, another each time", () => {
  const ids = Array.from({ length: 100 }, () => uuid(systemRandom));
  for (const id of ids) {
    assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  }
  assert.equal(new Set(ids).size, ids.length);
});

Deno.test("uuid() repeats with the seed", () => {
  assert.equal(uuid(seededRandom(1)), uuid(seededRandom(1)));
});
