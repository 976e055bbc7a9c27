import assert from "node:assert/strict";
import { DownloadTask } from "./download_task.ts";

function taskOf(fileSize: number): DownloadTask<string> {
  const taskId = "927e920a-1ccc-4b4b-872c-c4ad31e1a5a3";
  return new DownloadTask(
    { taskId, fromUserId: 1, toUserId: 2, fileName: "", fileSize },
    "bob",
    0,
  );
}

/** What becomes of pulls at these offsets: lengths of blocks, or refusals. */
function pulls(task: DownloadTask<string>, offsets: readonly number[]): (number | string)[] {
  return offsets.map((offset) => {
    const piece = task.pull(offset);
    return piece.ok ? piece.value.length : piece.refusal;
  });
}

Deno.test("DownloadTask, gives one block after the other", () => {
  const task = taskOf(70_000);
  assert.equal(task.state, "wait_download");
  assert.deepEqual(pulls(task, [0]), [32_768]);
  assert.equal(task.state, "downloading");
  assert.deepEqual(pulls(task, [32_768, 65_536]), [32_768, 4464]);
  assert.equal(task.state, "upload_end");
  assert.deepEqual(pulls(task, [0]), ["finished"]);
});

Deno.test("DownloadTask, begins at any block, and at no other place", () => {
  assert.deepEqual(pulls(taskOf(70_000), [32_768, 65_536]), [32_768, 4464]);
  assert.deepEqual(pulls(taskOf(70_000), [1, 32_767, 98_304, 70_001, 65_536]), [
    "wrong_offset",
    "wrong_offset",
    "wrong_offset",
    "wrong_offset",
    4464,
  ]);
});

Deno.test("DownloadTask, gives the next block only, once it has begun", () => {
  const task = taskOf(100_000);
  assert.deepEqual(pulls(task, [32_768, 0, 32_768, 98_304, 100_000, 65_536]), [
    32_768,
    "wrong_offset",
    "wrong_offset",
    "wrong_offset",
    "wrong_offset",
    32_768,
  ]);
});

Deno.test("DownloadTask, is finished by a first pull at the end of the file", () => {
  for (const size of [70_000, 65_536]) {
    const task = taskOf(size);
    assert.deepEqual(pulls(task, [size]), ["finished"]);
    assert.equal(task.state, "upload_end");
  }
});

Deno.test("DownloadTask, is finished at once, when the file is empty", () => {
  assert.equal(taskOf(0).state, "upload_end");
});

Deno.test("DownloadTask, counts up to 4 GiB - 1", () => {
  assert.deepEqual(pulls(taskOf(0xffffffff), [4_294_934_528]), [32_767]);
});
