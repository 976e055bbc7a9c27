/** file_server and files that go from one connection to another (docs/spec/flows.md 15.7). */
import assert from "node:assert/strict";
import * as proto from "../../proto/mod.ts";
import { buildFrame } from "../../shared/pdu/mod.ts";
import {
  BLOCK,
  contentOf,
  type FileFixture,
  type FilePeer,
  startFile,
} from "../support/file_fixture.ts";

const SENDER = proto.CLIENT_REALTIME_SENDER;
const RECEIVER = proto.CLIENT_REALTIME_RECVER;
const ONLINE = { mode: proto.FILE_TYPE_ONLINE };
const CONTENT = contentOf(1000);

function newTask(file: FileFixture): Promise<string> {
  return file.createTask({ ...ONLINE, size: CONTENT.length });
}

/** Both sides of a new task, ready to begin. */
async function pair(file: FileFixture, taskId: string): Promise<[FilePeer, FilePeer]> {
  const sender = await file.logIn(taskId, SENDER, 1);
  const receiver = await file.logIn(taskId, RECEIVER, 2);
  await receiver.expectState(proto.CLIENT_FILE_PEER_READY, 1);
  return [sender, receiver];
}

for (const links of ["tcp", "memory"] as const) {
  Deno.test(`file_server, passes pulls and data on, and the end, over ${links}`, async () => {
    await using file = await startFile({ links });
    const [sender, receiver] = await pair(file, await newTask(file));
    for (let offset = 0; offset < 1000; offset += 250) {
      receiver.pull(offset, { ...ONLINE, size: 250, seqNum: 40 + offset });
      await sender.expectPull(offset, 250);
      sender.data(offset, CONTENT.subarray(offset, offset + 250), { seqNum: 40 + offset });
      await receiver.expectData(offset, CONTENT.subarray(offset, offset + 250), 40 + offset);
    }
    receiver.report(proto.CLIENT_FILE_DONE);
    await sender.expectState(proto.CLIENT_FILE_DONE, 2);
    await sender.expectEnd();
    await receiver.expectEnd();
    for (const peer of [sender, receiver]) await peer.close();
  });
}

Deno.test("file_server, tells the receiver that both are there, whoever came last", async () => {
  await using file = await startFile();
  const taskId = await newTask(file);
  await using receiver = await file.logIn(taskId, RECEIVER, 2);
  await receiver.expectNothing();
  await using sender = await file.logIn(taskId, SENDER, 1);
  await receiver.expectState(proto.CLIENT_FILE_PEER_READY, 1);
  await sender.expectNothing();
});

Deno.test("file_server, gives data the number of the pull, when the sender does not (Q-FILESEQ)", async () => {
  await using file = await startFile();
  const [sender, receiver] = await pair(file, await newTask(file));
  for (const seqNum of [300, 301]) receiver.pull(0, { ...ONLINE, seqNum });
  for (const _pull of [1, 2]) await sender.expectPull(0, BLOCK);
  for (const _pull of [1, 2, 3]) sender.data(0, CONTENT, { seqNum: 9 });
  for (const seqNum of [300, 301, 301]) await receiver.expectData(0, CONTENT, seqNum);
  for (const peer of [sender, receiver]) await peer.close();
});

Deno.test("file_server, passes blocks of any size up to its limit on", async () => {
  await using file = await startFile();
  const [sender, receiver] = await pair(file, await newTask(file));
  const large = contentOf(1024 * 1024 - 100);
  receiver.pull(0, ONLINE);
  await sender.expectPull(0, BLOCK);
  sender.data(0, large);
  await receiver.expectData(0, large);
  receiver.pull(0, ONLINE);
  await sender.expectPull(0, BLOCK);
  sender.data(0, contentOf(1024 * 1024));
  await sender.expectEnd();
  await receiver.expectEnd();
  for (const peer of [sender, receiver]) await peer.close();
});

for (const [name, state] of [["cancel", 1], ["refuse", 2], ["done", 3]] as const) {
  Deno.test(`file_server, passes ${name} on from either side, and the task has ended`, async () => {
    await using file = await startFile();
    for (const from of [SENDER, RECEIVER]) {
      const taskId = await newTask(file);
      const [sender, receiver] = await pair(file, taskId);
      const [one, other] = from === SENDER ? [sender, receiver] : [receiver, sender];
      one.report(state);
      await other.expectState(state, one.userId);
      await other.expectEnd();
      await one.expectEnd();
      await using late = await file.connect();
      late.sendLogin(taskId, SENDER, 1);
      await late.expectRefused();
      for (const peer of [sender, receiver]) await peer.close();
    }
  });
}

Deno.test("file_server, ends a task that is refused before its sender is there", async () => {
  await using file = await startFile();
  const taskId = await newTask(file);
  await using receiver = await file.logIn(taskId, RECEIVER, 2);
  receiver.report(proto.CLIENT_FILE_REFUSE);
  await receiver.expectEnd();
  await using sender = await file.connect();
  sender.sendLogin(taskId, SENDER, 1);
  await sender.expectRefused();
});

