/** A message between client, db_proxy and route_server (docs/spec/flows.md 8 and 10). */
import assert from "node:assert/strict";
import * as proto from "../../proto/mod.ts";
import { buildFrame, decodeAttach, encodeDbAttach, seqNumOf } from "../../shared/pdu/mod.ts";
import { turns } from "../../shared/netlib/test_support/recorder.ts";
import { MsgFixture } from "../support/msg_fixture.ts";
import { isServed } from "../support/raw_login.ts";
import type { ScriptedLink } from "../support/scripted_link.ts";
import type { Received } from "../support/scripted_server.ts";

const { CID_MSG_DATA, CID_MSG_DATA_ACK, IMMsgData, IMMsgDataAck } = proto;
const TEXT = new TextEncoder().encode("a cipher");
const SEQ_NUM = 33;

function send(client: ScriptedLink, changes: Partial<proto.IMMsgDataInit> = {}): void {
  const body = IMMsgData.encode({
    from_user_id: 4711, // What the client says does not matter.
    to_session_id: 2,
    msg_id: 99,
    create_time: 1,
    msg_type: proto.MSG_TYPE_SINGLE_TEXT,
    msg_data: TEXT,
    ...changes,
  });
  client.send(CID_MSG_DATA, body, { seqNum: SEQ_NUM });
}

/** db_proxy's answer: the request with an id. */
function store(
  request: Received<proto.IMMsgData>,
  msg_id: number,
  changes: Partial<proto.IMMsgDataInit> = {},
): void {
  request.answer(CID_MSG_DATA, IMMsgData.encode({ ...request.message, msg_id, ...changes }));
}

const atDb = (msg: MsgFixture): Promise<Received<proto.IMMsgData>> =>
  msg.db.expect(CID_MSG_DATA, IMMsgData);

Deno.test("msg_server, hands a message on as the logged-in user's, of this second", async () => {
  await using msg = await MsgFixture.start();
  await using ann = await msg.logIn(1);
  send(ann);
  const { message, frame } = await atDb(msg);
  assert.deepEqual([message.from_user_id, message.to_session_id], [1, 2]);
  assert.equal(message.create_time, Math.floor(msg.clock.nowMs() / 1000));
  assert.equal(message.msg_data.toHex(), TEXT.toHex());
  assert.equal(decodeAttach(message.attach_data!)?.type, 1);
  assert.equal(seqNumOf(frame), SEQ_NUM);
});

Deno.test("msg_server, acks after db_proxy's answer, then relays, then delivers (Q-ACK)", async () => {
  await using msg = await MsgFixture.start();
  await using ann = await msg.logIn(1);
  await using annsPc = await msg.logIn(1, proto.CLIENT_TYPE_MAC);
  await using bob = await msg.logIn(2);
  send(ann);
  const request = await atDb(msg);
  await isServed(ann); // No ack yet.
  msg.takeJournal();
  store(request, 5);
  const ack = await ann.next();
  assert.equal(seqNumOf(ack), SEQ_NUM);
  assert.deepEqual({ ...IMMsgDataAck.decode(ack.subarray(16)) }, {
    user_id: 1,
    session_id: 2,
    msg_id: 5,
    session_type: proto.SESSION_TYPE_SINGLE,
  });
  for (const client of [annsPc, bob]) {
    const frame = await client.next();
    const { msg_data, attach_data, ...delivered } = IMMsgData.decode(frame.subarray(16));
    assert.deepEqual([frame[11], seqNumOf(frame), attach_data], [0x01, 0, undefined]);
    assert.equal(msg_data.toHex(), TEXT.toHex());
    const create_time = Math.floor(msg.clock.nowMs() / 1000);
    const expected = { from_user_id: 1, to_session_id: 2, msg_id: 5, create_time, msg_type: 1 };
    assert.deepEqual(delivered, expected);
  }
  assert.deepEqual(msg.takeJournal(), [
    "client 1 0x0302",
    "route 0x0301",
    "client 2 0x0301",
    "client 3 0x0301",
  ]);
  const relayed = await msg.route.expect(CID_MSG_DATA, IMMsgData);
  assert.equal(relayed.message.msg_id, 5);
  await isServed(ann); // Never its own message.
});

