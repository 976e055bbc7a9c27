import assert from "node:assert/strict";
import * as proto from "../../../proto/mod.ts";
import { Tasks } from "../test_support/tasks.ts";

const QUESTION = { id: proto.CID_MSG_DATA, codec: proto.IMMsgData };
const REPLY = { id: proto.CID_MSG_DATA, codec: proto.IMMsgData };
const UNREAD = { id: proto.CID_MSG_UNREAD_CNT_REQUEST, codec: proto.IMUnreadMsgCntReq };
const UNREAD_REPLY = { id: proto.CID_MSG_UNREAD_CNT_RESPONSE, codec: proto.IMUnreadMsgCntRsp };
const ATTACH = Uint8Array.of(9, 8, 7);
const TEXT = new TextEncoder().encode("base64 of a cipher");

function message(changes: Partial<proto.IMMsgDataInit> = {}): proto.IMMsgDataInit {
  return {
    from_user_id: 1,
    to_session_id: 2,
    msg_id: 4711,
    create_time: 1_800_000_000,
    msg_type: proto.MSG_TYPE_SINGLE_TEXT,
    msg_data: TEXT,
    attach_data: ATTACH,
    ...changes,
  };
}

function send(tasks: Tasks, changes: Partial<proto.IMMsgDataInit> = {}): Promise<proto.IMMsgData> {
  return tasks.ask(QUESTION, message(changes), REPLY);
}

const unread = (tasks: Tasks, user_id: number): Promise<proto.IMUnreadMsgCntRsp> =>
  tasks.ask(UNREAD, { user_id }, UNREAD_REPLY);

Deno.test("sendMessage(), the answer is the request with the next id of the pair", async () => {
  await using tasks = await Tasks.open();
  const first = await send(tasks);
  const { attach_data, msg_data, ...rest } = first;
  assert.deepEqual(rest, {
    from_user_id: 1,
    to_session_id: 2,
    msg_id: 1,
    create_time: 1_800_000_000,
    msg_type: proto.MSG_TYPE_SINGLE_TEXT,
  });
  assert.deepEqual([attach_data?.toHex(), msg_data.toHex()], [ATTACH.toHex(), TEXT.toHex()]);
  const back = await send(tasks, { from_user_id: 2, to_session_id: 1 });
  assert.equal(back.msg_id, 2, "both directions share one counter (Q-IDS)");
  assert.equal((await send(tasks, { to_session_id: 3 })).msg_id, 1);
});

const GROUP_TEXT = proto.MSG_TYPE_GROUP_TEXT;
const REFUSED: readonly (readonly [string, Partial<proto.IMMsgDataInit>])[] = [
  ["no data", { msg_data: new Uint8Array(0) }],
  ["a text above 4096 bytes (P-LIM2)", { msg_data: new Uint8Array(4097) }],
  ["a sound without sound (P-MSG3)", {
    msg_type: proto.MSG_TYPE_SINGLE_AUDIO,
    msg_data: new Uint8Array(4),
  }],
  ["oneself", { to_session_id: 1 }],
  ["an unknown receiver (P-MSG7)", { to_session_id: 99 }],
  ["an unknown group", { msg_type: GROUP_TEXT, to_session_id: 99 }],
  ["a group of others", { msg_type: GROUP_TEXT, from_user_id: 3 }],
];

for (const [what, changes] of REFUSED) {
  Deno.test(`sendMessage(), id 0 and nothing stored for ${what}`, async () => {
    await using tasks = await Tasks.open();
    const answer = await send(tasks, changes);
    assert.equal(answer.msg_id, 0);
    assert.equal(answer.attach_data?.toHex(), ATTACH.toHex(), "msg_server learns whose it was");
    for (const id of [1, 2, 3, 10]) assert.equal((await unread(tasks, id)).total_cnt, 0);
  });
}