Deno.test("file_server, closes the other side, when one is lost, and lets both begin again", async () => {
  await using file = await startFile();
  const taskId = await newTask(file);
  for (const lost of ["sender", "receiver"] as const) {
    const [sender, receiver] = await pair(file, taskId);
    receiver.pull(0, { ...ONLINE, size: 500 });
    await sender.expectPull(0, 500);
    await (lost === "sender" ? sender : receiver).close();
    await (lost === "sender" ? receiver : sender).expectEnd();
    for (const peer of [sender, receiver]) await peer.close();
  }
  const [sender, receiver] = await pair(file, taskId);
  receiver.pull(500, { ...ONLINE, size: 500 });
  await sender.expectPull(500, 500);
  sender.data(500, CONTENT.subarray(500));
  await receiver.expectData(500, CONTENT.subarray(500));
  for (const peer of [sender, receiver]) await peer.close();
});

Deno.test("file_server, takes the newest connection of a side for the live one", async () => {
  await using file = await startFile();
  const taskId = await newTask(file);
  const [old, oldReceiver] = await pair(file, taskId);
  await using sender = await file.logIn(taskId, SENDER, 1);
  await old.expectEnd();
  await oldReceiver.expectEnd();
  await sender.expectNothing();
  await using receiver = await file.logIn(taskId, RECEIVER, 2);
  await receiver.expectState(proto.CLIENT_FILE_PEER_READY, 1);
  for (const peer of [old, oldReceiver]) await peer.close();
});

Deno.test("file_server, refuses a pull of the sender, and one before both are there", async () => {
  await using file = await startFile();
  const [sender, receiver] = await pair(file, await newTask(file));
  sender.pull(0, ONLINE);
  await sender.expectError(proto.FILE_SERVER_ERRNO_PULL_DATA_ILLIEAGE_USER);
  await receiver.expectEnd();
  await using early = await file.logIn(await newTask(file), RECEIVER, 2);
  early.pull(0, ONLINE);
  await early.expectError(proto.FILE_SERVER_ERRNO_PULL_DATA_WITH_INVALID_TASK_ID);
  for (const peer of [sender, receiver]) await peer.close();
});

Deno.test("file_server, closes whoever sends data as the receiver, or before both are there", async () => {
  await using file = await startFile();
  const [sender, receiver] = await pair(file, await newTask(file));
  receiver.data(0, CONTENT);
  await receiver.expectEnd();
  await sender.expectEnd();
  await using early = await file.logIn(await newTask(file), SENDER, 1);
  early.data(0, CONTENT);
  await early.expectEnd();
  for (const peer of [sender, receiver]) await peer.close();
});

Deno.test("file_server, closes whoever names another user or task, and passes nothing on", async () => {
  await using file = await startFile();
  const attempts: readonly ((peer: FilePeer) => void)[] = [
    (peer) => peer.report(proto.CLIENT_FILE_DONE, { userId: 3 }),
    (peer) => peer.report(proto.CLIENT_FILE_CANCEL, { taskId: "other" }),
    (peer) => peer.report(proto.CLIENT_FILE_PEER_READY),
    (peer) => peer.data(0, CONTENT, { userId: 2 }),
  ];
  for (const attempt of attempts) {
    const [sender, receiver] = await pair(file, await newTask(file));
    attempt(sender);
    await sender.expectEnd();
    await receiver.expectEnd();
    for (const peer of [sender, receiver]) await peer.close();
  }
});

Deno.test("file_server, does not read from a sender, while the receiver is behind", async () => {
  await using file = await startFile();
  const [sender, receiver] = await pair(file, await newTask(file));
  receiver.link.pause();
  // Far more than a link may be behind before it is cut off, and the kernels hold.
  const blocks = 60;
  const block = contentOf(1024 * 1024 - 100);
  for (let at = 0; at < blocks; at++) sender.data(at, block);
  // The server has the time to take in whatever it would take in.
  for (let turn = 0; turn < 200; turn++) await new Promise((resolve) => setImmediate(resolve));
  receiver.link.resume();
  for (let at = 0; at < blocks; at++) {
    const data = await receiver.link.expect(
      proto.CID_FILE_PULL_DATA_RSP,
      proto.IMFilePullDataRsp,
    );
    assert.equal(data.offset, at);
  }
  receiver.report(proto.CLIENT_FILE_DONE);
  await sender.expectState(proto.CLIENT_FILE_DONE, 2);
  for (const peer of [sender, receiver]) await peer.close();
});

Deno.test("file_server, echoes heartbeats in the middle of a transfer (Q-HB)", async () => {
  await using file = await startFile();
  const [sender, receiver] = await pair(file, await newTask(file));
  const heartbeat = buildFrame(proto.CID_OTHER_HEARTBEAT, 5, new Uint8Array(0));
  heartbeat.set([0, 13], 4); // The version of an iOS client.
  receiver.link.sendBytes(heartbeat);
  const echo = await receiver.link.next({ heartbeats: "keep" });
  assert.equal(echo.toHex(), heartbeat.toHex());
  await sender.expectNothing();
  for (const peer of [sender, receiver]) await peer.close();
});