Deno.test("msg_server, id 0 means not stored: no ack, no relay, no delivery (P-MSG1)", async () => {
  await using msg = await MsgFixture.start();
  await using ann = await msg.logIn(1);
  await using bob = await msg.logIn(2);
  send(ann);
  store(await atDb(msg), 0);
  send(ann, { msg_data: new TextEncoder().encode("the next one") });
  store(await atDb(msg), 6);
  assert.equal((await ann.expect(CID_MSG_DATA_ACK, IMMsgDataAck)).msg_id, 6);
  assert.equal((await bob.expect(CID_MSG_DATA, IMMsgData)).msg_id, 6);
  assert.equal((await msg.route.expect(CID_MSG_DATA, IMMsgData)).message.msg_id, 6);
});

Deno.test("msg_server, keeps to itself what cannot be stored", async () => {
  await using msg = await MsgFixture.start();
  await using ann = await msg.logIn(1);
  send(ann, { msg_data: new Uint8Array(0) });
  send(ann, { msg_data: new Uint8Array(4097) });
  send(ann, { msg_type: proto.MSG_TYPE_SINGLE_AUDIO, msg_data: new Uint8Array(4) });
  send(ann, { to_session_id: 1 });
  send(ann, { to_session_id: 3 });
  assert.equal((await atDb(msg)).message.to_session_id, 3);
  await isServed(ann);
});

Deno.test("msg_server, delivers a stored message although its sender has gone", async () => {
  await using msg = await MsgFixture.start();
  const ann = await msg.logIn(1);
  await using bob = await msg.logIn(2);
  send(ann);
  const request = await atDb(msg);
  const closed = msg.clientsClosed;
  await ann.close();
  await msg.clientsGone(1, closed);
  msg.takeJournal();
  store(request, 5);
  assert.equal((await bob.expect(CID_MSG_DATA, IMMsgData)).msg_id, 5);
  assert.deepEqual(msg.takeJournal(), ["route 0x0301", "client 2 0x0301"]);
});

Deno.test("msg_server, never acks to a connection that is not the author's (P-HDL)", async () => {
  await using msg = await MsgFixture.start();
  await using ann = await msg.logIn(1);
  await using bob = await msg.logIn(2);
  send(bob, { to_session_id: 3 });
  const { attach_data } = (await atDb(msg)).message;
  send(ann, { to_session_id: 3 });
  const request = await atDb(msg);
  for (const attach of [attach_data, encodeDbAttach(1, 0xffff), new Uint8Array(3), undefined]) {
    store(request, 5, { attach_data: attach });
    // Ann gets it as one of her other terminals would.
    assert.equal((await ann.expect(CID_MSG_DATA, IMMsgData)).msg_id, 5);
  }
  await isServed(bob);
});

Deno.test("msg_server, messages wait while db_proxy is away and leave in order (P-AVL1)", async () => {
  await using msg = await MsgFixture.start();
  await using ann = await msg.logIn(1);
  send(ann, { to_session_id: 9 });
  await atDb(msg); // It is lost with the link: never an ack.
  await msg.loseDb();
  for (const text of ["a", "b", "c"]) send(ann, { msg_data: new TextEncoder().encode(text) });
  await isServed(ann);
  await msg.reconnectDb();
  for (const [at, text] of ["a", "b", "c"].entries()) {
    const request = await atDb(msg);
    assert.equal(new TextDecoder().decode(request.message.msg_data), text);
    store(request, at + 1);
    assert.equal((await ann.expect(CID_MSG_DATA_ACK, IMMsgDataAck)).msg_id, at + 1);
  }
});

