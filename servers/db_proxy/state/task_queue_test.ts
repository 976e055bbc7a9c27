import assert from "node:assert/strict";
import { CID_GROUP_NORMAL_LIST_REQUEST, IMNormalGroupListReq } from "../../../proto/mod.ts";
import { buildFrame, seqNumOf } from "../../../shared/pdu/mod.ts";
import type { Task } from "../executor/task_executor.ts";
import { userIdOf } from "./user_key.ts";
import { MAX_BATCH_BYTES, MAX_BATCH_TASKS, TaskQueue } from "./task_queue.ts";

function queueOf(...sizes: readonly number[]): TaskQueue {
  const queue = new TaskQueue();
  for (const [linkId, size] of sizes.entries()) {
    queue.push({ linkId, frame: new Uint8Array(size) }, 0);
  }
  return queue;
}

function taskOf(user_id: number, number: number): Task {
  const body = IMNormalGroupListReq.encode({ user_id });
  return { linkId: 1, frame: buildFrame(CID_GROUP_NORMAL_LIST_REQUEST, number & 0xffff, body) };
}

Deno.test("TaskQueue, hands over the oldest tasks first, all that fit into a batch", () => {
  const queue = queueOf(16, 17, 18);
  assert.deepEqual(queue.takeBatch(0).map(({ linkId }) => linkId), [0, 1, 2]);
  assert.equal(queue.isEmpty, true);
  assert.deepEqual(queue.takeBatch(0), []);
});

Deno.test("TaskQueue, a batch has at most its number of tasks", () => {
  const queue = queueOf(...Array(MAX_BATCH_TASKS + 1).fill(16));
  assert.equal(queue.takeBatch(0).length, MAX_BATCH_TASKS);
  assert.deepEqual(queue.takeBatch(0).map(({ linkId }) => linkId), [MAX_BATCH_TASKS]);
});

Deno.test("TaskQueue, a batch has at most its number of bytes", () => {
  const half = MAX_BATCH_BYTES / 2;
  assert.equal(queueOf(half, half, 16).takeBatch(0).length, 2);
  assert.equal(queueOf(half, half + 1, 16).takeBatch(0).length, 1);
});

Deno.test("TaskQueue, a task larger than a batch is a batch of its own", () => {
  const queue = queueOf(MAX_BATCH_BYTES + 1, 16);
  assert.equal(queue.takeBatch(0).length, 1);
  assert.deepEqual(queue.takeBatch(0).map(({ linkId }) => linkId), [1]);
});

Deno.test("TaskQueue, counts the bytes that wait and nothing else", () => {
  const queue = queueOf(100, MAX_BATCH_BYTES);
  assert.equal(queue.bytes, 100 + MAX_BATCH_BYTES);
  queue.takeBatch(0);
  assert.equal(queue.bytes, MAX_BATCH_BYTES);
  queue.push({ linkId: 9, frame: new Uint8Array(7) }, 0);
  assert.equal(queue.bytes, MAX_BATCH_BYTES + 7);
  queue.takeBatch(0);
  queue.takeBatch(0);
  assert.deepEqual([queue.bytes, queue.isEmpty], [0, true]);
});

Deno.test("TaskQueue.waitMs(), how long the oldest task has been waiting", () => {
  const queue = new TaskQueue();
  assert.equal(queue.waitMs(1000), 0);
  queue.push(taskOf(1, 1), 1000);
  queue.push(taskOf(2, 1), 2000);
  assert.equal(queue.waitMs(3000), 2000);
  queue.takeBatch(3000);
  assert.equal(queue.waitMs(9000), 0);
  queue.push(taskOf(1, 2), 9000);
  assert.equal(queue.waitMs(9001), 1);
});

Deno.test("TaskQueue.waitMs(), when users take turns, how long a turn takes to come", () => {
  const queue = new TaskQueue();
  for (let each = 0; each < 3 * MAX_BATCH_TASKS; each++) queue.push(taskOf(1, each), 1000);
  queue.push(taskOf(2, 1), 1000);
  assert.equal(queue.waitMs(4000), 3000);
  queue.takeBatch(4000);
  assert.equal(queue.waitMs(4500), 500);
  queue.takeBatch(5000);
  queue.takeBatch(5000);
  queue.takeBatch(5000);
  assert.deepEqual([queue.isEmpty, queue.waitMs(9000)], [true, 0]);
});

Deno.test("TaskQueue, users take turns when more waits than fits into a batch", () => {
  const queue = new TaskQueue();
  for (let each = 0; each < 5 * MAX_BATCH_TASKS; each++) queue.push(taskOf(1, each), 0);
  for (let each = 0; each < 3; each++) queue.push(taskOf(2, each), 0);
  const batch = queue.takeBatch(0);
  assert.equal(batch.length, MAX_BATCH_TASKS);
  const ofTheOther = batch.filter(({ frame }) => userIdOf(frame) === 2);
  assert.deepEqual(ofTheOther.map(({ frame }) => seqNumOf(frame)), [0, 1, 2]);
  const rest = [...batch, ...Array.from({ length: 5 }, () => queue.takeBatch(0)).flat()]
    .filter(({ frame }) => userIdOf(frame) === 1).map(({ frame }) => seqNumOf(frame));
  assert.deepEqual(rest, Array.from({ length: 5 * MAX_BATCH_TASKS }, (_, each) => each & 0xffff));
  assert.deepEqual([queue.isEmpty, queue.bytes], [true, 0]);
  queue.push(taskOf(3, 1), 0);
  assert.equal(queue.takeBatch(0).length, 1);
});
