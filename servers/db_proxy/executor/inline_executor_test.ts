import assert from "node:assert/strict";
import { CID_MSG_DATA, IMMsgData, MSG_TYPE_SINGLE_TEXT } from "../../../proto/mod.ts";
import { buildFrame, seqNumOf } from "../../../shared/pdu/mod.ts";
import { Tasks } from "../test_support/tasks.ts";
import { InlineExecutor } from "./inline_executor.ts";
import { MAX_TASKS_UNDER_WAY, type Task } from "./task_executor.ts";

function messages(count: number, first = 0): Task[] {
  const body = IMMsgData.encode({
    from_user_id: 1,
    to_session_id: 2,
    msg_id: 0,
    create_time: 5,
    msg_type: MSG_TYPE_SINGLE_TEXT,
    msg_data: Uint8Array.of(65),
  });
  return Array.from(
    { length: count },
    (_, i) => ({ linkId: 1, frame: buildFrame(CID_MSG_DATA, first + i, body) }),
  );
}

Deno.test("InlineExecutor, has no room while many tasks are under way, and says when it has", async () => {
  await using tasks = await Tasks.open();
  const order: number[] = [];
  const ready = Promise.withResolvers<void>();
  let isSubmitting = false;
  const executor = new InlineExecutor(tasks.services, {
    reply: (_linkId, frame) => order.push(seqNumOf(frame)),
    ready: () => {
      assert.equal(isSubmitting, false, "a batch would begin in the middle of another");
      ready.resolve();
    },
    failed: (error) => assert.fail(error),
  });
  assert.equal(executor.hasRoom, true);
  executor.submit(messages(MAX_TASKS_UNDER_WAY - 1));
  assert.equal(executor.hasRoom, true);
  isSubmitting = true;
  const doneAtOnce = { linkId: 1, frame: buildFrame(0x0fff, 0, new Uint8Array(0)) };
  executor.submit([doneAtOnce, ...messages(2, MAX_TASKS_UNDER_WAY - 1)]);
  isSubmitting = false;
  assert.equal(executor.hasRoom, false);
  await ready.promise;
  assert.equal(executor.hasRoom, true);
  await executor.drain();
  assert.deepEqual(order, Array.from({ length: MAX_TASKS_UNDER_WAY + 1 }, (_, i) => i));
});

Deno.test("InlineExecutor.close() ends what was begun and closes the storage", async () => {
  await using tasks = await Tasks.open();
  let answers = 0;
  const executor = new InlineExecutor(tasks.services, {
    reply: () => answers++,
    ready: () => {},
    failed: (error) => assert.fail(error),
  });
  executor.submit(messages(10));
  await executor.close();
  assert.equal(answers, 10);
  await assert.rejects(tasks.services.storage.users.all(), /closed/);
});
