/** file_server and files that leave its store (docs/spec/flows.md 15.6). */
import assert from "node:assert/strict";
import * as proto from "../../proto/mod.ts";
import { encodeHeader } from "../../servers/file/store/header.ts";
import { seqNumOf } from "../../shared/pdu/mod.ts";
import { BLOCK, blockOf, contentOf, startFile } from "../support/file_fixture.ts";

const DOWNLOAD = proto.CLIENT_OFFLINE_DOWNLOAD;
const CONTENT = contentOf(3 * BLOCK + 100);

Deno.test("file_server, gives a stored file to its receiver, and says when it is done (Q-FILEDONE)", async () => {
  await using file = await startFile();
  const taskId = await file.upload(CONTENT, { from: 7, to: 9 });
  await using down = await file.logIn(taskId, DOWNLOAD, 9);
  await down.download(CONTENT, { fromUserId: 7 });
});

Deno.test("file_server, gives a stored file after a restart, and as often as it is asked", async () => {
  const dir = await Deno.makeTempDir({ prefix: "teamtalk_file_" });
  let taskId = "";
  {
    await using file = await startFile({ dir });
    taskId = await file.upload(CONTENT);
  }
  await using file = await startFile({ dir });
  for (let time = 0; time < 2; time++) {
    await using down = await file.logIn(taskId, DOWNLOAD, 2);
    await down.download(CONTENT);
  }
  await file.stop();
  await Deno.remove(dir, { recursive: true });
});

Deno.test("file_server, gives the file of an original file_server", async () => {
  await using file = await startFile();
  const taskId = "927e920a-1ccc-4b4b-872c-c4ad31e1a5a3";
  const facts = {
    taskId,
    fromUserId: 1,
    toUserId: 2,
    fileName: "",
    fileSize: CONTENT.length,
  };
  await Deno.mkdir(`${file.dir}/92`);
  await Deno.writeFile(file.path(taskId), new Uint8Array([...encodeHeader(facts, 5), ...CONTENT]));
  await using down = await file.logIn(taskId, DOWNLOAD, 2);
  await down.download(CONTENT);
});

Deno.test("file_server, begins at the block that a downloader asks for first", async () => {
  await using file = await startFile();
  const taskId = await file.upload(CONTENT);
  for (const offset of [BLOCK, 3 * BLOCK]) {
    await using down = await file.logIn(taskId, DOWNLOAD, 2);
    await down.download(CONTENT, { offset });
  }
});

Deno.test("file_server, says that it is done, to a downloader that has everything", async () => {
  await using file = await startFile();
  const taskId = await file.upload(CONTENT);
  await using down = await file.logIn(taskId, DOWNLOAD, 2);
  down.pull(CONTENT.length, { size: 0 });
  await down.expectState(proto.CLIENT_FILE_DONE, 1);
  await down.expectEnd();
});

Deno.test("file_server, says that it is done at the login, for an empty file", async () => {
  await using file = await startFile();
  const taskId = await file.upload(new Uint8Array(0));
  await using down = await file.logIn(taskId, DOWNLOAD, 2);
  await down.download(new Uint8Array(0));
});

Deno.test("file_server, gives the whole block, whatever size a pull states", async () => {
  await using file = await startFile();
  const taskId = await file.upload(CONTENT);
  await using down = await file.logIn(taskId, DOWNLOAD, 2);
  for (const [at, size] of [0, 1, 4_000_000_000].entries()) {
    down.pull(at * BLOCK, { size });
    await down.expectData(at * BLOCK, blockOf(CONTENT, at * BLOCK));
  }
});

Deno.test("file_server, answers pulls that come at once, in order and with their numbers", async () => {
  await using file = await startFile();
  const taskId = await file.upload(CONTENT);
  await using down = await file.logIn(taskId, DOWNLOAD, 2);
  for (let at = 0; at < 4; at++) down.pull(at * BLOCK, { seqNum: 100 + at });
  for (let at = 0; at < 4; at++) {
    await down.expectData(at * BLOCK, blockOf(CONTENT, at * BLOCK), 100 + at);
  }
  await down.expectState(proto.CLIENT_FILE_DONE, 1);
});

