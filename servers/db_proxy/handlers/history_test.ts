/** Reading messages again: pages, single ones by id, the latest id. */
import assert from "node:assert/strict";
import * as proto from "../../../proto/mod.ts";
import { Tasks } from "../test_support/tasks.ts";

const LIST = { id: proto.CID_MSG_LIST_REQUEST, codec: proto.IMGetMsgListReq };
const LIST_REPLY = { id: proto.CID_MSG_LIST_RESPONSE, codec: proto.IMGetMsgListRsp };
const BY_ID = { id: proto.CID_MSG_GET_BY_MSG_ID_REQ, codec: proto.IMGetMsgByIdReq };
const BY_ID_REPLY = { id: proto.CID_MSG_GET_BY_MSG_ID_RES, codec: proto.IMGetMsgByIdRsp };
const LATEST = { id: proto.CID_MSG_GET_LATEST_MSG_ID_REQ, codec: proto.IMGetLatestMsgIdReq };
const LATEST_REPLY = {
  id: proto.CID_MSG_GET_LATEST_MSG_ID_RSP,
  codec: proto.IMGetLatestMsgIdRsp,
};

interface Session {
  readonly user_id: number;
  readonly session_type: proto.SessionType;
  readonly session_id: number;
}

const SINGLE: Session = { user_id: 1, session_type: proto.SESSION_TYPE_SINGLE, session_id: 2 };
const GROUP: Session = { user_id: 1, session_type: proto.SESSION_TYPE_GROUP, session_id: 1 };

/** `count` messages from user 1 in the session; the n-th is n bytes long. */
async function withMessages(count: number, session = SINGLE, type?: proto.MsgType): Promise<Tasks> {
  const tasks = await Tasks.open();
  const isGroup = session.session_type === proto.SESSION_TYPE_GROUP;
  const all = Array.from({ length: count }, (_, i) =>
    tasks.services.storage.messages.append({
      fromId: 1,
      toId: session.session_id,
      type: type ?? (isGroup ? proto.MSG_TYPE_GROUP_TEXT : proto.MSG_TYPE_SINGLE_TEXT),
      content: new Uint8Array(type === undefined ? i + 1 : 1024 * 1024).fill(65),
      created: 1_800_000_000 + i,
    }));
  await Promise.all(all);
  return tasks;
}

async function ids(
  tasks: Tasks,
  session: Session,
  begin: number,
  count: number,
): Promise<number[]> {
  const request = { ...session, msg_id_begin: begin, msg_cnt: count };
  const answer = await tasks.ask(LIST, request, LIST_REPLY);
  const { user_id, session_type, session_id, msg_id_begin } = answer;
  assert.deepEqual({ user_id, session_type, session_id }, session);
  assert.equal(msg_id_begin, begin);
  return answer.msg_list.map(({ msg_id }) => msg_id);
}

const down = (from: number, count: number): number[] =>
  Array.from({ length: count }, (_, i) => from - i);

for (const session of [SINGLE, GROUP]) {
  const kind = session === SINGLE ? "single" : "group";
  Deno.test(`messageList(), newest first, at most 100 rows a page (P-LIM4), ${kind}`, async () => {
    await using tasks = await withMessages(130, session);
    assert.deepEqual(await ids(tasks, session, 0, 3), [130, 129, 128]);
    assert.deepEqual(await ids(tasks, session, 5, 3), [5, 4, 3]);
    assert.deepEqual(await ids(tasks, session, 2, 20), [2, 1]);
    assert.deepEqual(await ids(tasks, session, 130, 0), []);
    assert.deepEqual(await ids(tasks, session, 0, 0xffffffff), down(130, 100));
  });
}

Deno.test("messageList(), rows are as they were sent, for both users", async () => {
  await using tasks = await withMessages(1);
  for (const session of [SINGLE, { ...SINGLE, user_id: 2, session_id: 1 }]) {
    const request = { ...session, msg_id_begin: 1, msg_cnt: 1 };
    const { msg_list: [row] } = await tasks.ask(LIST, request, LIST_REPLY);
    assert.deepEqual({ ...row, msg_data: row!.msg_data.toHex() }, {
      msg_id: 1,
      from_session_id: 1,
      create_time: 1_800_000_000,
      msg_type: proto.MSG_TYPE_SINGLE_TEXT,
      msg_data: "41",
    });
  }
});

Deno.test("messageList(), a page is cut before it gets too large for a link", async () => {
  await using tasks = await withMessages(20, SINGLE, proto.MSG_TYPE_SINGLE_AUDIO);
  // Two sounds of the largest size fit; the client asks for the others with the next page.
  assert.deepEqual(await ids(tasks, SINGLE, 0, 100), [20, 19]);
  assert.deepEqual(await ids(tasks, SINGLE, 1, 100), [1]);
});

Deno.test("messagesById(), the existing ones of the ids, newest first, at most 100", async () => {
  await using tasks = await withMessages(130);
  const found = async (msg_id_list: number[]): Promise<number[]> => {
    const answer = await tasks.ask(BY_ID, { ...SINGLE, msg_id_list }, BY_ID_REPLY);
    return answer.msg_list.map(({ msg_id }) => msg_id);
  };
  assert.deepEqual(await found([]), []);
  assert.deepEqual(await found([3, 999, 7, 3]), [7, 3]);
  assert.deepEqual(await found(down(130, 130)), down(130, 100));
});

Deno.test("messagesById(), looks at the first 5000 ids of a request (P-LIM6)", async () => {
  await using tasks = await withMessages(1);
  const unknown = Array.from({ length: 5000 }, (_, i) => i + 10);
  const count = async (msg_id_list: number[]): Promise<number> =>
    (await tasks.ask(BY_ID, { ...SINGLE, msg_id_list }, BY_ID_REPLY)).msg_list.length;
  assert.equal(await count([...unknown.slice(1), 1]), 1);
  assert.equal(await count([...unknown, 1]), 0);
});

Deno.test("history of a group is for its members (P-AUTH5)", async () => {
  await using tasks = await withMessages(3, GROUP);
  const latest = async (session: Session): Promise<number> =>
    (await tasks.ask(LATEST, session, LATEST_REPLY)).latest_msg_id;
  const stranger = { ...GROUP, user_id: 3 };
  assert.deepEqual([await latest(GROUP), await latest(stranger)], [3, 0]);
  assert.deepEqual(await ids(tasks, stranger, 0, 9), []);
  const byId = { ...stranger, msg_id_list: [1, 2, 3] };
  assert.deepEqual((await tasks.ask(BY_ID, byId, BY_ID_REPLY)).msg_list, []);
});

Deno.test("history of two who never wrote is empty, its latest id 0", async () => {
  await using tasks = await Tasks.open();
  const session = { ...SINGLE, session_id: 99 };
  assert.deepEqual(await ids(tasks, session, 0, 9), []);
  assert.equal((await tasks.ask(LATEST, session, LATEST_REPLY)).latest_msg_id, 0);
});

for (const id of [LIST.id, BY_ID.id, LATEST.id]) {
  Deno.test(`0x${id.toString(16)} with a session type that does not exist is dropped`, async () => {
    await using tasks = await Tasks.open();
    // user_id 1, session_type 3, session_id 2, two more numbers.
    const body = Uint8Array.of(0x08, 1, 0x10, 3, 0x18, 2, 0x20, 0, 0x28, 1);
    assert.equal(await tasks.answerTo(id, body), null);
  });
}
