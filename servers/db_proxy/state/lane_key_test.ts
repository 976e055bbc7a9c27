import assert from "node:assert/strict";
import fc from "fast-check";
import {
  CID_BUDDY_LIST_ALL_USER_REQUEST,
  CID_FILE_ADD_OFFLINE_REQ,
  CID_FILE_DEL_OFFLINE_REQ,
  CID_FILE_HAS_OFFLINE_REQ,
  CID_MSG_DATA,
  CID_MSG_READ_ACK,
  CID_OTHER_GET_SHIELD_REQ,
  CID_OTHER_VALIDATE_REQ,
  IMAllUserReq,
  IMFileAddOfflineReq,
  IMFileDelOfflineReq,
  IMFileHasOfflineReq,
  IMGroupGetShieldReq,
  IMMsgData,
  IMMsgDataReadAck,
  IMValidateReq,
  MSG_TYPE_GROUP_AUDIO,
  MSG_TYPE_GROUP_TEXT,
  MSG_TYPE_SINGLE_AUDIO,
  MSG_TYPE_SINGLE_TEXT,
  type MsgType,
  SESSION_TYPE_SINGLE,
} from "../../../proto/mod.ts";
import { appendFields, buildFrame } from "../../../shared/pdu/mod.ts";
import { receiverOrderedCommands } from "../commands.ts";
import { laneKeyOf } from "./lane_key.ts";

const FILE = { to_user_id: 300, task_id: "9c424824-fe01-49bd-88ed-1d8f2d3c976a" } as const;

function messageBody(from: number, to: number, type: MsgType): Uint8Array {
  return IMMsgData.encode({
    from_user_id: from,
    to_session_id: to,
    msg_id: 0,
    create_time: 1_800_000_000,
    msg_type: type,
    msg_data: Uint8Array.of(1, 2, 3),
    attach_data: Uint8Array.of(8, 1),
  });
}

const keyOf = (id: number, body: Uint8Array): number => laneKeyOf(buildFrame(id, 5, body));

const messageKey = (from: number, to: number, type: MsgType): number =>
  keyOf(CID_MSG_DATA, messageBody(from, to, type));

const validateKey = (user_name: string, password: string): number =>
  keyOf(CID_OTHER_VALIDATE_REQ, IMValidateReq.encode({ user_name, password }));

const anyId = fc.integer({ min: 0, max: 0xffffffff });

Deno.test("laneKeyOf() is one for all messages of a pair, whoever writes and whatever", () => {
  fc.assert(fc.property(anyId, anyId, (ann, bob) => {
    const key = messageKey(ann, bob, MSG_TYPE_SINGLE_TEXT);
    assert.ok(Number.isSafeInteger(key) && key >= 0);
    assert.equal(messageKey(bob, ann, MSG_TYPE_SINGLE_TEXT), key);
    assert.equal(messageKey(bob, ann, MSG_TYPE_SINGLE_AUDIO), key);
  }));
});

Deno.test("laneKeyOf() is one for all messages of a group, whoever writes and whatever", () => {
  fc.assert(fc.property(anyId, anyId, anyId, (ann, bob, group) => {
    const key = messageKey(ann, group, MSG_TYPE_GROUP_TEXT);
    assert.equal(messageKey(bob, group, MSG_TYPE_GROUP_TEXT), key);
    assert.equal(messageKey(bob, group, MSG_TYPE_GROUP_AUDIO), key);
  }));
});

Deno.test("laneKeyOf() reads a message whose fields come in another order or twice, as the codec does", () => {
  const expected = messageKey(7, 9, MSG_TYPE_GROUP_TEXT);
  const twice = appendFields(messageBody(7, 1, MSG_TYPE_SINGLE_TEXT), [
    [5, MSG_TYPE_GROUP_TEXT],
    [2, 9],
  ]);
  assert.equal(IMMsgData.decode(twice).to_session_id, 9);
  assert.equal(keyOf(CID_MSG_DATA, twice), expected);
  const backwards = appendFields(new Uint8Array(0), [
    [6, Uint8Array.of(1)],
    [5, MSG_TYPE_GROUP_TEXT],
    [2, 9],
    [1, 7],
  ]);
  assert.equal(keyOf(CID_MSG_DATA, backwards), expected);
});

Deno.test("laneKeyOf() spreads pairs, groups, users and names over workers", () => {
  const ids = Array.from({ length: 100 }, (_, i) => i + 1);
  const keys = {
    "pairs of one user": ids.map((id) => messageKey(1000, id, MSG_TYPE_SINGLE_TEXT)),
    "neighbours": ids.map((id) => messageKey(2 * id, 2 * id + 1, MSG_TYPE_SINGLE_TEXT)),
    "groups": ids.map((id) => messageKey(1, id, MSG_TYPE_GROUP_TEXT)),
    "names": ids.map((id) => validateKey(`user${id}`, "x")),
    "users": ids.map((user_id) =>
      keyOf(
        CID_BUDDY_LIST_ALL_USER_REQUEST,
        IMAllUserReq.encode({ user_id, latest_update_time: 0 }),
      )
    ),
  };
  for (const [what, list] of Object.entries(keys)) {
    const perWorker = [0, 0, 0, 0];
    for (const key of list) perWorker[key % 4]!++;
    assert.ok(Math.min(...perWorker) >= 10, `${what}: ${perWorker}`);
  }
});

Deno.test("laneKeyOf() is one for all password checks of a name, and the user's for other tasks", () => {
  assert.equal(validateKey("ann", "right"), validateKey("ann", "wrong"));
  assert.notEqual(validateKey("ann", "x"), validateKey("bob", "x"));
  const read = {
    user_id: 300,
    session_type: SESSION_TYPE_SINGLE,
    session_id: 7,
    msg_id: 1,
  } as const;
  const all = IMAllUserReq.encode({ user_id: 300, latest_update_time: 5 });
  assert.equal(
    keyOf(CID_MSG_READ_ACK, IMMsgDataReadAck.encode(read)),
    keyOf(CID_BUDDY_LIST_ALL_USER_REQUEST, all),
  );
  const shield = IMGroupGetShieldReq.encode({ group_id: 12, user_id: [1] });
  assert.equal(keyOf(CID_OTHER_GET_SHIELD_REQ, shield), 12);
});

Deno.test("laneKeyOf() is the receiver's for files that wait for him, whoever sent them", () => {
  const list = keyOf(CID_FILE_HAS_OFFLINE_REQ, IMFileHasOfflineReq.encode({ user_id: 300 }));
  const bodies = new Map([
    [
      CID_FILE_ADD_OFFLINE_REQ,
      (from_user_id: number) =>
        IMFileAddOfflineReq.encode({ ...FILE, from_user_id, file_name: "a", file_size: 1 }),
    ],
    [
      CID_FILE_DEL_OFFLINE_REQ,
      (from_user_id: number) => IMFileDelOfflineReq.encode({ ...FILE, from_user_id }),
    ],
  ]);
  assert.deepEqual([...bodies.keys()].sort(), receiverOrderedCommands.map(({ id }) => id).sort());
  for (const [id, body] of bodies) {
    for (const sender of [1, 2, 0xffffffff]) assert.equal(keyOf(id, body(sender)), list);
  }
});

Deno.test("laneKeyOf() gives a frame that cannot be read some key", () => {
  for (const id of [CID_MSG_DATA, CID_OTHER_VALIDATE_REQ, CID_MSG_READ_ACK]) {
    for (const body of [[], [0xff, 0xff], [0x0a, 0x7f], [0x08], [0x0f]]) {
      assert.equal(keyOf(id, Uint8Array.from(body)), 0);
    }
  }
});
