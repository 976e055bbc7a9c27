/** file_server and its links: addresses, framing, silence, limits, stopping. */
import assert from "node:assert/strict";
import * as proto from "../../proto/mod.ts";
import { MAX_UNSENT_BYTES } from "../../servers/file/context.ts";
import { startFileServer } from "../../servers/file/server.ts";
import { ManualClock } from "../../shared/clock.ts";
import { ConfigError } from "../../shared/config/mod.ts";
import { type Address, ListenError, SERVER_LINK_LIMITS } from "../../shared/netlib/mod.ts";
import { buildFrame } from "../../shared/pdu/mod.ts";
import {
  BLOCK,
  blockOf,
  contentOf,
  FILE_CONFIG,
  type FileFixture,
  startFile,
} from "../support/file_fixture.ts";
import { tcpDeps } from "../support/login_fixture.ts";
import { ScriptedLink, withDeadline } from "../support/scripted_link.ts";
import { passSeconds } from "../support/time.ts";

const NO_BODY = new Uint8Array(0);

async function addressesTold(msgServer: ScriptedLink): Promise<string[]> {
  msgServer.send(proto.CID_OTHER_FILE_SERVER_IP_REQ, NO_BODY);
  const { ip_addr_list } = await msgServer.expect(
    proto.CID_OTHER_FILE_SERVER_IP_RSP,
    proto.IMFileServerIPRsp,
  );
  return ip_addr_list.map(({ ip, port }) => `${ip}:${port}`);
}

Deno.test("file_server, tells its public addresses, and where it listens without them (P-FILE11)", async () => {
  {
    await using file = await startFile();
    await using msgServer = await file.connectMsgServer();
    const { port } = file.server.addresses.clients;
    assert.deepEqual(await addressesTold(msgServer), [`127.0.0.1:${port}`]);
    assert.equal(file.log.countOf(WILDCARD_WARNING), 0);
  }
  const config = { PublicIP: ["files.example.org", "203.0.113.7"], PublicPort: 9600 };
  await using file = await startFile({ config });
  await using msgServer = await file.connectMsgServer();
  assert.deepEqual(await addressesTold(msgServer), [
    "files.example.org:9600",
    "203.0.113.7:9600",
  ]);
});

const WILDCARD_WARNING =
  "clients on other machines cannot connect to what they are told: set PublicIP";

Deno.test("file_server, warns at the start, when clients are told 0.0.0.0", async () => {
  await using file = await startFile({ config: { ClientListenIP: ["0.0.0.0"] } });
  assert.equal(file.log.countOf(WILDCARD_WARNING), 1);
});

Deno.test("file_server, echoes heartbeats of clients and msg_servers, and sends none (Q-HB)", async () => {
  const clock = new ManualClock(Date.now());
  await using file = await startFile({ links: "memory", clock });
  await using msgServer = await file.connectMsgServer();
  await using client = await file.connect();
  clock.advance(20_000);
  for (const link of [msgServer, client.link]) {
    const heartbeat = buildFrame(proto.CID_OTHER_HEARTBEAT, 6, NO_BODY);
    link.sendBytes(heartbeat);
    assert.equal((await link.next({ heartbeats: "keep" })).toHex(), heartbeat.toHex());
  }
});

Deno.test("file_server, closes a silent msg_server after 30 s, a silent client after 120 s", async () => {
  const clock = new ManualClock(Date.now());
  await using file = await startFile({ links: "memory", clock });
  await using msgServer = await file.connectMsgServer();
  await using client = await file.connect();
  await using waiting = await file.logIn(
    await file.createTask({ mode: proto.FILE_TYPE_ONLINE, size: 1 }),
    proto.CLIENT_REALTIME_SENDER,
    1,
  );
  await addressesTold(msgServer);
  clock.advance(30_000);
  await addressesTold(msgServer);
  clock.advance(31_000);
  await msgServer.ended();
  await client.expectNothing();
  await waiting.expectNothing();
  clock.advance(120_000);
  await client.expectNothing();
  clock.advance(121_000);
  await client.expectEnd();
  await waiting.expectEnd();
});

