/** file_server and its tasks: how they are made, who may take part, and how they expire. */
import assert from "node:assert/strict";
import * as proto from "../../proto/mod.ts";
import { ManualClock } from "../../shared/clock.ts";
import { buildFrame } from "../../shared/pdu/mod.ts";
import {
  BLOCK,
  blockOf,
  contentOf,
  type FileFixture,
  requestTask,
  startFile,
} from "../support/file_fixture.ts";
import { passSeconds } from "../support/time.ts";

const ONLINE = proto.FILE_TYPE_ONLINE;
const OFFLINE = proto.FILE_TYPE_OFFLINE;
const SENDER = proto.CLIENT_REALTIME_SENDER;
const RECEIVER = proto.CLIENT_REALTIME_RECVER;
const UPLOAD = proto.CLIENT_OFFLINE_UPLOAD;
const DOWNLOAD = proto.CLIENT_OFFLINE_DOWNLOAD;
const CONTENT = contentOf(2 * BLOCK);
const HOUR_SEC = 3600;

async function refusedLogin(
  file: FileFixture,
  taskId: string,
  role: proto.ClientFileRole,
  userId: number,
): Promise<void> {
  await using peer = await file.connect();
  peer.sendLogin(taskId, role, userId);
  await peer.expectRefused();
}

Deno.test("file_server, answers 0x0731 with a task of its own id, and all that was asked", async () => {
  await using file = await startFile();
  await using msgServer = await file.connectMsgServer();
  const attach_data = Uint8Array.of(0, 0, 0, 1, 9, 9);
  const ids = new Set<string>();
  for (const [mode, size] of [[ONLINE, 0], [OFFLINE, 0xffffffff]] as const) {
    const request = proto.IMFileTransferReq.encode({
      from_user_id: 5,
      to_user_id: 6,
      file_name: "名.txt",
      file_size: size,
      trans_mode: mode,
      attach_data,
    });
    msgServer.send(proto.CID_OTHER_FILE_TRANSFER_REQ, request, { seqNum: 513 });
    const frame = await msgServer.next();
    assert.deepEqual([...frame.subarray(12, 14)], [2, 1]);
    const answer = proto.IMFileTransferRsp.decode(frame.subarray(16));
    assert.deepEqual(
      [answer.result_code, answer.from_user_id, answer.to_user_id, answer.file_name],
      [0, 5, 6, "名.txt"],
    );
    assert.deepEqual([answer.file_size, answer.trans_mode], [size, mode]);
    assert.deepEqual([...answer.attach_data!], [...attach_data]);
    assert.match(
      answer.task_id!,
      /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/,
    );
    ids.add(answer.task_id!);
  }
  assert.equal(ids.size, 2);
});

Deno.test("file_server, sets attach_data in the answer to a 0x0731 without it", async () => {
  await using file = await startFile();
  await using msgServer = await file.connectMsgServer();
  const { attach_data } = await requestTask(msgServer, { mode: ONLINE, size: 1 });
  assert.equal(attach_data?.length, 0);
});

Deno.test("file_server, refuses tasks above its limits, and keeps the link (P-FILE12)", async () => {
  await using file = await startFile({ config: { MaxTasks: 3, MaxTasksPerUser: 2 } });
  await using msgServer = await file.connectMsgServer();
  const results: number[] = [];
  for (const from of [1, 1, 1, 2, 3]) {
    const { result_code, task_id } = await requestTask(msgServer, { mode: ONLINE, size: 1, from });
    results.push(result_code);
    assert.equal(task_id === "", result_code === 1);
  }
  assert.deepEqual(results, [0, 0, 1, 0, 1]);
  assert.equal(file.log.countOf("task refused"), 2);
});

Deno.test("file_server, refuses an offline task that does not fit into the store", async () => {
  await using file = await startFile({ config: { MaxStoreMB: 1 } });
  await using msgServer = await file.connectMsgServer();
  const large = { mode: OFFLINE, size: 1024 * 1024 };
  assert.equal((await requestTask(msgServer, large)).result_code, 1);
  assert.equal((await requestTask(msgServer, { ...large, mode: ONLINE })).result_code, 0);
  // Both fit when they are made, and the second one not any more when it begins.
  const half = { mode: OFFLINE, size: 600_000 };
  const one = await requestTask(msgServer, half);
  const two = await requestTask(msgServer, half);
  await using up = await file.logIn(one.task_id!, UPLOAD, 1);
  await up.expectPull(0, BLOCK);
  await refusedLogin(file, two.task_id!, UPLOAD, 1);
  // Room again.
  up.report(proto.CLIENT_FILE_CANCEL);
  await up.expectEnd();
  await using again = await file.logIn(two.task_id!, UPLOAD, 1);
  await again.expectPull(0, BLOCK);
});

