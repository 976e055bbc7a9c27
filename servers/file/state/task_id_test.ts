import assert from "node:assert/strict";
import { seededRandom, systemRandom } from "../../../shared/random.ts";
import { isTaskId, newTaskId, shortTaskId } from "./task_id.ts";

Deno.test("newTaskId(), makes version 4 UUIDs of the exact form, each another", () => {
  const ids = Array.from({ length: 200 }, () => newTaskId(systemRandom));
  for (const id of ids) {
    assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    assert.ok(isTaskId(id));
  }
  assert.equal(new Set(ids).size, ids.length);
});

Deno.test("newTaskId(), takes all of its chance from the source it is given", () => {
  assert.equal(newTaskId(seededRandom(7)), newTaskId(seededRandom(7)));
  assert.equal(
    newTaskId({ next: () => 0, bytes: (length) => new Uint8Array(length).fill(0xff) }),
    "ffffffff-ffff-4fff-bfff-ffffffffffff",
  );
});

Deno.test("isTaskId(), refuses all that is not the exact form", () => {
  const id = "927e920a-1ccc-4b4b-872c-c4ad31e1a5a3";
  assert.ok(isTaskId(id));
  for (
    const other of [
      "",
      id.toUpperCase(),
      `${id}\n`,
      ` ${id}`,
      `${id}\0`,
      `${id}.part`,
      `{${id}}`,
      id.replaceAll("-", ""),
      id.slice(0, 35),
      `../${id.slice(3)}`,
      "../../../../../../../../etc/passwd__",
      `92/../0a-1ccc-4b4b-872c-c4ad31e1a5a3`,
      id.replace("9", "g"),
      id.replace("9", "９"),
    ]
  ) assert.ok(!isTaskId(other), JSON.stringify(other));
});

Deno.test("shortTaskId(), keeps a part that does not let anybody log in", () => {
  assert.equal(shortTaskId("927e920a-1ccc-4b4b-872c-c4ad31e1a5a3"), "927e920a");
  assert.ok(!isTaskId("927e920a"));
});
