import assert from "node:assert/strict";
import { MAX_WAITING_PULLS, OnlineTask } from "./online_task.ts";

const FACTS = {
  taskId: "927e920a-1ccc-4b4b-872c-c4ad31e1a5a3",
  fromUserId: 1,
  toUserId: 2,
  fileName: "a.bin",
  fileSize: 1000,
};

/** A task whose parties are named by texts. */
function newTask(): OnlineTask<string> {
  return new OnlineTask<string>(FACTS, 0);
}

function joined(): OnlineTask<string> {
  const task = newTask();
  task.join("sender", "ann");
  task.join("receiver", "bob");
  return task;
}

Deno.test("OnlineTask, waits for whoever is missing, in either order", () => {
  const task = newTask();
  assert.equal(task.state, "ready");
  task.join("sender", "ann");
  assert.equal(task.state, "wait_receiver");
  task.join("receiver", "bob");
  assert.equal(task.state, "wait_transfer");
  const other = newTask();
  other.join("receiver", "bob");
  assert.equal(other.state, "wait_sender");
  other.join("sender", "ann");
  assert.equal(other.state, "wait_transfer");
  assert.deepEqual(other.parties, ["ann", "bob"]);
});

Deno.test("OnlineTask, lets each role be taken by its own user only", () => {
  const task = newTask();
  assert.ok(task.authorise("sender", 1).ok);
  assert.ok(task.authorise("receiver", 2).ok);
  assert.deepEqual(task.authorise("sender", 2), { ok: false, refusal: "wrong_user" });
  assert.deepEqual(task.authorise("receiver", 1), { ok: false, refusal: "wrong_user" });
  assert.deepEqual(task.authorise("receiver", 3), { ok: false, refusal: "wrong_user" });
});

Deno.test("OnlineTask, transfers from the first pull on, or the first data", () => {
  const task = joined();
  assert.equal(task.isActive, false);
  assert.deepEqual(task.pull("bob", 5), { ok: true, value: "ann" });
  assert.equal(task.state, "transferring");
  assert.equal(task.isActive, true);
  const unasked = joined();
  assert.deepEqual(unasked.data("ann"), { ok: true, value: { to: "bob", seqNum: 0 } });
  assert.equal(unasked.state, "transferring");
});

Deno.test("OnlineTask, gives data the numbers of the pulls, in their order", () => {
  const task = joined();
  for (const seqNum of [5, 9, 7]) task.pull("bob", seqNum);
  const numbers = [1, 2, 3, 4].map(() => {
    const data = task.data("ann");
    assert.ok(data.ok);
    return data.value.seqNum;
  });
  assert.deepEqual(numbers, [5, 9, 7, 7]);
});

Deno.test("OnlineTask, refuses pulls and data of the wrong side", () => {
  const task = joined();
  assert.deepEqual(task.pull("ann", 1), { ok: false, refusal: "wrong_party" });
  assert.deepEqual(task.data("bob"), { ok: false, refusal: "wrong_party" });
  assert.equal(task.state, "wait_transfer");
});

Deno.test("OnlineTask, refuses pulls and data, while the other side is not there", () => {
  const receiving = newTask();
  receiving.join("receiver", "bob");
  assert.deepEqual(receiving.pull("bob", 1), { ok: false, refusal: "not_ready" });
  const sending = newTask();
  sending.join("sender", "ann");
  assert.deepEqual(sending.data("ann"), { ok: false, refusal: "not_ready" });
});

Deno.test("OnlineTask, refuses a further pull, when MAX_WAITING_PULLS wait", () => {
  const task = joined();
  for (let seq = 0; seq < MAX_WAITING_PULLS; seq++) assert.ok(task.pull("bob", seq).ok);
  assert.deepEqual(task.pull("bob", 1), { ok: false, refusal: "too_many_pulls" });
  task.data("ann");
  assert.ok(task.pull("bob", 1).ok);
});

Deno.test("OnlineTask, names the other side and is ready again, when one is lost", () => {
  const task = joined();
  task.pull("bob", 5);
  assert.deepEqual(task.leave("ann"), ["bob"]);
  assert.equal(task.state, "ready");
  assert.deepEqual(task.parties, []);
  // A second transfer knows nothing of the pulls of the first.
  task.join("receiver", "bob2");
  task.join("sender", "ann2");
  assert.deepEqual(task.data("ann2"), { ok: true, value: { to: "bob2", seqNum: 0 } });
});

Deno.test("OnlineTask, cannot be joined again, when a side has reported its end", () => {
  const task = joined();
  assert.deepEqual(task.report("bob"), ["ann"]);
  assert.equal(task.state, "invalid");
  assert.deepEqual(task.authorise("sender", 1), { ok: false, refusal: "unknown_task" });
  const alone = newTask();
  alone.join("receiver", "bob");
  assert.deepEqual(alone.report("bob"), []);
  assert.equal(alone.state, "invalid");
});