Deno.test("file_server, closes a client that does not log in, whatever else it sends", async () => {
  const clock = new ManualClock(Date.now());
  await using file = await startFile({ links: "memory", clock });
  await using client = await file.connect();
  await using sender = await file.logIn(
    await file.createTask({ mode: proto.FILE_TYPE_ONLINE, size: 1 }),
    proto.CLIENT_REALTIME_SENDER,
    1,
  );
  for (let times = 0; times < 3; times++) {
    clock.advance(100_000);
    await client.expectNothing();
    await sender.expectNothing();
  }
  clock.advance(1000);
  await client.expectEnd();
  await sender.expectNothing();
});

Deno.test("file_server, closes a link at once, for a length below 16 or above its limit", async () => {
  await using file = await startFile();
  const { clients, msgServers } = file.server.addresses;
  for (const length of [0, 1, 15, 64 * 1024 + 1, 0xffffffff]) await closedFor(clients, length);
  for (const length of [0, 15, 64 * 1024 * 1024 + 1]) await closedFor(msgServers, length);
  const taskId = await file.createTask({ mode: proto.FILE_TYPE_ONLINE, size: 1 });
  await using peer = await file.logIn(taskId, proto.CLIENT_REALTIME_SENDER, 1);
  peer.link.sendBytes(headerOf(1024 * 1024));
  await using other = await file.logIn(taskId, proto.CLIENT_REALTIME_RECVER, 2);
  await other.expectState(proto.CLIENT_FILE_PEER_READY, 1);
  other.link.sendBytes(headerOf(1024 * 1024 + 1));
  await other.expectEnd();
});

Deno.test("file_server, drops PDUs it cannot read or does not know, and keeps the link", async () => {
  await using file = await startFile();
  const taskId = await file.upload(contentOf(10));
  await using peer = await file.connect();
  peer.link.send(proto.CID_FILE_LOGIN_REQ, Uint8Array.of(0xff));
  peer.link.send(proto.CID_FILE_LOGIN_REQ, NO_BODY);
  peer.link.send(0x0fff, NO_BODY);
  peer.link.send(proto.CID_OTHER_FILE_TRANSFER_REQ, NO_BODY); // Not on this port.
  await peer.expectNothing();
  await peer.logIn(taskId, proto.CLIENT_OFFLINE_DOWNLOAD, 2);
  peer.link.send(proto.CID_FILE_PULL_DATA_REQ, Uint8Array.of(8));
  peer.link.send(proto.CID_FILE_STATE, Uint8Array.of(8, 99));
  await peer.download(contentOf(10));
  await using msgServer = await file.connectMsgServer();
  msgServer.send(proto.CID_OTHER_FILE_TRANSFER_REQ, Uint8Array.of(8, 1));
  msgServer.send(proto.CID_FILE_LOGIN_REQ, NO_BODY); // Not on this port.
  assert.equal((await addressesTold(msgServer)).length, 1);
});

Deno.test("file_server, reads a transfer from any split of the stream", async () => {
  await using file = await startFile();
  const content = contentOf(300);
  const taskId = await file.createTask({ mode: proto.FILE_TYPE_OFFLINE, size: 300 });
  await using up = await file.connect();
  const login = proto.IMFileLoginReq.encode({
    user_id: 1,
    task_id: taskId,
    file_role: proto.CLIENT_OFFLINE_UPLOAD,
  });
  const data = proto.IMFilePullDataRsp.encode({
    result_code: 0,
    task_id: taskId,
    user_id: 1,
    offset: 0,
    file_data: content,
  });
  // The data come before they are asked for; they wait until the login is done.
  const bytes = [
    ...buildFrame(proto.CID_FILE_LOGIN_REQ, 1, login),
    ...buildFrame(proto.CID_FILE_PULL_DATA_RSP, 0, data),
  ];
  for (const byte of bytes) up.link.sendBytes(Uint8Array.of(byte));
  up.taskId = taskId;
  assert.equal((await up.expectLogin()).result_code, 0);
  await up.expectPull(0, 300);
  await up.expectState(proto.CLIENT_FILE_DONE, 1);
});

Deno.test("file_server, takes nothing behind a refused login, in the same segment (P-FRM4)", async () => {
  await using file = await startFile();
  const taskId = await file.upload(contentOf(10));
  await using peer = await file.connect();
  const refused = proto.IMFileLoginReq.encode({
    user_id: 2,
    task_id: "x",
    file_role: proto.CLIENT_OFFLINE_DOWNLOAD,
  });
  peer.link.sendBytes(
    new Uint8Array([
      ...buildFrame(proto.CID_FILE_LOGIN_REQ, 1, refused),
      ...loginFrame(taskId),
      ...pullFrame(taskId, 0),
    ]),
  );
  await peer.expectRefused();
});

