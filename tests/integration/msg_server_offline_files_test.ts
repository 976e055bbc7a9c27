/** Files that wait for somebody, between client, db_proxy and route_server (flows.md 15.5, 15.6). */
import assert from "node:assert/strict";
import * as proto from "../../proto/mod.ts";
import { buildFrame, decodeAttach, seqNumOf } from "../../shared/pdu/mod.ts";
import { MsgFixture } from "../support/msg_fixture.ts";
import { fileHome, filePlace } from "../support/played_servers.ts";
import { isServed } from "../support/raw_login.ts";
import type { ScriptedLink } from "../support/scripted_link.ts";
import type { Received } from "../support/scripted_server.ts";

const { CID_FILE_ADD_OFFLINE_REQ, CID_FILE_DEL_OFFLINE_REQ, CID_FILE_NOTIFY, FILE_TYPE_OFFLINE } =
  proto;
const TASK = "9c424824-fe01-49bd-88ed-1d8f2d3c976a";
const SEQ_NUM = 28;
/** With two file_servers: where the files of user 2 go, and the other one. */
const HOME = fileHome(2, 2);
const AWAY = 1 - HOME;

function upload(client: ScriptedLink, changes: Partial<proto.IMFileAddOfflineReqInit> = {}): void {
  const body = proto.IMFileAddOfflineReq.encode({
    from_user_id: 4711, // What the client says does not matter.
    to_user_id: 2,
    task_id: TASK,
    file_name: "a.txt",
    file_size: 70_000,
    ...changes,
  });
  client.send(CID_FILE_ADD_OFFLINE_REQ, body, { seqNum: SEQ_NUM });
}

const noted = (msg: MsgFixture): Promise<Received<proto.IMFileAddOfflineReq>> =>
  msg.db.expect(CID_FILE_ADD_OFFLINE_REQ, proto.IMFileAddOfflineReq);

const readyNotice = (changes: Partial<proto.IMFileNotify> = {}) => ({
  from_user_id: 1,
  to_user_id: 2,
  file_name: "a.txt",
  file_size: 70_000,
  task_id: TASK,
  ip_addr_list: [filePlace(0)],
  trans_mode: FILE_TYPE_OFFLINE,
  offline_ready: 1,
  ...changes,
});

const plain = <T>(message: T): T => JSON.parse(JSON.stringify(message));

/** Another msg_server tells that a file goes to this file_server. */
function heardOf(msg: MsgFixture, task_id: string, at: number): void {
  const notify = readyNotice({ task_id, ip_addr_list: [filePlace(at)], offline_ready: 0 });
  msg.route.send(CID_FILE_NOTIFY, proto.IMFileNotify.encode(notify));
}

/** The client asks what waits for it, and db_proxy knows these tasks. */
async function askForFiles(
  msg: MsgFixture,
  client: ScriptedLink,
  taskIds: readonly string[],
): Promise<Received<proto.IMFileHasOfflineReq>> {
  const question = proto.IMFileHasOfflineReq.encode({ user_id: 4711 });
  client.send(proto.CID_FILE_HAS_OFFLINE_REQ, question, { seqNum: SEQ_NUM });
  const asked = await msg.db.expect(proto.CID_FILE_HAS_OFFLINE_REQ, proto.IMFileHasOfflineReq);
  const { user_id, attach_data } = asked.message;
  const file = { from_user_id: 1, file_name: "a.txt", file_size: 70_000 };
  const offline_file_list = taskIds.map((task_id) => ({ ...file, task_id }));
  const answer = proto.IMFileHasOfflineRsp.encode({ user_id, offline_file_list, attach_data });
  asked.answer(proto.CID_FILE_HAS_OFFLINE_RES, answer);
  return asked;
}

async function filesFor(client: ScriptedLink) {
  const frame = await client.next();
  assert.deepEqual([frame[11], seqNumOf(frame)], [0x0a, SEQ_NUM]);
  const answer = proto.IMFileHasOfflineRsp.decode(frame.subarray(16));
  assert.deepEqual([answer.user_id, answer.attach_data], [2, undefined], "Q-ATT");
  return {
    tasks: answer.offline_file_list.map(({ task_id }) => task_id),
    place: plain(answer.ip_addr_list),
  };
}

