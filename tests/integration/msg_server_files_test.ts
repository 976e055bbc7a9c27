/** Requests to send a file, between client, route_server and file_server (docs/spec/flows.md 15.1). */
import assert from "node:assert/strict";
import * as proto from "../../proto/mod.ts";
import { buildFrame, decodeAttach, seqNumOf } from "../../shared/pdu/mod.ts";
import { MsgFixture, RECONNECT_MS } from "../support/msg_fixture.ts";
import { fileHome, filePlace } from "../support/played_servers.ts";
import { isServed } from "../support/raw_login.ts";
import type { ScriptedLink } from "../support/scripted_link.ts";
import type { Received } from "../support/scripted_server.ts";

const { CID_FILE_NOTIFY, FILE_TYPE_OFFLINE, FILE_TYPE_ONLINE } = proto;
const TASK = "9c424824-fe01-49bd-88ed-1d8f2d3c976a";
const SEQ_NUM = 27;

function ask(client: ScriptedLink, changes: Partial<proto.IMFileReqInit> = {}): void {
  const body = proto.IMFileReq.encode({
    from_user_id: 4711, // What the client says does not matter.
    to_user_id: 2,
    file_name: "a.txt",
    file_size: 70_000,
    trans_mode: FILE_TYPE_OFFLINE,
    ...changes,
  });
  client.send(proto.CID_FILE_REQUEST, body, { seqNum: SEQ_NUM });
}

const atFile = (msg: MsgFixture, at = 0): Promise<Received<proto.IMFileTransferReq>> =>
  msg.files[at]!.expect(proto.CID_OTHER_FILE_TRANSFER_REQ, proto.IMFileTransferReq);

const atRoute = (msg: MsgFixture): Promise<Received<proto.IMUsersStatReq>> =>
  msg.route.expect(proto.CID_BUDDY_LIST_USERS_STATUS_REQUEST, proto.IMUsersStatReq);

/** The file_server makes the task, or says why not. */
function made(
  request: Received<proto.IMFileTransferReq>,
  changes: Partial<proto.IMFileTransferRspInit> = {},
): void {
  const body = proto.IMFileTransferRsp.encode({
    ...request.message,
    result_code: 0,
    task_id: TASK,
    ...changes,
  });
  request.answer(proto.CID_OTHER_FILE_TRANSFER_RSP, body);
}

/** route_server says whether the receiver has a PC online. */
function status(query: Received<proto.IMUsersStatReq>, status: proto.UserStatType): void {
  const { user_id, user_id_list: [receiver], attach_data } = query.message;
  const body = proto.IMUsersStatRsp.encode({
    user_id,
    user_stat_list: [{ user_id: receiver!, status }],
    attach_data,
  });
  query.answer(proto.CID_BUDDY_LIST_USERS_STATUS_RESPONSE, body);
}

/** route_server tells of a PC terminal of the user. */
async function tellPcOnline(msg: MsgFixture, userId: number, phone: ScriptedLink): Promise<void> {
  const notify = proto.IMServerPCLoginStatusNotify.encode({ user_id: userId, login_status: 1 });
  msg.route.send(proto.CID_OTHER_LOGIN_STATUS_NOTIFY, notify);
  await phone.expect(
    proto.CID_BUDDY_LIST_PC_LOGIN_STATUS_NOTIFY,
    proto.IMPCLoginStatusNotify,
  );
}

async function answered(client: ScriptedLink): Promise<proto.IMFileRsp> {
  const frame = await client.next();
  assert.equal(seqNumOf(frame), SEQ_NUM);
  return proto.IMFileRsp.decode(frame.subarray(16));
}

const answerFor = (changes: Partial<proto.IMFileRsp>) => ({
  result_code: 0,
  from_user_id: 1,
  to_user_id: 2,
  file_name: "a.txt",
  task_id: TASK,
  ip_addr_list: [filePlace(0)],
  trans_mode: FILE_TYPE_OFFLINE,
  ...changes,
});

const refusal = (changes: Partial<proto.IMFileRsp> = {}) =>
  answerFor({ result_code: 1, task_id: "", ip_addr_list: [], ...changes });

const noticeFor = (changes: Partial<proto.IMFileNotify>) => ({
  from_user_id: 1,
  to_user_id: 2,
  file_name: "a.txt",
  file_size: 70_000,
  task_id: TASK,
  ip_addr_list: [filePlace(0)],
  trans_mode: FILE_TYPE_OFFLINE,
  offline_ready: 0,
  ...changes,
});

/** Messages are instances of generated classes; only their fields count. */
function plain<T>(message: T): T {
  return JSON.parse(JSON.stringify(message));
}