Deno.test("file_server, keeps no place for clients that go away during their login", async () => {
  await using file = await startFile();
  const content = contentOf(2 * BLOCK);
  const taskId = await file.createTask({
    mode: proto.FILE_TYPE_OFFLINE,
    size: content.length,
  });
  for (let times = 0; times < 20; times++) {
    const peer = await file.connect();
    peer.sendLogin(taskId, proto.CLIENT_OFFLINE_UPLOAD, 1);
    await peer.close();
  }
  await using up = await file.logIn(taskId, proto.CLIENT_OFFLINE_UPLOAD, 1);
  await up.serveUpload(content);
  for (let times = 0; times < 20; times++) {
    const peer = await file.connect();
    peer.sendLogin(taskId, proto.CLIENT_OFFLINE_DOWNLOAD, 2);
    peer.pull(0);
    await peer.close();
  }
  await using down = await file.logIn(taskId, proto.CLIENT_OFFLINE_DOWNLOAD, 2);
  await down.download(content);
});

Deno.test("file_server, refuses further clients, at MaxConnCnt, and msg_servers at theirs", async () => {
  await using file = await startFile({ config: { MaxConnCnt: 1, MaxMsgServerConnCnt: 1 } });
  await using client = await file.connect();
  await using msgServer = await file.connectMsgServer();
  await using second = await file.connect();
  await second.expectEnd();
  await using other = await file.connectMsgServer();
  await other.ended();
  await client.expectNothing();
  await addressesTold(msgServer);
});

Deno.test("file_server, does not read on, while a downloader does not read what it pulled", async () => {
  await using file = await startFile({ links: "memory" });
  const content = contentOf(100 * BLOCK);
  const taskId = await file.upload(content);
  const before = file.log.countOf("command");
  await using down = await file.logIn(taskId, proto.CLIENT_OFFLINE_DOWNLOAD, 2);
  down.link.pause();
  // Together far more than a link may be behind before it is cut off.
  for (let offset = 0; offset < content.length; offset += BLOCK) down.pull(offset);
  // The login and the pulls that are answered before it is behind; the one that makes it so waits.
  const answered = MAX_UNSENT_BYTES / BLOCK;
  await file.log.logged("command", before + answered);
  await passTurns(500);
  assert.equal(file.log.countOf("command"), before + answered);
  down.link.resume();
  for (let offset = 0; offset < content.length; offset += BLOCK) {
    await down.expectData(offset, blockOf(content, offset));
  }
  await down.expectState(proto.CLIENT_FILE_DONE, 1);
});

Deno.test("file_server, does not take a client that is slow to read for one without progress", async () => {
  const clock = new ManualClock(Date.now());
  await using file = await startFile({ links: "memory", clock, config: { TaskTimeout: 10 } });
  const content = contentOf(40 * BLOCK);
  const taskId = await file.upload(content);
  await using reader = await connectOneByOne(file);
  reader.send(loginFrame(taskId));
  await reader.next();
  for (let offset = 0; offset < content.length; offset += BLOCK) {
    reader.send(pullFrame(taskId, offset));
  }
  // For longer than a client may be silent, with pauses below the limit.
  for (let block = 0; block < 20; block++) {
    await passSeconds(clock, 8);
    await reader.next();
  }
  assert.equal(file.log.countOf("task expired"), 0);
  // It reads no more. What the disk still brings is progress, so this may take more than one limit.
  const expired = file.log.logged("task expired", 1);
  while (file.log.countOf("task expired") === 0) await passSeconds(clock, 1);
  await expired;
});

Deno.test("file_server, leaves nothing open, when a port is in use, or its store cannot be used", async () => {
  await using file = await startFile();
  const config = { ...FILE_CONFIG, StoreDir: file.dir };
  const { port } = file.server.addresses.clients;
  await assert.rejects(
    startFileServer({ ...config, ClientListenPort: port }, tcpDeps()),
    ListenError,
  );
  await Deno.writeTextFile(`${file.dir}/file`, "");
  await assert.rejects(
    startFileServer({ ...config, StoreDir: `${file.dir}/file/store` }, tcpDeps()),
    (error) =>
      error instanceof ConfigError &&
      /StoreDir=".*" cannot be used: .*directory/.test(error.message),
  );
});

