import { strictEqual as equal } from "node:assert/strict";
import { LruMap } from "./lru_map.ts";

Deno.test("LruMap drops the entry that was not used for longest", () => {
  const map = new LruMap<string, number>({ maxWeight: 2 });
  map.set("a", 1);
  map.set("b", 2);
  equal(map.get("a"), 1);
  map.set("c", 3);
  equal(map.get("b"), undefined);
  equal(map.get("a"), 1);
  equal(map.get("c"), 3);
  equal(map.size, 2);
});

Deno.test("LruMap.set() of an existing key replaces it and counts as use", () => {
  const map = new LruMap<string, number>({ maxWeight: 2 });
  map.set("a", 1);
  map.set("b", 2);
  map.set("a", 10);
  map.set("c", 3);
  equal(map.get("a"), 10);
  equal(map.get("b"), undefined);
});

Deno.test("LruMap bounds the weight of all entries together and keeps the newest one", () => {
  const map = new LruMap<string, string>({ maxWeight: 10, weigh: (value) => value.length });
  map.set("a", "xxxx");
  map.set("b", "xxxx");
  map.set("c", "xxxxxx");
  equal(map.get("a"), undefined);
  equal(map.size, 2);
  map.set("d", "x".repeat(99));
  equal(map.get("d")?.length, 99);
  equal(map.size, 1);
  map.set("e", "x");
  equal(map.get("d"), undefined);
  equal(map.get("e"), "x");
});

Deno.test("LruMap gives the weight of deleted and cleared entries back", () => {
  const map = new LruMap<number, number>({ maxWeight: 2 });
  map.set(1, 1);
  map.set(2, 2);
  equal(map.delete(1), true);
  equal(map.delete(1), false);
  map.set(3, 3);
  equal(map.size, 2);
  map.clear();
  equal(map.get(2), undefined);
  map.set(4, 4);
  map.set(5, 5);
  equal(map.size, 2);
});

Deno.test("LruMap keeps falsy values", () => {
  const map = new LruMap<string, number>({ maxWeight: 2 });
  map.set("zero", 0);
  map.set("one", 1);
  equal(map.get("zero"), 0);
  map.set("two", 2);
  equal(map.get("zero"), 0);
});