Deno.test("msg_server, has a file_server make a task, answers, then tells the receiver's PCs", async () => {
  await using msg = await MsgFixture.start({ fileServers: 1 });
  await using ann = await msg.logIn(1);
  await using bobsPhone = await msg.logIn(2);
  await using bobsPc = await msg.logIn(2, proto.CLIENT_TYPE_MAC);
  ask(ann);
  const request = await atFile(msg);
  const { attach_data, ...asked } = request.message;
  assert.deepEqual(asked, {
    from_user_id: 1,
    to_user_id: 2,
    file_name: "a.txt",
    file_size: 70_000,
    trans_mode: FILE_TYPE_OFFLINE,
  });
  assert.deepEqual([seqNumOf(request.frame), decodeAttach(attach_data!)?.type], [SEQ_NUM, 1]);
  msg.takeJournal();
  made(request);
  assert.deepEqual(plain(await answered(ann)), answerFor({}));
  const notice = await bobsPc.next();
  assert.equal(seqNumOf(notice), 0);
  assert.deepEqual(plain(proto.IMFileNotify.decode(notice.subarray(16))), noticeFor({}));
  const relayed = await msg.route.expect(CID_FILE_NOTIFY, proto.IMFileNotify);
  assert.deepEqual(plain(relayed.message), noticeFor({}));
  assert.deepEqual(msg.takeJournal(), ["client 1 0x0507", "client 3 0x0508", "route 0x0508"]);
  await isServed(bobsPhone);
});

Deno.test("msg_server, a file for who has a PC online here needs no question to route_server", async () => {
  await using msg = await MsgFixture.start({ fileServers: 1 });
  await using ann = await msg.logIn(1);
  await using bob = await msg.logIn(2);
  await tellPcOnline(msg, 2, bob);
  ask(ann, { trans_mode: FILE_TYPE_ONLINE });
  const request = await atFile(msg);
  assert.equal(request.message.trans_mode, FILE_TYPE_ONLINE);
  made(request);
  assert.deepEqual(plain(await answered(ann)), answerFor({ trans_mode: FILE_TYPE_ONLINE }));
});

for (
  const [who, isHere] of [["is elsewhere", false], ["is here with a phone only (P-FILE6)", true]]
) {
  Deno.test(`msg_server, asks route_server about a receiver who ${who}`, async () => {
    await using msg = await MsgFixture.start({ fileServers: 1 });
    await using ann = await msg.logIn(1);
    const bob = isHere ? await msg.logIn(2) : null;
    const modes = [
      [proto.USER_STATUS_ONLINE, FILE_TYPE_ONLINE],
      [proto.USER_STATUS_OFFLINE, FILE_TYPE_OFFLINE],
    ] as const;
    for (const [receiverStatus, mode] of modes) {
      ask(ann, { trans_mode: FILE_TYPE_ONLINE });
      const query = await atRoute(msg);
      const { user_id, user_id_list, attach_data } = query.message;
      assert.deepEqual([user_id, user_id_list, seqNumOf(query.frame)], [1, [2], SEQ_NUM]);
      const attach = decodeAttach(attach_data!)!;
      assert.equal(attach.type, 5);
      assert.equal(proto.IMFileTransferReq.decode(attach.pdu).file_name, "a.txt");
      status(query, receiverStatus);
      const request = await atFile(msg);
      assert.deepEqual([request.message.trans_mode, seqNumOf(request.frame)], [mode, SEQ_NUM]);
      made(request);
      assert.deepEqual(plain(await answered(ann)), answerFor({ trans_mode: mode }));
      const { message } = await msg.route.expect(CID_FILE_NOTIFY, proto.IMFileNotify);
      assert.equal(message.trans_mode, mode);
    }
    await bob?.close();
  });
}

Deno.test("msg_server, without a file_server nobody can send, whatever the mode", async () => {
  await using msg = await MsgFixture.start();
  await using ann = await msg.logIn(1);
  for (const trans_mode of [FILE_TYPE_ONLINE, FILE_TYPE_OFFLINE]) {
    ask(ann, { trans_mode });
    assert.deepEqual(plain(await answered(ann)), refusal({ trans_mode }));
  }
});

Deno.test("msg_server, without a route_server an online file is refused (P-FILE10), an offline one is not", async () => {
  await using msg = await MsgFixture.start({ fileServers: 1 });
  await using ann = await msg.logIn(1);
  await msg.route.drop();
  await msg.log.logged("route_server link lost", 1);
  ask(ann, { trans_mode: FILE_TYPE_ONLINE });
  assert.deepEqual(plain(await answered(ann)), refusal({ trans_mode: FILE_TYPE_ONLINE }));
  ask(ann);
  made(await atFile(msg));
  assert.deepEqual(plain(await answered(ann)), answerFor({}));
});