Deno.test("msg_server, has an uploaded file noted as the user's, and tells the receiver's PCs", async () => {
  await using msg = await MsgFixture.start({ fileServers: 1 });
  await using ann = await msg.logIn(1);
  await using bobsPhone = await msg.logIn(2);
  await using bobsPc = await msg.logIn(2, proto.CLIENT_TYPE_WINDOWS);
  upload(ann);
  const { message, frame } = await noted(msg);
  assert.equal(seqNumOf(frame), SEQ_NUM);
  const file = { task_id: TASK, file_name: "a.txt", file_size: 70_000 };
  assert.deepEqual({ ...message }, { from_user_id: 1, to_user_id: 2, ...file });
  const notice = await bobsPc.expect(CID_FILE_NOTIFY, proto.IMFileNotify);
  assert.deepEqual(plain(notice), readyNotice());
  const relayed = await msg.route.expect(CID_FILE_NOTIFY, proto.IMFileNotify);
  assert.deepEqual(plain(relayed.message), readyNotice());
  await isServed(ann); // No answer.
  await isServed(bobsPhone);
});

Deno.test("msg_server, notes an uploaded file also when no file_server is known, without a notice", async () => {
  await using msg = await MsgFixture.start();
  await using ann = await msg.logIn(1);
  await using bob = await msg.logIn(2, proto.CLIENT_TYPE_WINDOWS);
  upload(ann);
  await noted(msg);
  await isServed(bob);
});

Deno.test("msg_server, keeps to itself what cannot be noted", async () => {
  await using msg = await MsgFixture.start({ fileServers: 1 });
  await using ann = await msg.logIn(1);
  await using bob = await msg.logIn(2, proto.CLIENT_TYPE_WINDOWS);
  for (const file_name of ["é".repeat(257), "a\0b"]) upload(ann, { file_name });
  for (const task_id of ["", "t".repeat(65), "a\nb"]) upload(ann, { task_id });
  upload(ann, { to_user_id: 3 });
  assert.equal((await noted(msg)).message.to_user_id, 3);
  await isServed(bob);
});

Deno.test("msg_server, an uploaded file is noted once db_proxy is back (P-AVL1)", async () => {
  await using msg = await MsgFixture.start();
  await using ann = await msg.logIn(1);
  await msg.loseDb();
  upload(ann);
  await isServed(ann);
  await msg.reconnectDb();
  assert.equal((await noted(msg)).message.task_id, TASK);
});

Deno.test("msg_server, only sender and receiver of a file have it taken off (P-AUTH4)", async () => {
  await using msg = await MsgFixture.start();
  await using ann = await msg.logIn(1);
  await using bob = await msg.logIn(2);
  await using eve = await msg.logIn(3);
  const entry = { from_user_id: 1, to_user_id: 2, task_id: TASK };
  const send = (client: ScriptedLink, changes: Partial<typeof entry> = {}): void => {
    const body = proto.IMFileDelOfflineReq.encode({ ...entry, ...changes });
    client.send(CID_FILE_DEL_OFFLINE_REQ, body, { seqNum: SEQ_NUM });
  };
  send(eve);
  await isServed(eve);
  send(ann, { from_user_id: 3 });
  await isServed(ann);
  for (const client of [ann, bob]) {
    send(client);
    const taken = await msg.db.expect(CID_FILE_DEL_OFFLINE_REQ, proto.IMFileDelOfflineReq);
    assert.deepEqual([{ ...taken.message }, seqNumOf(taken.frame)], [entry, SEQ_NUM]);
    await isServed(client);
  }
});

Deno.test("msg_server, adds the address of the receiver's file_server to the files that wait", async () => {
  await using msg = await MsgFixture.start({ fileServers: 2 });
  await using bob = await msg.logIn(2);
  const asked = await askForFiles(msg, bob, ["a", "b"]);
  assert.equal(asked.message.user_id, 2);
  assert.equal(decodeAttach(asked.message.attach_data!)?.type, 1);
  assert.deepEqual(await filesFor(bob), { tasks: ["a", "b"], place: [filePlace(HOME)] });
  await askForFiles(msg, bob, []);
  assert.deepEqual(await filesFor(bob), { tasks: [], place: [filePlace(HOME)] }, "Q-EMPTY");
  await isServed(bob);
});

