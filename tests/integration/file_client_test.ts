/** The client library's files (shared/client/files) against a real file_server. */
import assert from "node:assert/strict";
import * as proto from "../../proto/mod.ts";
import {
  ConnectionLostError,
  DeadlineError,
  downloadFile,
  FileEndedError,
  FileRefusedError,
  type FileSink,
  type FileSource,
  type FileTransferOptions,
  receiveFile,
  refuseFile,
  sendFile,
  uploadFile,
} from "../../shared/client/mod.ts";
import { ManualClock, systemClock } from "../../shared/clock.ts";
import { CuttableNetwork } from "../support/cuttable_network.ts";
import { BLOCK, contentOf, type FileFixture, startFile } from "../support/file_fixture.ts";

const ONLINE = proto.FILE_TYPE_ONLINE;
const OFFLINE = proto.FILE_TYPE_OFFLINE;
const CONTENT = contentOf(40 * BLOCK + 77);
const HALF = 20 * BLOCK;

class MemorySink implements FileSink {
  readonly bytes: Uint8Array;

  constructor(size: number) {
    this.bytes = new Uint8Array(size);
  }

  write(offset: number, bytes: Uint8Array): Promise<void> {
    this.bytes.set(bytes, offset);
    return Promise.resolve();
  }

  assertEquals(content: Uint8Array): void {
    assert.ok(this.bytes.every((byte, at) => byte === content[at]), "what came out differs");
  }
}

function sourceOf(content: Uint8Array): FileSource {
  return {
    size: content.length,
    read: (offset, length) => Promise.resolve(content.subarray(offset, offset + length)),
  };
}

function optionsOf(file: FileFixture, taskId: string, userId: number): FileTransferOptions {
  const address = file.server.addresses.clients;
  return { network: file.network, clock: systemClock, address, taskId, userId };
}

function newTask(
  file: FileFixture,
  mode: proto.TransferFileType,
  size = CONTENT.length,
): Promise<string> {
  return file.createTask({ mode, size });
}

for (const links of ["tcp", "memory"] as const) {
  Deno.test(`uploadFile(), downloadFile(): what goes in comes out, over ${links}`, async () => {
    await using file = await startFile({ links });
    for (const content of [CONTENT, contentOf(BLOCK), contentOf(1), new Uint8Array(0)]) {
      const taskId = await newTask(file, OFFLINE, content.length);
      await uploadFile(optionsOf(file, taskId, 1), sourceOf(content));
      const sink = new MemorySink(content.length);
      await downloadFile({ ...optionsOf(file, taskId, 2), size: content.length }, sink);
      sink.assertEquals(content);
    }
  });

  Deno.test(`sendFile(), receiveFile(): what goes in comes out, over ${links}`, async () => {
    await using file = await startFile({ links });
    for (const content of [CONTENT, contentOf(1), new Uint8Array(0)]) {
      const taskId = await newTask(file, ONLINE, content.length);
      const sink = new MemorySink(content.length);
      await Promise.all([
        sendFile(optionsOf(file, taskId, 1), sourceOf(content)),
        receiveFile({ ...optionsOf(file, taskId, 2), size: content.length }, sink),
      ]);
      sink.assertEquals(content);
    }
  });
}

/** Runs a transfer until half of the file has passed, then cuts its connection. */
async function cutHalfWay(
  options: FileTransferOptions,
  transfer: (options: FileTransferOptions) => Promise<void>,
): Promise<void> {
  const network = new CuttableNetwork(options.network);
  const onProgress = (bytes: number): void => {
    if (bytes >= HALF) network.cut();
  };
  await assert.rejects(transfer({ ...options, network, onProgress }), ConnectionLostError);
}

Deno.test("uploadFile(), goes on where it was cut off", async () => {
  await using file = await startFile();
  const taskId = await newTask(file, OFFLINE);
  const asked: number[] = [];
  const source: FileSource = {
    size: CONTENT.length,
    read(offset, length) {
      asked.push(offset);
      return Promise.resolve(CONTENT.subarray(offset, offset + length));
    },
  };
  await cutHalfWay(optionsOf(file, taskId, 1), (options) => uploadFile(options, source));
  const before = asked.length;
  await uploadFile(optionsOf(file, taskId, 1), source);
  assert.ok(asked[before]! >= HALF - BLOCK, `asked for ${asked[before]} again`);
  const sink = new MemorySink(CONTENT.length);
  await downloadFile({ ...optionsOf(file, taskId, 2), size: CONTENT.length }, sink);
  sink.assertEquals(CONTENT);
});

Deno.test("downloadFile(), goes on from the offset it is given", async () => {
  await using file = await startFile();
  const taskId = await file.upload(CONTENT);
  const sink = new MemorySink(CONTENT.length);
  const size = CONTENT.length;
  await cutHalfWay(
    optionsOf(file, taskId, 2),
    (options) => downloadFile({ ...options, size }, sink),
  );
  await downloadFile({ ...optionsOf(file, taskId, 2), size, offset: HALF }, sink);
  sink.assertEquals(CONTENT);
  await downloadFile({ ...optionsOf(file, taskId, 2), size, offset: size }, sink);
});