Deno.test("sendMessage(), a text of 4096 bytes and a sound of 5 are stored", async () => {
  await using tasks = await Tasks.open();
  assert.equal((await send(tasks, { msg_data: new Uint8Array(4096).fill(65) })).msg_id, 1);
  const sound = { msg_type: proto.MSG_TYPE_SINGLE_AUDIO, msg_data: Uint8Array.of(0, 0, 0, 1, 9) };
  assert.equal((await send(tasks, sound)).msg_id, 2);
});

Deno.test("sendMessage(), a message type that does not exist is dropped", async () => {
  await using tasks = await Tasks.open();
  const body = proto.IMMsgData.encode(message());
  const at = body.toHex().indexOf("2801") / 2 + 1; // Field 5, msg_type.
  assert.ok(at > 1);
  body[at] = 0x05;
  assert.equal(await tasks.answerTo(proto.CID_MSG_DATA, body), null);
});

Deno.test("sendMessage(), id 0 when storage fails, so that nobody gets an ack (P-MSG1)", async () => {
  await using tasks = await Tasks.open();
  await tasks.breakStorage();
  const answer = await send(tasks);
  assert.deepEqual([answer.msg_id, answer.attach_data?.toHex()], [0, ATTACH.toHex()]);
});

Deno.test("unreadCounts(), single sessions in text order, then groups; sounds as a label", async () => {
  await using tasks = await Tasks.open();
  for (const from_user_id of [10, 2, 3]) await send(tasks, { from_user_id, to_session_id: 1 });
  const sound = { msg_type: proto.MSG_TYPE_SINGLE_AUDIO, msg_data: Uint8Array.of(0, 0, 0, 1, 9) };
  await send(tasks, { from_user_id: 3, to_session_id: 1, ...sound });
  await send(tasks, { from_user_id: 2, to_session_id: 1, msg_type: GROUP_TEXT });
  const { total_cnt, unreadinfo_list, attach_data } = await unread(tasks, 1);
  assert.equal(total_cnt, 5);
  assert.deepEqual(attach_data, new Uint8Array(0), "there was none in the request");
  assert.deepEqual(
    unreadinfo_list.map((info) => [
      info.session_type,
      info.session_id,
      info.unread_cnt,
      info.latest_msg_id,
      info.latest_msg_from_user_id,
      info.latest_msg_type,
    ]),
    [[1, 10, 1, 1, 10, 1], [1, 2, 1, 1, 2, 1], [1, 3, 2, 2, 3, 2], [2, 1, 1, 1, 2, GROUP_TEXT]],
  );
  // Q-AUD: the cipher of `[语音]`, whatever the sound.
  assert.equal(
    new TextDecoder().decode(unreadinfo_list[2]!.latest_msg_data),
    "QhGXlpFjvMFUNrtl1aaPzA==",
  );
  assert.deepEqual(unreadinfo_list[0]!.latest_msg_data.toHex(), TEXT.toHex());
});

Deno.test("readAck(), clears one session of the reader, without an answer", async () => {
  await using tasks = await Tasks.open();
  for (const from_user_id of [2, 3]) await send(tasks, { from_user_id, to_session_id: 1 });
  await send(tasks, { from_user_id: 2, to_session_id: 1, msg_type: GROUP_TEXT });
  const ack = async (session_type: proto.SessionType, session_id: number): Promise<number> => {
    const body = { user_id: 1, session_type, session_id, msg_id: 1 };
    const encoded = proto.IMMsgDataReadAck.encode(body);
    assert.equal(await tasks.answerTo(proto.CID_MSG_READ_ACK, encoded), null);
    return (await unread(tasks, 1)).total_cnt;
  };
  assert.equal(await ack(proto.SESSION_TYPE_SINGLE, 2), 2);
  assert.equal(await ack(proto.SESSION_TYPE_GROUP, 1), 1);
  assert.equal((await unread(tasks, 10)).total_cnt, 1, "other members have not read it");
});