Deno.test("file_server, lets the two parties in, each in its role, and nobody else", async () => {
  await using file = await startFile();
  const parties = { from: 7, to: 9 };
  const online = await file.createTask({ mode: ONLINE, size: 5, ...parties });
  const offline = await file.createTask({ mode: OFFLINE, size: 5, ...parties });
  const stored = await file.upload(CONTENT, parties);
  const wrong: readonly [string, proto.ClientFileRole, number][] = [
    [online, SENDER, 9],
    [online, RECEIVER, 7],
    [online, SENDER, 8],
    [online, UPLOAD, 7],
    [online, DOWNLOAD, 9],
    [offline, UPLOAD, 9],
    [offline, UPLOAD, 8],
    [offline, SENDER, 7],
    [offline, RECEIVER, 9],
    [offline, DOWNLOAD, 9],
    [stored, DOWNLOAD, 7],
    [stored, DOWNLOAD, 8],
    [stored, UPLOAD, 9],
    [stored, SENDER, 7],
    [stored, RECEIVER, 9],
  ];
  for (const [taskId, role, userId] of wrong) await refusedLogin(file, taskId, role, userId);
  for (
    const [taskId, role, userId] of [
      [online, SENDER, 7],
      [online, RECEIVER, 9],
      [offline, UPLOAD, 7],
      [stored, DOWNLOAD, 9],
    ] as const
  ) await (await file.logIn(taskId, role, userId)).close();
});

Deno.test("file_server, does not let anybody download what is being uploaded", async () => {
  await using file = await startFile();
  const taskId = await file.createTask({ mode: OFFLINE, size: CONTENT.length });
  await using up = await file.logIn(taskId, UPLOAD, 1);
  await up.expectPull(0, BLOCK);
  await refusedLogin(file, taskId, DOWNLOAD, 2);
  up.data(0, blockOf(CONTENT, 0));
  await up.expectPull(BLOCK, BLOCK);
  await up.close();
  await refusedLogin(file, taskId, DOWNLOAD, 2);
});

Deno.test("file_server, knows no task but by the exact form of its id (P-AUTH6)", async () => {
  await using file = await startFile();
  const taskId = await file.upload(CONTENT);
  await Deno.writeFile(`${file.dir}/x`, await Deno.readFile(file.path(taskId)));
  const folder = taskId.slice(0, 2);
  for (
    const id of [
      "",
      "x",
      "../x",
      taskId.toUpperCase() === taskId ? "X" : taskId.toUpperCase(),
      `${taskId}\0`,
      `${taskId}.sum`,
      `${taskId}/`,
      `../${folder}/${taskId}`,
      `${folder}/../../${folder}/${taskId}`,
      "../../../../../../etc/passwd",
      "00000000-0000-0000-0000-000000000000",
      "A".repeat(60_000),
    ]
  ) {
    for (const role of [UPLOAD, DOWNLOAD, SENDER]) await refusedLogin(file, id, role, 2);
  }
});

Deno.test("file_server, does nothing for a client that has not logged in, and keeps it", async () => {
  await using file = await startFile();
  const taskId = await file.upload(CONTENT);
  await using peer = await file.connect();
  peer.taskId = taskId;
  peer.userId = 2;
  peer.pull(0);
  peer.data(0, blockOf(CONTENT, 0));
  peer.report(proto.CLIENT_FILE_CANCEL);
  await peer.expectNothing();
  await peer.logIn(taskId, DOWNLOAD, 2);
  await peer.download(CONTENT);
});

Deno.test("file_server, ignores a second login on a connection", async () => {
  await using file = await startFile();
  const taskId = await file.upload(CONTENT);
  await using peer = await file.logIn(taskId, DOWNLOAD, 2);
  peer.sendLogin(taskId, UPLOAD, 1);
  peer.userId = 2;
  await peer.expectNothing();
  await peer.download(CONTENT);
});

Deno.test("file_server, drops an unknown role or mode without closing (Q-UNKENUM)", async () => {
  await using file = await startFile();
  await using msgServer = await file.connectMsgServer();
  // trans_mode 3.
  msgServer.sendBytes(
    buildFrame(
      proto.CID_OTHER_FILE_TRANSFER_REQ,
      1,
      Uint8Array.of(8, 1, 16, 2, 26, 1, 97, 32, 5, 40, 3),
    ),
  );
  const { result_code, task_id } = await requestTask(msgServer, { mode: ONLINE, size: 1 });
  assert.equal(result_code, 0);
  await using peer = await file.connect();
  const login = proto.IMFileLoginReq.encode({ user_id: 1, task_id: task_id!, file_role: SENDER });
  login[login.length - 1] = 5;
  peer.link.send(proto.CID_FILE_LOGIN_REQ, login);
  await peer.expectNothing();
});

