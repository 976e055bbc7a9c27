import assert from "node:assert/strict";
import fc from "fast-check";
import {
  IMAllUserReq,
  IMFileAddOfflineReq,
  IMFileDelOfflineReq,
  IMGetMsgListReq,
  IMGroupChangeMemberReq,
  IMMsgDataReadAck,
  SESSION_TYPE_SINGLE,
} from "../../../proto/mod.ts";
import { buildFrame } from "../../../shared/pdu/mod.ts";
import { receiverIdOf, userIdOf } from "./user_key.ts";

const keyOf = (body: Uint8Array): number => userIdOf(buildFrame(0x0208, 0, body));

Deno.test("userIdOf() reads what the codec wrote, for every user id", () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 0xffffffff }), (user_id) => {
    assert.equal(keyOf(IMAllUserReq.encode({ user_id, latest_update_time: 5 })), user_id);
  }));
});

Deno.test("userIdOf() reads the first field of requests of all kinds", () => {
  const session = { user_id: 300, session_type: SESSION_TYPE_SINGLE, session_id: 7 } as const;
  assert.equal(keyOf(IMMsgDataReadAck.encode({ ...session, msg_id: 1 })), 300);
  assert.equal(keyOf(IMGetMsgListReq.encode({ ...session, msg_id_begin: 0, msg_cnt: 1 })), 300);
  const change = { user_id: 300, change_type: 1, group_id: 7, member_id_list: [8] } as const;
  assert.equal(keyOf(IMGroupChangeMemberReq.encode(change)), 300);
});

for (
  const [what, body] of [
    ["an empty body", []],
    ["another field first", [0x10, 0x05]],
    ["a field 1 that is no number", [0x0a, 0x01, 0x41]],
    ["a number that is cut off", [0x08, 0x80]],
  ] as const
) {
  Deno.test(`userIdOf() is 0 for ${what}`, () => assert.equal(keyOf(Uint8Array.from(body)), 0));
}

Deno.test("userIdOf() looks at a bounded part of a number that never ends", () => {
  assert.equal(Number.isFinite(keyOf(new Uint8Array(1000).fill(0x88).fill(0x08, 0, 1))), true);
});

const receiverOf = (body: Uint8Array): number => receiverIdOf(buildFrame(0x050b, 0, body));

Deno.test("receiverIdOf() reads the receiver, whoever the sender is", () => {
  const id = fc.integer({ min: 0, max: 0xffffffff });
  fc.assert(fc.property(id, id, (from_user_id, to_user_id) => {
    const removed = { from_user_id, to_user_id, task_id: "t" };
    assert.equal(receiverOf(IMFileDelOfflineReq.encode(removed)), to_user_id);
    const added = { ...removed, file_name: "a", file_size: 1 };
    assert.equal(receiverOf(IMFileAddOfflineReq.encode(added)), to_user_id);
  }));
});

for (
  const [what, body] of [
    ["an empty body", []],
    ["a sender alone", [0x08, 0x05]],
    ["the receiver first", [0x10, 0x05]],
    ["another field second", [0x08, 0x05, 0x18, 0x05]],
    ["a receiver that is cut off", [0x08, 0x05, 0x10, 0x80]],
  ] as const
) {
  Deno.test(`receiverIdOf() is 0 for ${what}`, () => {
    assert.equal(receiverOf(Uint8Array.from(body)), 0);
  });
}