Deno.test("msg_server, without db_proxy requests get an empty or failed answer at once", async () => {
  await using msg = await MsgFixture.start();
  await using ann = await msg.logIn(1);
  await msg.loseDb();
  const list = proto.IMNormalGroupListReq.encode({ user_id: 5 });
  ann.send(proto.CID_GROUP_NORMAL_LIST_REQUEST, list, { seqNum: 3 });
  const groups = await ann.expect(
    proto.CID_GROUP_NORMAL_LIST_RESPONSE,
    proto.IMNormalGroupListRsp,
  );
  assert.deepEqual({ ...groups }, { user_id: 1, group_version_list: [] });
  const change = { user_id: 5, change_type: 1, group_id: 8, member_id_list: [1] } as const;
  ann.send(
    proto.CID_GROUP_CHANGE_MEMBER_REQUEST,
    proto.IMGroupChangeMemberReq.encode(change),
  );
  const refused = await ann.expect(
    proto.CID_GROUP_CHANGE_MEMBER_RESPONSE,
    proto.IMGroupChangeMemberRsp,
  );
  assert.deepEqual([refused.user_id, refused.result_code, refused.group_id], [1, 1, 8]);
});

Deno.test("msg_server, delivers a relayed message to both users here, as one of its own", async () => {
  await using msg = await MsgFixture.start();
  await using ann = await msg.logIn(1);
  await using bob = await msg.logIn(2);
  const relayed = IMMsgData.encode({
    from_user_id: 1,
    to_session_id: 2,
    msg_id: 8,
    create_time: 5,
    msg_type: proto.MSG_TYPE_SINGLE_TEXT,
    msg_data: TEXT,
    attach_data: encodeDbAttach(1, 1), // The author's connection at the other msg_server.
  });
  msg.route.links[0]!.send(buildFrame(CID_MSG_DATA, 12, relayed));
  for (const client of [ann, bob]) {
    const frame = await client.next();
    const { msg_id, attach_data } = IMMsgData.decode(frame.subarray(16));
    assert.deepEqual([seqNumOf(frame), msg_id, attach_data], [0, 8, undefined]);
  }
});

Deno.test("msg_server, tells the reader's other terminals what was read (Q-READ)", async () => {
  await using msg = await MsgFixture.start();
  await using phone = await msg.logIn(1);
  await using pc = await msg.logIn(1, proto.CLIENT_TYPE_WINDOWS);
  await using bob = await msg.logIn(2);
  const read = { user_id: 4711, session_id: 2, msg_id: 5, session_type: 1 } as const;
  phone.send(proto.CID_MSG_READ_ACK, proto.IMMsgDataReadAck.encode(read));
  const expected = { ...read, user_id: 1 };
  const atDb = await msg.db.expect(proto.CID_MSG_READ_ACK, proto.IMMsgDataReadAck);
  assert.deepEqual({ ...atDb.message }, expected);
  const told = await pc.expect(proto.CID_MSG_READ_NOTIFY, proto.IMMsgDataReadNotify);
  assert.deepEqual({ ...told }, expected);
  const relayed = await msg.route.expect(proto.CID_MSG_READ_NOTIFY, proto.IMMsgDataReadNotify);
  assert.deepEqual({ ...relayed.message }, expected);
  await isServed(phone);
  await isServed(bob);
});

Deno.test("msg_server, a stopping server gives the acks that are due", async () => {
  const msg = await MsgFixture.start({ links: "memory" });
  try {
    await using ann = await msg.logIn(1);
    send(ann);
    const request = await atDb(msg);
    const stopped = msg.server.stop();
    await msg.login.untilLinks(0); // The login_server link goes first: nobody is sent here now.
    send(ann, { to_session_id: 3 }); // Too late.
    await turns(50); // As long as it takes: the server waits for db_proxy's answer.
    store(request, 5);
    assert.equal((await ann.expect(CID_MSG_DATA_ACK, IMMsgDataAck)).msg_id, 5);
    await ann.ended();
    await stopped;
    await assert.rejects(msg.connect(), /refused/);
  } finally {
    await msg[Symbol.asyncDispose]();
  }
});
