/** A file_server on a store of its own, and scripted msg_servers and clients for it. */
import assert from "node:assert/strict";
import * as proto from "../../proto/mod.ts";
import type { FileConfig } from "../../servers/file/config.ts";
import {
  type FileListener,
  type RunningFileServer,
  startFileServer,
} from "../../servers/file/server.ts";
import { OPEN_LINKS } from "../../shared/links/mod.ts";
import { type Clock, systemClock } from "../../shared/clock.ts";
import { MemoryNetwork, type Network, TcpNetwork } from "../../shared/netlib/mod.ts";
import { buildFrame, seqNumOf } from "../../shared/pdu/mod.ts";
import { type Random, systemRandom } from "../../shared/random.ts";
import { ScriptedLink } from "./scripted_link.ts";
import { WatchedLog } from "./watched_log.ts";

export const BLOCK = 32 * 1024;

export const FILE_CONFIG: Omit<FileConfig, "StoreDir"> = {
  ClientListenIP: ["127.0.0.1"],
  ClientListenPort: 0,
  MsgServerListenIP: "127.0.0.1",
  MsgServerListenPort: 0,
  Tls: null,
  Limits: { newcomers: { max: 500, maxPerAddress: null } },
  Links: OPEN_LINKS,
  TaskTimeout: 60,
  PublicIP: null,
  PublicPort: null,
  WaitTimeout: 3600,
  RetentionDays: 7,
  DownloadedHours: 24,
  MaxStoreMB: 0,
  MaxConnCnt: 100,
  MaxMsgServerConnCnt: 100,
  MaxTasks: 1000,
  MaxTasksPerUser: 100,
  MaxClientPduBytes: 1024 * 1024,
};

export interface FileFixtureOptions {
  /** Default: TCP. */
  readonly links?: "memory" | "tcp";
  readonly clock?: Clock;
  readonly random?: Random;
  readonly config?: Partial<FileConfig>;
  /** A folder that outlives the server; default: one that is removed with it. */
  readonly dir?: string;
}

export interface TaskRequest {
  readonly mode: proto.TransferFileType;
  readonly size: number;
  /** Defaults: 1, 2 and `a.bin`. */
  readonly from?: number;
  readonly to?: number;
  readonly name?: string;
}

export interface FileFixture extends AsyncDisposable {
  readonly server: RunningFileServer;
  readonly log: WatchedLog;
  /** Where the store is. */
  readonly dir: string;
  readonly network: Network;
  /** A link of a msg_server. */
  connectMsgServer(): Promise<ScriptedLink>;
  /** A connection of a client that has not logged in. */
  connect(): Promise<FilePeer>;
  /** Has a task made; returns its id. */
  createTask(request: TaskRequest): Promise<string>;
  /** A client that has logged in. */
  logIn(taskId: string, role: proto.ClientFileRole, userId: number): Promise<FilePeer>;
  /** Uploads a file as an old client would; returns its task. */
  upload(content: Uint8Array, request?: Partial<TaskRequest>): Promise<string>;
  /** Path of a file of the task: "" is the complete one. */
  path(taskId: string, kind?: "" | ".part" | ".sum" | ".got"): string;
  /** Stops the server; its folder goes too, unless the test has given it. */
  stop(): Promise<void>;
}