Deno.test("msg_server, a file away from home is announced with the right address (P-FILE9)", async () => {
  await using msg = await MsgFixture.start({ fileServers: 2 });
  await using bob = await msg.logIn(2, proto.CLIENT_TYPE_WINDOWS);
  heardOf(msg, "away", AWAY);
  heardOf(msg, "home", HOME);
  for (let i = 0; i < 2; i++) await bob.expect(CID_FILE_NOTIFY, proto.IMFileNotify);
  await askForFiles(msg, bob, ["home", "away", "unknown"]);
  assert.deepEqual(await filesFor(bob), { tasks: ["home", "unknown"], place: [filePlace(HOME)] });
  const notice = await bob.next();
  assert.equal(seqNumOf(notice), 0);
  assert.deepEqual(
    plain(proto.IMFileNotify.decode(notice.subarray(16))),
    readyNotice({ task_id: "away", ip_addr_list: [filePlace(AWAY)] }),
  );
  await askForFiles(msg, bob, ["away"]);
  assert.deepEqual(await filesFor(bob), { tasks: ["away"], place: [filePlace(AWAY)] });
  await isServed(bob);
});

Deno.test("msg_server, tells of an uploaded file where its task was made, not where it would be now", async () => {
  await using msg = await MsgFixture.start({ fileServers: 2 });
  await using ann = await msg.logIn(1);
  await using bob = await msg.logIn(2, proto.CLIENT_TYPE_WINDOWS);
  await msg.files[HOME]!.drop();
  await msg.log.logged("file_server link lost", 1);
  const request = { from_user_id: 1, to_user_id: 2, file_name: "a.txt", file_size: 70_000 };
  const body = proto.IMFileReq.encode({ ...request, trans_mode: FILE_TYPE_OFFLINE });
  ann.send(proto.CID_FILE_REQUEST, body, { seqNum: 1 });
  const asked = await msg.files[AWAY]!.expect(
    proto.CID_OTHER_FILE_TRANSFER_REQ,
    proto.IMFileTransferReq,
  );
  const made = { ...asked.message, result_code: 0, task_id: TASK };
  asked.answer(proto.CID_OTHER_FILE_TRANSFER_RSP, proto.IMFileTransferRsp.encode(made));
  await ann.expect(proto.CID_FILE_RESPONSE, proto.IMFileRsp);
  upload(ann);
  for (const offline_ready of [0, 1]) {
    const notice = await bob.expect(CID_FILE_NOTIFY, proto.IMFileNotify);
    const ip_addr_list = [filePlace(AWAY)];
    assert.deepEqual(plain(notice), readyNotice({ offline_ready, ip_addr_list }));
  }
  await noted(msg);
  await askForFiles(msg, bob, [TASK]);
  assert.deepEqual(await filesFor(bob), { tasks: [TASK], place: [filePlace(AWAY)] });
});

Deno.test("msg_server, without db_proxy no files wait, and a stranger's answer reaches nobody", async () => {
  await using msg = await MsgFixture.start({ fileServers: 1 });
  await using bob = await msg.logIn(2);
  await using ann = await msg.logIn(1);
  const asked = await askForFiles(msg, bob, ["a"]);
  await filesFor(bob);
  // The answer for somebody else on bob's connection.
  const { attach_data } = asked.message;
  const forged = proto.IMFileHasOfflineRsp.encode({ user_id: 1, attach_data });
  asked.link.send(buildFrame(proto.CID_FILE_HAS_OFFLINE_RES, SEQ_NUM, forged));
  await askForFiles(msg, bob, []);
  assert.deepEqual((await filesFor(bob)).tasks, []);
  await isServed(ann);
  await msg.loseDb();
  const question = proto.IMFileHasOfflineReq.encode({ user_id: 2 });
  bob.send(proto.CID_FILE_HAS_OFFLINE_REQ, question, { seqNum: SEQ_NUM });
  assert.deepEqual(await filesFor(bob), { tasks: [], place: [] });
});
