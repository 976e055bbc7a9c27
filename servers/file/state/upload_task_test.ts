import assert from "node:assert/strict";
import { BLOCK_BYTES } from "./blocks.ts";
import { UploadTask } from "./upload_task.ts";

const MAX_SIZE = 0xffffffff;

function taskOf(fileSize: number): UploadTask<string> {
  const taskId = "927e920a-1ccc-4b4b-872c-c4ad31e1a5a3";
  return new UploadTask({ taskId, fromUserId: 1, toUserId: 2, fileName: "", fileSize }, 0);
}

Deno.test("UploadTask, asks for each block once, the last one shorter (Q-FILESIZE)", () => {
  const task = taskOf(70_000);
  assert.equal(task.state, "ready");
  task.join("ann", 0);
  assert.equal(task.state, "wait_upload");
  for (const [offset, length] of [[0, 32768], [32768, 32768], [65536, 4464]] as const) {
    assert.deepEqual(task.next, { offset, length });
    assert.ok(task.block("ann", { offset, length }).ok);
  }
  assert.equal(task.next, null);
  assert.equal(task.state, "upload_end");
});

Deno.test("UploadTask, is active from the first block to the last", () => {
  const task = taskOf(2 * BLOCK_BYTES);
  task.join("ann", 0);
  assert.equal(task.isActive, false);
  task.block("ann", { offset: 0, length: BLOCK_BYTES });
  assert.equal(task.state, "uploading");
  assert.equal(task.isActive, true);
  task.block("ann", { offset: BLOCK_BYTES, length: BLOCK_BYTES });
  assert.equal(task.isActive, false);
});

Deno.test("UploadTask, goes on where the stored part ends", () => {
  const task = taskOf(70_000);
  task.join("ann", 65_536);
  assert.deepEqual(task.next, { offset: 65_536, length: 4464 });
});

Deno.test("UploadTask, has nothing to ask for, when the file is empty or all of it is stored", () => {
  for (const size of [0, 1, 70_000]) {
    const task = taskOf(size);
    task.join("ann", size);
    assert.equal(task.next, null);
    assert.equal(task.state, "upload_end");
    const more = task.block("ann", { offset: size, length: 0 });
    assert.deepEqual(more, { ok: false, refusal: "finished" });
  }
});

Deno.test("UploadTask, refuses what is not the block that it asked for, whole", () => {
  const task = taskOf(70_000);
  task.join("ann", 32_768);
  const refusals = [
    task.block("ann", { offset: 0, length: 32_768 }),
    task.block("ann", { offset: 65_536, length: 4464 }),
    task.block("ann", { offset: 32_769, length: 32_768 }),
    task.block("ann", { offset: 32_768, length: 32_767 }),
    task.block("ann", { offset: 32_768, length: 32_769 }),
    task.block("ann", { offset: 32_768, length: 0 }),
    task.block("bob", { offset: 32_768, length: 32_768 }),
  ].map((result) => result.ok ? "accepted" : result.refusal);
  assert.deepEqual(refusals, [
    "wrong_offset",
    "wrong_offset",
    "wrong_offset",
    "wrong_length",
    "wrong_length",
    "wrong_length",
    "wrong_party",
  ]);
  assert.deepEqual(task.next, { offset: 32_768, length: 32_768 });
});

Deno.test("UploadTask, counts up to 4 GiB - 1", () => {
  const task = taskOf(MAX_SIZE);
  task.join("ann", MAX_SIZE - (BLOCK_BYTES - 1));
  assert.deepEqual(task.next, { offset: 4_294_934_528, length: 32_767 });
  task.block("ann", { offset: 4_294_934_528, length: 32_767 });
  assert.equal(task.state, "upload_end");
});

Deno.test("UploadTask, lets the sender in, and nobody else", () => {
  assert.ok(taskOf(1).authorise(1).ok);
  assert.deepEqual(taskOf(1).authorise(2), { ok: false, refusal: "wrong_user" });
});