Deno.test("file_server, refuses a pull at a wrong offset with the reason, and closes", async () => {
  await using file = await startFile();
  const taskId = await file.upload(CONTENT);
  for (const offset of [1, BLOCK - 1, 4 * BLOCK, CONTENT.length - 1, 0xffffffff]) {
    await using down = await file.logIn(taskId, DOWNLOAD, 2);
    down.pull(offset, { seqNum: 77 });
    const frame = await down.link.next();
    assert.equal(seqNumOf(frame), 77);
    const data = proto.IMFilePullDataRsp.decode(frame.subarray(16));
    assert.deepEqual([data.result_code, data.offset, data.task_id, data.file_data.length], [
      proto.FILE_SERVER_ERRNO_PULL_DATA_SEEK_OFFSET_ERROR,
      offset,
      taskId,
      0,
    ]);
    await down.expectEnd();
  }
  await using down = await file.logIn(taskId, DOWNLOAD, 2);
  down.pull(0);
  await down.expectData(0, blockOf(CONTENT, 0));
  down.pull(0);
  await down.expectError(proto.FILE_SERVER_ERRNO_PULL_DATA_SEEK_OFFSET_ERROR);
});

Deno.test("file_server, refuses pulls that name another task or user, and data", async () => {
  await using file = await startFile();
  const taskId = await file.upload(CONTENT);
  const other = await file.upload(CONTENT);
  await using toOther = await file.logIn(taskId, DOWNLOAD, 2);
  toOther.taskId = other;
  toOther.pull(0);
  await toOther.expectError(proto.FILE_SERVER_ERRNO_PULL_DATA_WITH_INVALID_TASK_ID);
  await using byOther = await file.logIn(taskId, DOWNLOAD, 2);
  byOther.userId = 1;
  byOther.pull(0);
  await byOther.expectError(proto.FILE_SERVER_ERRNO_PULL_DATA_ILLIEAGE_USER);
  await using sender = await file.logIn(taskId, DOWNLOAD, 2);
  sender.data(0, blockOf(CONTENT, 0));
  await sender.expectEnd();
});

Deno.test("file_server, never gives out a damaged block, and says so", async () => {
  await using file = await startFile();
  const taskId = await file.upload(CONTENT);
  {
    using stored = await Deno.open(file.path(taskId), { write: true });
    await stored.seek(960 + BLOCK + 9, Deno.SeekMode.Start);
    await stored.write(Uint8Array.of(0xff, 0xff));
  }
  await using down = await file.logIn(taskId, DOWNLOAD, 2);
  down.pull(0);
  await down.expectData(0, blockOf(CONTENT, 0));
  down.pull(BLOCK);
  await down.expectError(proto.FILE_SERVER_ERRNO_PULL_DATA_SEEK_OFFSET_ERROR);
  assert.equal(file.log.countOf("stored file not readable"), 1);
});

Deno.test("file_server, does not know a file that is not complete, or no plain file", async () => {
  await using file = await startFile();
  const taskId = await file.upload(CONTENT);
  const path = file.path(taskId);
  const outside = await Deno.makeTempFile();
  await Deno.rename(path, outside);
  const damages: readonly (() => Promise<void>)[] = [
    () => Promise.resolve(),
    () => Deno.symlink(outside, path),
    async () => {
      await Deno.remove(path);
      await Deno.copyFile(outside, path);
      await Deno.truncate(path, 960 + CONTENT.length - 1);
    },
    () => Deno.truncate(path, 100),
    () => Deno.truncate(path, 0),
  ];
  for (const damage of damages) {
    await damage();
    await using down = await file.connect();
    down.sendLogin(taskId, DOWNLOAD, 2);
    await down.expectRefused();
  }
  await Deno.remove(outside);
});

Deno.test("file_server, takes the newest connection of a downloader for the live one", async () => {
  await using file = await startFile();
  const taskId = await file.upload(CONTENT);
  await using old = await file.logIn(taskId, DOWNLOAD, 2);
  old.pull(0);
  await old.expectData(0, blockOf(CONTENT, 0));
  await using fresh = await file.logIn(taskId, DOWNLOAD, 2);
  await old.expectEnd();
  await fresh.download(CONTENT, { offset: BLOCK });
});

Deno.test("file_server, keeps a file whose download is cancelled", async () => {
  await using file = await startFile();
  const taskId = await file.upload(CONTENT);
  await using down = await file.logIn(taskId, DOWNLOAD, 2);
  down.pull(0);
  await down.expectData(0, blockOf(CONTENT, 0));
  down.report(proto.CLIENT_FILE_CANCEL);
  await down.expectEnd();
  await using again = await file.logIn(taskId, DOWNLOAD, 2);
  await again.download(CONTENT);
});
