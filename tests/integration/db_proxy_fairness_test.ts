/** db_proxy_server with more to do than it can: users take turns (docs/operating.md, limits). */
import assert from "node:assert/strict";
import { CID_MSG_DATA, IMMsgData } from "../../proto/mod.ts";
import { MAX_TASKS_UNDER_WAY } from "../../servers/db_proxy/executor/task_executor.ts";
import { MAX_BATCH_TASKS } from "../../servers/db_proxy/state/task_queue.ts";
import { bodyOf, commandIdOf, seqNumOf } from "../../shared/pdu/mod.ts";
import { messageFrame, startDbProxy } from "../support/db_proxy_fixture.ts";

const FLOODER = 1;
const OTHER = 3;
const FLOOD = 20_000;

Deno.test("db_proxy_server, a user with thousands of messages waiting holds up nobody else", async () => {
  await using db = await startDbProxy("memory");
  await using link = await db.connect();
  for (let seqNum = 1; seqNum <= FLOOD; seqNum++) {
    link.sendBytes(messageFrame(seqNum, { from_user_id: FLOODER, to_session_id: 2 }));
  }
  link.sendBytes(messageFrame(1, { from_user_id: OTHER, to_session_id: 4 }));

  const seqNums: number[] = [];
  let aheadOfOther: number | null = null;
  while (seqNums.length < FLOOD || aheadOfOther === null) {
    const frame = await link.next();
    assert.equal(commandIdOf(frame), CID_MSG_DATA);
    const { from_user_id, msg_id } = IMMsgData.decode(bodyOf(frame));
    if (from_user_id === OTHER) aheadOfOther = seqNums.length;
    else seqNums.push(seqNumOf(frame));
    assert.ok(msg_id > 0);
  }
  // Nobody overtakes what was begun, and one batch is begun at a time.
  assert.ok(aheadOfOther <= MAX_TASKS_UNDER_WAY + MAX_BATCH_TASKS, String(aheadOfOther));
  assert.deepEqual(seqNums, Array.from({ length: FLOOD }, (_, index) => index + 1));
});