Deno.test("file_server, forgets a task that nobody begins, after WaitTimeout (P-FILE3)", async () => {
  const clock = new ManualClock(Date.now());
  await using file = await startFile({ links: "memory", clock });
  const online = await file.createTask({ mode: ONLINE, size: 1 });
  const offline = await file.createTask({ mode: OFFLINE, size: 1 });
  clock.advance(HOUR_SEC * 1000);
  await (await file.logIn(online, SENDER, 1)).close();
  await refusedLogin(file, online, SENDER, 3);
  clock.advance(2000);
  await refusedLogin(file, offline, UPLOAD, 1);
  // The other one was used meanwhile.
  await (await file.logIn(online, SENDER, 1)).close();
});

Deno.test("file_server, closes a connection that waits in vain for the other side", async () => {
  const clock = new ManualClock(Date.now());
  await using file = await startFile({ links: "memory", clock, config: { WaitTimeout: 100 } });
  const taskId = await file.createTask({ mode: ONLINE, size: 1 });
  await using sender = await file.logIn(taskId, SENDER, 1);
  clock.advance(100_000);
  await sender.expectNothing();
  clock.advance(1000);
  await sender.expectEnd();
  await refusedLogin(file, taskId, SENDER, 1);
});

Deno.test("file_server, cuts off a transfer without progress, after TaskTimeout", async () => {
  const clock = new ManualClock(Date.now());
  await using file = await startFile({ links: "memory", clock });
  const online = await file.createTask({ mode: ONLINE, size: 9 });
  await using sender = await file.logIn(online, SENDER, 1);
  await using receiver = await file.logIn(online, RECEIVER, 2);
  await receiver.expectState(proto.CLIENT_FILE_PEER_READY, 1);
  const offline = await file.createTask({ mode: OFFLINE, size: CONTENT.length });
  await using up = await file.logIn(offline, UPLOAD, 1);
  await up.expectPull(0, BLOCK);
  const stored = await file.upload(CONTENT);
  await using down = await file.logIn(stored, DOWNLOAD, 2);
  await passSeconds(clock, 50);
  receiver.pull(0, { mode: ONLINE });
  up.data(0, blockOf(CONTENT, 0));
  down.pull(0);
  await sender.expectPull(0, BLOCK);
  await up.expectPull(BLOCK, BLOCK);
  await down.expectData(0, blockOf(CONTENT, 0));
  const all = [sender, receiver, up, down];
  // Heartbeats are no progress.
  await passSeconds(clock, 58);
  for (const peer of all) await peer.expectNothing();
  await passSeconds(clock, 4);
  for (const peer of all) await peer.expectEnd();
  // What is stored of the upload is not lost, and the online task can be begun again.
  await using again = await file.logIn(offline, UPLOAD, 1);
  await again.expectPull(BLOCK, BLOCK);
  await using senderAgain = await file.logIn(online, SENDER, 1);
  await senderAgain.expectNothing();
});

Deno.test("file_server, removes uploads and files that are too old, while it runs", async () => {
  const clock = new ManualClock(Date.now());
  await using file = await startFile({ links: "memory", clock });
  const cutOff = await file.createTask({ mode: OFFLINE, size: CONTENT.length });
  await (await file.logIn(cutOff, UPLOAD, 1)).close();
  const stored = await file.upload(CONTENT);
  const fetched = await file.upload(CONTENT);
  await (await file.logIn(fetched, DOWNLOAD, 2)).download(CONTENT);
  const sweepAfter = async (seconds: number): Promise<void> => {
    // The store is swept every ten minutes, and once when many of them pass in one go.
    for (const step of [seconds - 600, 600]) {
      const swept = file.log.countOf("store swept");
      clock.advance(step * 1000);
      await file.log.logged("store swept", swept + 1);
    }
  };
  await sweepAfter(HOUR_SEC + 600);
  await refusedLogin(file, cutOff, UPLOAD, 1);
  await sweepAfter(24 * HOUR_SEC);
  await refusedLogin(file, fetched, DOWNLOAD, 2);
  await (await file.logIn(stored, DOWNLOAD, 2)).close();
  await sweepAfter(6 * 24 * HOUR_SEC);
  await refusedLogin(file, stored, DOWNLOAD, 2);
});