Deno.test("file_server, closes links, listeners and timers, when it stops, and keeps uploads", async () => {
  const clock = new ManualClock(Date.now());
  const dir = await Deno.makeTempDir({ prefix: "teamtalk_file_" });
  const content = contentOf(3 * BLOCK);
  const file = await startFile({ links: "memory", clock, dir });
  await using msgServer = await file.connectMsgServer();
  const taskId = await file.createTask({ mode: proto.FILE_TYPE_OFFLINE, size: content.length });
  await using up = await file.logIn(taskId, proto.CLIENT_OFFLINE_UPLOAD, 1);
  await up.expectPull(0, BLOCK);
  up.data(0, blockOf(content, 0));
  await up.expectPull(BLOCK, BLOCK);
  await file.stop();
  await up.expectEnd();
  await msgServer.ended();
  assert.equal(clock.pendingTimers, 0);
  await assert.rejects(file.connect(), /the connection was refused/);
  await file.stop();
  await using again = await startFile({ dir });
  await using resumed = await again.logIn(taskId, proto.CLIENT_OFFLINE_UPLOAD, 1);
  await resumed.expectPull(BLOCK, BLOCK);
  await resumed.close();
  await again.stop();
  await Deno.remove(dir, { recursive: true });
});

Deno.test("file_server, knows only its own tasks, beside another one", async () => {
  await using one = await startFile();
  await using other = await startFile();
  const taskId = await one.upload(contentOf(5));
  await using stranger = await other.connect();
  stranger.sendLogin(taskId, proto.CLIENT_OFFLINE_DOWNLOAD, 2);
  await stranger.expectRefused();
  await using down = await one.logIn(taskId, proto.CLIENT_OFFLINE_DOWNLOAD, 2);
  await down.download(contentOf(5));
});

async function passTurns(turns: number): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** A client that takes one frame at a time from its connection, when it is told to. */
interface OneByOne extends AsyncDisposable {
  send(frame: Uint8Array): void;
  next(): Promise<void>;
}

async function connectOneByOne(file: FileFixture): Promise<OneByOne> {
  const gone = Promise.withResolvers<void>();
  let taken: () => void = () => {};
  const opened = Promise.withResolvers<void>();
  const link = file.network.connect(file.server.addresses.clients, SERVER_LINK_LIMITS, {
    opened: () => opened.resolve(),
    frame(from) {
      from.pause();
      taken();
    },
    closed: () => gone.resolve(),
  });
  await opened.promise;
  link.pause();
  return {
    send: (frame) => link.send(frame),
    next: () =>
      withDeadline("a frame", (resolve) => {
        taken = resolve;
        link.resume();
      }),
    async [Symbol.asyncDispose]() {
      link.abort("the test closes it");
      await gone.promise;
    },
  };
}

function loginFrame(taskId: string): Uint8Array {
  const body = proto.IMFileLoginReq.encode({
    user_id: 2,
    task_id: taskId,
    file_role: proto.CLIENT_OFFLINE_DOWNLOAD,
  });
  return buildFrame(proto.CID_FILE_LOGIN_REQ, 1, body);
}

function pullFrame(taskId: string, offset: number): Uint8Array {
  const body = proto.IMFilePullDataReq.encode({
    task_id: taskId,
    user_id: 2,
    trans_mode: proto.FILE_TYPE_OFFLINE,
    offset,
    data_size: BLOCK,
  });
  return buildFrame(proto.CID_FILE_PULL_DATA_REQ, 2, body);
}

/** A header that announces a PDU of so many bytes. */
function headerOf(length: number): Uint8Array {
  const header = buildFrame(proto.CID_FILE_LOGIN_REQ, 0, NO_BODY);
  new DataView(header.buffer, header.byteOffset).setUint32(0, length);
  return header;
}

async function closedFor(address: Address, length: number): Promise<void> {
  await using link = await ScriptedLink.connect(address);
  link.sendBytes(headerOf(length));
  await link.ended();
  await assert.rejects(link.next(), /the other side closed the link/);
}