Deno.test("msg_server, a name that cannot be stored is refused before anybody is asked", async () => {
  await using msg = await MsgFixture.start({ fileServers: 1 });
  await using ann = await msg.logIn(1);
  for (const file_name of ["é".repeat(257), "a\0b"]) {
    ask(ann, { file_name });
    assert.deepEqual(plain(await answered(ann)), refusal({ file_name }));
  }
  ask(ann, { file_name: "é".repeat(256), file_size: 0 });
  assert.equal((await atFile(msg)).message.file_size, 0);
});

Deno.test("msg_server, hands the refusal of a file_server on, and tells nobody else", async () => {
  await using msg = await MsgFixture.start({ fileServers: 1 });
  await using ann = await msg.logIn(1);
  await using bob = await msg.logIn(2, proto.CLIENT_TYPE_WINDOWS);
  const refusals: readonly (readonly [Partial<proto.IMFileTransferRspInit>, number])[] = [
    [{ result_code: 1, task_id: "" }, 1],
    [{ result_code: 7, task_id: TASK }, 7],
    [{ task_id: "" }, 1],
  ];
  for (const [answer, result_code] of refusals) {
    ask(ann);
    made(await atFile(msg), answer);
    assert.deepEqual(plain(await answered(ann)), refusal({ result_code }));
  }
  await isServed(bob);
  ask(ann, { trans_mode: FILE_TYPE_ONLINE });
  await atRoute(msg); // The next frame there: no notice came before it.
});

Deno.test("msg_server, who asks for a file and goes leaves no notice behind", async () => {
  await using msg = await MsgFixture.start({ fileServers: 1 });
  const ann = await msg.logIn(1);
  await using bob = await msg.logIn(2, proto.CLIENT_TYPE_WINDOWS);
  ask(ann);
  const request = await atFile(msg);
  const before = msg.clientsClosed;
  await ann.close();
  await msg.clientsGone(1, before);
  made(request);
  // A second one comes after it on the same way.
  ask(bob, { to_user_id: 3 });
  made(await atFile(msg));
  assert.equal((await answered(bob)).from_user_id, 2);
  await isServed(bob);
});

Deno.test("msg_server, a client is told when the file_server that was asked is lost", async () => {
  await using msg = await MsgFixture.start({ fileServers: 1 });
  await using ann = await msg.logIn(1);
  ask(ann);
  await atFile(msg);
  await msg.files[0]!.drop();
  assert.deepEqual(plain(await answered(ann)), refusal());
  ask(ann);
  assert.deepEqual(plain(await answered(ann)), refusal());
  msg.clock.advance(RECONNECT_MS);
  await msg.files[0]!.expect(proto.CID_OTHER_FILE_SERVER_IP_REQ, proto.IMFileServerIPReq);
  ask(ann);
  made(await atFile(msg));
  assert.equal((await answered(ann)).task_id, TASK);
});

Deno.test("msg_server, believes no answer of a file_server that it did not ask", async () => {
  await using msg = await MsgFixture.start({ fileServers: 2 });
  await using ann = await msg.logIn(1);
  await using bob = await msg.logIn(2, proto.CLIENT_TYPE_WINDOWS);
  // Files of user 2 have one home; the other file_server answers in its place.
  const home = fileHome(2, 2);
  ask(ann);
  const request = await atFile(msg, home);
  const forged = proto.IMFileTransferRsp.encode({
    ...request.message,
    result_code: 0,
    task_id: "forged",
  });
  const frame = buildFrame(proto.CID_OTHER_FILE_TRANSFER_RSP, SEQ_NUM, forged);
  msg.files[1 - home]!.links[0]!.send(frame);
  const others = [new Uint8Array(0), new Uint8Array(11), undefined];
  for (const attach_data of others) made(request, { attach_data, task_id: "forged" });
  made(request);
  made(request, { task_id: "again" });
  const { task_id, ip_addr_list } = plain(await answered(ann));
  assert.deepEqual([task_id, ip_addr_list], [TASK, [filePlace(home)]]);
  await bob.expect(CID_FILE_NOTIFY, proto.IMFileNotify);
  await isServed(ann);
  await isServed(bob);
});

Deno.test("msg_server, a file notice of another msg_server reaches PC terminals only (P-FILE7)", async () => {
  await using msg = await MsgFixture.start();
  await using phone = await msg.logIn(2);
  await using pc = await msg.logIn(2, proto.CLIENT_TYPE_WINDOWS);
  await using ann = await msg.logIn(1, proto.CLIENT_TYPE_WINDOWS);
  const frame = buildFrame(CID_FILE_NOTIFY, 0, proto.IMFileNotify.encode(noticeFor({})));
  msg.route.links[0]!.send(frame);
  await pc.expectBytes(frame);
  await isServed(phone);
  await isServed(ann);
});
