import assert from "node:assert/strict";
import { FilePlaces } from "./file_places.ts";

const place = (ip: string) => [{ ip, port: 8600 }];
const HOME = place("192.0.2.1");
const OTHER = place("192.0.2.2");

function setUp(maxPlaces = 10): FilePlaces {
  return new FilePlaces({ homeOf: (userId) => userId === 0 ? [] : HOME, maxPlaces });
}

Deno.test("FilePlaces, a file of which nothing is known is at its receiver's home", () => {
  const places = setUp();
  assert.deepEqual(places.placeOf({ taskId: "t", receiverId: 2 }), HOME);
  assert.deepEqual(places.placeOf({ taskId: "t", receiverId: 0 }), []);
});

Deno.test("FilePlaces.note(), the first word about a file counts, and no word is none", () => {
  const places = setUp();
  places.note("t", []);
  places.note("t", OTHER);
  places.note("t", place("192.0.2.3"));
  assert.deepEqual(places.placeOf({ taskId: "t", receiverId: 2 }), OTHER);
});

Deno.test("FilePlaces forgets the files that were not asked about for longest", () => {
  const places = setUp(2);
  places.note("a", OTHER);
  places.note("b", OTHER);
  places.placeOf({ taskId: "a", receiverId: 2 });
  places.note("c", OTHER);
  const found = ["a", "b", "c"].map((taskId) => places.placeOf({ taskId, receiverId: 2 }));
  assert.deepEqual(found, [OTHER, HOME, OTHER]);
});
