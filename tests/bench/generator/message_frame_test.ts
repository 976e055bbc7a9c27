import assert from "node:assert/strict";
import { CID_MSG_DATA, IMMsgData, MSG_TYPE_SINGLE_TEXT } from "../../../proto/mod.ts";
import { bodyOf, buildFrame, commandIdOf, seqNumOf } from "../../../shared/pdu/mod.ts";
import { MessageTemplate, readStamp } from "./message_frame.ts";

const template = new MessageTemplate({
  runId: 0xfedcba98,
  senderId: 7,
  toId: 0xffffffff,
  type: MSG_TYPE_SINGLE_TEXT,
});

Deno.test("MessageTemplate makes frames that carry sender, number and time", () => {
  const frame = template.frame(0x12345, 98_765_432_109.7);
  assert.equal(commandIdOf(frame), CID_MSG_DATA);
  assert.equal(seqNumOf(frame), 0x2345);
  const message = IMMsgData.decode(bodyOf(frame));
  assert.deepEqual([message.from_user_id, message.to_session_id], [7, 0xffffffff]);
  assert.deepEqual(readStamp(frame), {
    runId: 0xfedcba98,
    senderId: 7,
    number: 0x12345,
    timeUs: 98_765_432_109,
  });
});

Deno.test("readStamp() knows a message that is not of a benchmark", () => {
  const message = IMMsgData.decode(bodyOf(template.frame(1, 1)));
  for (const msg_data of [new Uint8Array(128), new Uint8Array(3)]) {
    const body = IMMsgData.encode({ ...message, msg_data });
    assert.equal(readStamp(buildFrame(CID_MSG_DATA, 0, body)), null);
  }
});