Deno.test("sendFile(), receiveFile(), begin again where either was cut off", async () => {
  await using file = await startFile();
  for (const cut of ["sender", "receiver"] as const) {
    const taskId = await newTask(file, ONLINE);
    const size = CONTENT.length;
    const sink = new MemorySink(size);
    const send = (options: FileTransferOptions) => sendFile(options, sourceOf(CONTENT));
    const receive = (options: FileTransferOptions) => receiveFile({ ...options, size }, sink);
    const [mine, others] = cut === "sender" ? [send, receive] : [receive, send];
    const [me, other] = cut === "sender" ? [1, 2] : [2, 1];
    const left = assert.rejects(others(optionsOf(file, taskId, other)), ConnectionLostError);
    await cutHalfWay(optionsOf(file, taskId, me), mine);
    await left;
    await Promise.all([
      sendFile(optionsOf(file, taskId, 1), sourceOf(CONTENT)),
      receiveFile({ ...optionsOf(file, taskId, 2), size, offset: HALF - 16 * BLOCK }, sink),
    ]);
    sink.assertEquals(CONTENT);
  }
});

Deno.test("uploadFile(), tells of its progress", async () => {
  await using file = await startFile();
  const taskId = await newTask(file, OFFLINE, 2 * BLOCK + 1);
  const progress: number[] = [];
  const onProgress = (bytes: number): void => void progress.push(bytes);
  await uploadFile({ ...optionsOf(file, taskId, 1), onProgress }, sourceOf(CONTENT));
  assert.deepEqual(progress, [BLOCK, 2 * BLOCK, 2 * BLOCK + 1]);
});

Deno.test("sendFile(), ends, when the receiver cancels or refuses", async () => {
  await using file = await startFile();
  const refusedId = await newTask(file, ONLINE);
  const refused = assert.rejects(
    sendFile(optionsOf(file, refusedId, 1), sourceOf(CONTENT)),
    (error) => error instanceof FileEndedError && error.state === proto.CLIENT_FILE_REFUSE,
  );
  await file.log.logged("command", 2); // The sender is there.
  await refuseFile(optionsOf(file, refusedId, 2), ONLINE);
  await refused;
  const taskId = await newTask(file, ONLINE);
  const controller = new AbortController();
  const cancelled = assert.rejects(
    sendFile(optionsOf(file, taskId, 1), sourceOf(CONTENT)),
    (error) => error instanceof FileEndedError && error.state === proto.CLIENT_FILE_CANCEL,
  );
  const options = {
    ...optionsOf(file, taskId, 2),
    size: CONTENT.length,
    signal: controller.signal,
    onProgress: () => controller.abort(new Error("changed my mind")),
  };
  await assert.rejects(receiveFile(options, new MemorySink(CONTENT.length)), /changed my mind/);
  await cancelled;
});

Deno.test("receiveFile(), ends, when the sender cancels", async () => {
  await using file = await startFile();
  const taskId = await newTask(file, ONLINE);
  const controller = new AbortController();
  const options = { ...optionsOf(file, taskId, 2), size: CONTENT.length };
  const ended = assert.rejects(
    receiveFile(options, new MemorySink(CONTENT.length)),
    (error) => error instanceof FileEndedError && error.state === proto.CLIENT_FILE_CANCEL,
  );
  const sending = {
    ...optionsOf(file, taskId, 1),
    signal: controller.signal,
    onProgress: (bytes: number) => bytes > HALF && controller.abort(new Error("enough")),
  };
  await assert.rejects(sendFile(sending, sourceOf(CONTENT)), /enough/);
  await ended;
});

Deno.test("downloadFile(), tells why the file_server refuses", async () => {
  await using file = await startFile();
  const taskId = await file.upload(CONTENT);
  const sink = new MemorySink(CONTENT.length);
  const size = CONTENT.length;
  await assert.rejects(
    downloadFile({ ...optionsOf(file, taskId, 3), size }, sink),
    (error) => error instanceof FileRefusedError && error.resultCode === 1,
  );
  await assert.rejects(
    downloadFile({ ...optionsOf(file, taskId, 2), size, offset: 5 }, sink),
    (error) =>
      error instanceof FileRefusedError &&
      error.resultCode === proto.FILE_SERVER_ERRNO_PULL_DATA_SEEK_OFFSET_ERROR,
  );
});

Deno.test("receiveFile(), gives up, when the sender does not come in time", async () => {
  const clock = new ManualClock(Date.now());
  await using file = await startFile({ links: "memory", clock });
  const taskId = await newTask(file, ONLINE);
  const options = {
    ...optionsOf(file, taskId, 2),
    clock,
    size: CONTENT.length,
    idleLimitMs: 100_000,
  };
  const given = assert.rejects(receiveFile(options, new MemorySink(1)), DeadlineError);
  await file.log.logged("command", 2);
  // Its heartbeats keep the connection open meanwhile.
  for (let step = 0; step < 12; step++) {
    clock.advance(10_000);
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
  }
  await given;
});

Deno.test("uploadFile(), fails, when nobody listens there", async () => {
  await using file = await startFile();
  const options = optionsOf(file, "x", 1);
  await file.stop();
  await assert.rejects(uploadFile(options, sourceOf(CONTENT)), ConnectionLostError);
});
