import assert from "node:assert/strict";
import { MAX_BATCH_BYTES, MAX_BATCH_TASKS, TaskQueue } from "./task_queue.ts";

function queueOf(...sizes: readonly number[]): TaskQueue {
  const queue = new TaskQueue();
  for (const [linkId, size] of sizes.entries()) {
    queue.push({ linkId, frame: new Uint8Array(size) }, 0);
  }
  return queue;
}

Deno.test("TaskQueue, hands over the oldest tasks first, all that fit into a batch", () => {
  const queue = queueOf(16, 17, 18);
  assert.deepEqual(queue.takeBatch().map(({ linkId }) => linkId), [0, 1, 2]);
  assert.equal(queue.isEmpty, true);
  assert.deepEqual(queue.takeBatch(), []);
});

Deno.test("TaskQueue, a batch has at most its number of tasks", () => {
  const queue = queueOf(...Array(MAX_BATCH_TASKS + 1).fill(16));
  assert.equal(queue.takeBatch().length, MAX_BATCH_TASKS);
  assert.deepEqual(queue.takeBatch().map(({ linkId }) => linkId), [MAX_BATCH_TASKS]);
});

Deno.test("TaskQueue, a batch has at most its number of bytes", () => {
  const half = MAX_BATCH_BYTES / 2;
  assert.equal(queueOf(half, half, 16).takeBatch().length, 2);
  assert.equal(queueOf(half, half + 1, 16).takeBatch().length, 1);
});

Deno.test("TaskQueue, a task larger than a batch is a batch of its own", () => {
  const queue = queueOf(MAX_BATCH_BYTES + 1, 16);
  assert.equal(queue.takeBatch().length, 1);
  assert.deepEqual(queue.takeBatch().map(({ linkId }) => linkId), [1]);
});

Deno.test("TaskQueue, counts the bytes that wait and nothing else", () => {
  const queue = queueOf(100, MAX_BATCH_BYTES);
  assert.equal(queue.bytes, 100 + MAX_BATCH_BYTES);
  queue.takeBatch();
  assert.equal(queue.bytes, MAX_BATCH_BYTES);
  queue.push({ linkId: 9, frame: new Uint8Array(7) }, 0);
  assert.equal(queue.bytes, MAX_BATCH_BYTES + 7);
  queue.takeBatch();
  queue.takeBatch();
  assert.deepEqual([queue.bytes, queue.isEmpty], [0, true]);
});

Deno.test("TaskQueue.waitMs(), how long the oldest task has been waiting, to a tenth of a second", () => {
  const queue = new TaskQueue();
  assert.equal(queue.waitMs(1000), 0);
  const task = { linkId: 1, frame: new Uint8Array(16) };
  for (let nowMs = 1000; nowMs < 3000; nowMs++) queue.push(task, nowMs);
  assert.equal(queue.waitMs(3000), 2000);
  assert.equal(queue.takeBatch().length, MAX_BATCH_TASKS);
  assert.equal(queue.waitMs(3000), 1000);
  queue.takeBatch();
  assert.equal(queue.waitMs(9000), 0);
  queue.push(task, 9000);
  assert.equal(queue.waitMs(9001), 1);
});