export async function startFile(options: FileFixtureOptions = {}): Promise<FileFixture> {
  await using stack = new AsyncDisposableStack();
  const { links = "tcp", clock = systemClock, random = systemRandom } = options;
  const dir = options.dir ?? await Deno.makeTempDir({ prefix: "teamtalk_file_" });
  if (options.dir === undefined) stack.defer(() => Deno.remove(dir, { recursive: true }));
  const network = links === "tcp" ? new TcpNetwork(clock) : new MemoryNetwork(clock);
  const log = new WatchedLog();
  const config = { ...FILE_CONFIG, StoreDir: dir, ...options.config };
  const server = await startFileServer(config, { network, clock, random, log: log.logger });
  const connect = (listener: FileListener): Promise<ScriptedLink> =>
    ScriptedLink.connect(server.addresses[listener], links === "tcp" ? undefined : network);
  const connectClient = async (): Promise<FilePeer> => new FilePeer(await connect("clients"));
  // Whatever a test does to it, no handler may fail in a way that nobody thought of.
  stack.defer(() => assert.equal(log.countOf("command failed"), 0, "handlers that failed"));
  stack.defer(() => server.stop());
  const resources = stack.move();
  const fixture: FileFixture = {
    server,
    log,
    dir,
    network,
    connectMsgServer: () => connect("msgServers"),
    connect: connectClient,
    async createTask(request) {
      await using msgServer = await connect("msgServers");
      const { result_code, task_id } = await requestTask(msgServer, request);
      assert.equal(result_code, 0);
      return task_id!;
    },
    async logIn(taskId, role, userId) {
      const peer = await connectClient();
      await peer.logIn(taskId, role, userId);
      return peer;
    },
    async upload(content, request = {}) {
      const mode = proto.FILE_TYPE_OFFLINE;
      const taskId = await fixture.createTask({ ...request, mode, size: content.length });
      await using up = await fixture.logIn(
        taskId,
        proto.CLIENT_OFFLINE_UPLOAD,
        request.from ?? 1,
      );
      await up.serveUpload(content);
      return taskId;
    },
    path: (taskId, kind = "") => `${dir}/${taskId.slice(0, 2)}/${taskId}${kind}`,
    stop: () => resources.disposeAsync(),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
  return fixture;
}

/** 0x0731 and the answer to it. */
export async function requestTask(
  msgServer: ScriptedLink,
  { mode, size, from = 1, to = 2, name = "a.bin" }: TaskRequest,
): Promise<proto.IMFileTransferRsp> {
  const request = proto.IMFileTransferReq.encode({
    from_user_id: from,
    to_user_id: to,
    file_name: name,
    file_size: size,
    trans_mode: mode,
  });
  msgServer.send(proto.CID_OTHER_FILE_TRANSFER_REQ, request, { seqNum: 7 });
  return await msgServer.expect(proto.CID_OTHER_FILE_TRANSFER_RSP, proto.IMFileTransferRsp);
}

/** Bytes that differ from block to block. */
export function contentOf(size: number): Uint8Array {
  const content = new Uint8Array(size);
  for (let at = 0; at < size; at++) content[at] = at * 31 + (at >>> 15) * 7;
  return content;
}

/** The block of a file that begins at `offset`. */
export function blockOf(content: Uint8Array, offset: number): Uint8Array {
  return content.subarray(offset, offset + BLOCK);
}

/** A scripted client: says what it is told to, and checks what comes. */
export class FilePeer implements AsyncDisposable {
  readonly link: ScriptedLink;
  taskId = "";
  userId = 0;

  constructor(link: ScriptedLink) {
    this.link = link;
  }

  sendLogin(taskId: string, role: proto.ClientFileRole, userId: number): void {
    this.taskId = taskId;
    this.userId = userId;
    const body = proto.IMFileLoginReq.encode({
      user_id: userId,
      task_id: taskId,
      file_role: role,
    });
    this.link.send(proto.CID_FILE_LOGIN_REQ, body, { seqNum: 1 });
  }

  async logIn(taskId: string, role: proto.ClientFileRole, userId: number): Promise<void> {
    this.sendLogin(taskId, role, userId);
    const { result_code, task_id } = await this.expectLogin();
    assert.equal(result_code, 0, "login");
    assert.equal(task_id, taskId);
  }

  expectLogin(): Promise<proto.IMFileLoginRsp> {
    return this.link.expect(proto.CID_FILE_LOGIN_RES, proto.IMFileLoginRsp);
  }

  /** The login is answered with 1 and the connection closed. */
  async expectRefused(): Promise<void> {
    const { result_code } = await this.expectLogin();
    assert.equal(result_code, 1);
    await this.expectEnd();
  }

  /** Asks for data. */
  pull(
    offset: number,
    { size = BLOCK, seqNum = 2, mode = proto.FILE_TYPE_OFFLINE as proto.TransferFileType } = {},
  ): void {
    const body = proto.IMFilePullDataReq.encode({
      task_id: this.taskId,
      user_id: this.userId,
      trans_mode: mode,
      offset,
      data_size: size,
    });
    this.link.send(proto.CID_FILE_PULL_DATA_REQ, body, { seqNum });
  }

  async expectPull(offset: number, size: number): Promise<void> {
    const pull = await this.link.expect(proto.CID_FILE_PULL_DATA_REQ, proto.IMFilePullDataReq);
    assert.deepEqual([pull.offset, pull.data_size], [offset, size]);
  }

  /** Sends data, by default as the answer to a pull. */
  data(offset: number, bytes: Uint8Array, { seqNum = 0, userId = this.userId } = {}): void {
    const body = proto.IMFilePullDataRsp.encode({
      result_code: 0,
      task_id: this.taskId,
      user_id: userId,
      offset,
      file_data: bytes,
    });
    this.link.send(proto.CID_FILE_PULL_DATA_RSP, body, { seqNum });
  }

  /** The next frame has these data. */
  async expectData(offset: number, bytes: Uint8Array, seqNum?: number): Promise<void> {
    const frame = await this.link.next();
    const data = proto.IMFilePullDataRsp.decode(frame.subarray(16));
    assert.deepEqual([data.result_code, data.offset], [0, offset]);
    assert.deepEqual(new Uint8Array(data.file_data), new Uint8Array(bytes));
    if (seqNum !== undefined) assert.equal(seqNumOf(frame), seqNum);
  }

  /** A pull is refused with this reason, and the connection is closed. */
  async expectError(code: proto.FileServerError): Promise<void> {
    const data = await this.link.expect(proto.CID_FILE_PULL_DATA_RSP, proto.IMFilePullDataRsp);
    assert.deepEqual([data.result_code, data.file_data.length], [code, 0]);
    await this.expectEnd();
  }

  report(state: proto.ClientFileState, { userId = this.userId, taskId = this.taskId } = {}): void {
    const body = proto.IMFileState.encode({ state, task_id: taskId, user_id: userId });
    this.link.send(proto.CID_FILE_STATE, body, { seqNum: 3 });
  }

  async expectState(state: proto.ClientFileState, userId: number): Promise<void> {
    const report = await this.link.expect(proto.CID_FILE_STATE, proto.IMFileState);
    assert.deepEqual([report.state, report.task_id, report.user_id], [state, this.taskId, userId]);
  }

  /** Nothing more comes before the server closes the connection. */
  async expectEnd(): Promise<void> {
    await this.link.ended();
    await assert.rejects(this.link.next(), /the other side closed the link/);
  }

  /** Shows that the connection is served and that nothing else is under way to it. */
  async expectNothing(): Promise<void> {
    const heartbeat = buildFrame(proto.CID_OTHER_HEARTBEAT, 999, new Uint8Array(0));
    this.link.sendBytes(heartbeat);
    const echo = await this.link.next({ heartbeats: "keep" });
    assert.equal(echo.toHex(), heartbeat.toHex());
  }

  /** Answers pulls as an old uploader does, until the server says that it has everything. */
  async serveUpload(content: Uint8Array): Promise<void> {
    for (;;) {
      const frame = await this.link.next();
      if (frame[11] === (proto.CID_FILE_STATE & 0xff)) {
        const report = proto.IMFileState.decode(frame.subarray(16));
        assert.deepEqual([report.state, report.user_id], [proto.CLIENT_FILE_DONE, this.userId]);
        return await this.expectEnd();
      }
      const { offset, data_size } = proto.IMFilePullDataReq.decode(frame.subarray(16));
      this.data(offset, content.subarray(offset, offset + data_size));
    }
  }

  /** Pulls blocks from `offset` on as an old downloader does, until the server says it is done. */
  async download(content: Uint8Array, { offset = 0, fromUserId = 1 } = {}): Promise<void> {
    for (let at = offset; at < content.length; at += BLOCK) {
      this.pull(at);
      await this.expectData(at, blockOf(content, at));
    }
    await this.expectState(proto.CLIENT_FILE_DONE, fromUserId);
    await this.expectEnd();
  }

  close(): Promise<void> {
    return this.link.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
