/** file_server and files that come into its store (docs/spec/flows.md 15.5). */
import assert from "node:assert/strict";
import * as proto from "../../proto/mod.ts";
import { BLOCK, blockOf, contentOf, type FileFixture, startFile } from "../support/file_fixture.ts";

const UPLOAD = proto.CLIENT_OFFLINE_UPLOAD;
const CONTENT = contentOf(3 * BLOCK + 100);
const OFFLINE = proto.FILE_TYPE_OFFLINE;

function newTask(file: FileFixture, size = CONTENT.length): Promise<string> {
  return file.createTask({ mode: OFFLINE, size });
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

Deno.test("file_server, stores an upload block by block, in the original's form", async () => {
  await using file = await startFile();
  const taskId = await newTask(file);
  await using up = await file.logIn(taskId, UPLOAD, 1);
  for (const [offset, size] of [[0, BLOCK], [BLOCK, BLOCK], [2 * BLOCK, BLOCK], [3 * BLOCK, 100]]) {
    await up.expectPull(offset!, size!);
    assert.ok(!exists(file.path(taskId)));
    up.data(offset!, blockOf(CONTENT, offset!));
  }
  await up.expectState(proto.CLIENT_FILE_DONE, 1);
  await up.expectEnd();
  const stored = await Deno.readFile(file.path(taskId));
  assert.equal(stored.length, 960 + CONTENT.length);
  assert.deepEqual(stored.subarray(960), CONTENT);
  assert.equal(new TextDecoder().decode(stored.subarray(0, 36)), taskId);
});

Deno.test("file_server, stores an empty file at the login (P-FILE2)", async () => {
  await using file = await startFile();
  const taskId = await newTask(file, 0);
  await using up = await file.logIn(taskId, UPLOAD, 1);
  await up.expectState(proto.CLIENT_FILE_DONE, 1);
  await up.expectEnd();
  assert.equal((await Deno.stat(file.path(taskId))).size, 960);
});

Deno.test("file_server, stores files of one block, less, and exactly two", async () => {
  await using file = await startFile();
  for (const size of [1, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK]) {
    const content = contentOf(size);
    const taskId = await file.upload(content);
    assert.deepEqual((await Deno.readFile(file.path(taskId))).subarray(960), content);
  }
});

Deno.test("file_server, goes on with the block it lacks, when an uploader was cut off", async () => {
  await using file = await startFile();
  const taskId = await newTask(file);
  {
    await using up = await file.logIn(taskId, UPLOAD, 1);
    await up.expectPull(0, BLOCK);
    up.data(0, blockOf(CONTENT, 0));
    await up.expectPull(BLOCK, BLOCK);
    up.data(BLOCK, blockOf(CONTENT, BLOCK));
    await up.expectPull(2 * BLOCK, BLOCK);
  }
  await using again = await file.logIn(taskId, UPLOAD, 1);
  await again.expectPull(2 * BLOCK, BLOCK);
  again.data(2 * BLOCK, blockOf(CONTENT, 2 * BLOCK));
  await again.serveUpload(CONTENT);
  assert.deepEqual((await Deno.readFile(file.path(taskId))).subarray(960), CONTENT);
});

Deno.test("file_server, begins at block 0, when an uploader was cut off before it (P-FILE4)", async () => {
  await using file = await startFile();
  const taskId = await newTask(file);
  await (await file.logIn(taskId, UPLOAD, 1)).close();
  await using again = await file.logIn(taskId, UPLOAD, 1);
  await again.expectPull(0, BLOCK);
  again.data(0, blockOf(CONTENT, 0));
  await again.serveUpload(CONTENT);
});

Deno.test("file_server, goes on with an upload after a restart, a clean one and a crash", async () => {
  const dir = await Deno.makeTempDir({ prefix: "teamtalk_file_" });
  let taskId = "";
  for (const [restart, offset] of [0, BLOCK, 2 * BLOCK].entries()) {
    await using file = await startFile({ dir });
    if (restart === 0) taskId = await newTask(file);
    await using up = await file.logIn(taskId, UPLOAD, 1);
    await up.expectPull(offset, BLOCK);
    up.data(offset, blockOf(CONTENT, offset));
    await up.expectPull(offset + BLOCK, restart === 2 ? 100 : BLOCK);
    await file.stop(); // Under the uploader's feet.
  }
  // What a killed process leaves: data without sums.
  await Deno.writeFile(`${dir}/${taskId.slice(0, 2)}/${taskId}.part`, new Uint8Array(50), {
    append: true,
  });
  await using file = await startFile({ dir });
  await using up = await file.logIn(taskId, UPLOAD, 1);
  await up.expectPull(3 * BLOCK, 100);
  up.data(3 * BLOCK, blockOf(CONTENT, 3 * BLOCK));
  await up.expectState(proto.CLIENT_FILE_DONE, 1);
  assert.deepEqual((await Deno.readFile(file.path(taskId))).subarray(960), CONTENT);
  await file.stop();
  await Deno.remove(dir, { recursive: true });
});

Deno.test("file_server, tells an uploader again that it is done, when it did not hear it", async () => {
  await using file = await startFile();
  const taskId = await file.upload(CONTENT);
  await using again = await file.logIn(taskId, UPLOAD, 1);
  await again.expectState(proto.CLIENT_FILE_DONE, 1);
  await again.expectEnd();
  await using stranger = await file.connect();
  stranger.sendLogin(taskId, UPLOAD, 2);
  await stranger.expectRefused();
});

Deno.test("file_server, takes the newest connection of an uploader for the live one", async () => {
  await using file = await startFile();
  const taskId = await newTask(file);
  await using old = await file.logIn(taskId, UPLOAD, 1);
  await old.expectPull(0, BLOCK);
  old.data(0, blockOf(CONTENT, 0));
  await old.expectPull(BLOCK, BLOCK);
  await using fresh = await file.logIn(taskId, UPLOAD, 1);
  await old.expectEnd();
  await fresh.expectPull(BLOCK, BLOCK);
  fresh.data(BLOCK, blockOf(CONTENT, BLOCK));
  await fresh.serveUpload(CONTENT);
});

Deno.test("file_server, closes an uploader that sends another block than it was asked for", async () => {
  await using file = await startFile();
  const block = blockOf(CONTENT, 0);
  const wrong: readonly [string, number, Uint8Array][] = [
    ["short (P-FILE1)", 0, block.subarray(1)],
    ["long", 0, contentOf(BLOCK + 1)],
    ["empty", 0, new Uint8Array(0)],
    ["of another offset", BLOCK, block],
  ];
  for (const [what, offset, bytes] of wrong) {
    const taskId = await newTask(file);
    await using up = await file.logIn(taskId, UPLOAD, 1);
    await up.expectPull(0, BLOCK);
    up.data(offset, bytes);
    await up.expectEnd();
    // Nothing of it is stored: it is asked for again.
    await using again = await file.logIn(taskId, UPLOAD, 1);
    await again.expectPull(0, BLOCK);
    assert.ok(what);
  }
});

Deno.test("file_server, closes an uploader that names another user or task, or pulls", async () => {
  await using file = await startFile();
  const other = await newTask(file);
  const block = blockOf(CONTENT, 0);
  await using byOther = await file.logIn(await newTask(file), UPLOAD, 1);
  await byOther.expectPull(0, BLOCK);
  byOther.data(0, block, { userId: 2 });
  await byOther.expectEnd();
  await using toOther = await file.logIn(await newTask(file), UPLOAD, 1);
  await toOther.expectPull(0, BLOCK);
  toOther.taskId = other;
  toOther.data(0, block);
  await toOther.expectEnd();
  await using puller = await file.logIn(await newTask(file), UPLOAD, 1);
  await puller.expectPull(0, BLOCK);
  puller.pull(0);
  await puller.expectError(proto.FILE_SERVER_ERRNO_PULL_DATA_ILLIEAGE_USER);
});

Deno.test("file_server, stores each block once, when a client sends them without being asked", async () => {
  await using file = await startFile();
  const taskId = await newTask(file);
  await using up = await file.logIn(taskId, UPLOAD, 1);
  for (let offset = 0; offset < CONTENT.length; offset += BLOCK) {
    up.data(offset, blockOf(CONTENT, offset));
  }
  for (let offset = 0; offset < CONTENT.length; offset += BLOCK) {
    await up.expectPull(offset, Math.min(BLOCK, CONTENT.length - offset));
  }
  await up.expectState(proto.CLIENT_FILE_DONE, 1);
  assert.deepEqual((await Deno.readFile(file.path(taskId))).subarray(960), CONTENT);
});

Deno.test("file_server, removes an upload that is cancelled, and its task", async () => {
  await using file = await startFile();
  for (const state of [proto.CLIENT_FILE_CANCEL, proto.CLIENT_FILE_REFUSE]) {
    const taskId = await newTask(file);
    await using up = await file.logIn(taskId, UPLOAD, 1);
    await up.expectPull(0, BLOCK);
    up.data(0, blockOf(CONTENT, 0));
    await up.expectPull(BLOCK, BLOCK);
    up.report(state);
    await up.expectEnd();
    await using again = await file.connect();
    again.sendLogin(taskId, UPLOAD, 1);
    await again.expectRefused();
    assert.ok(!exists(file.path(taskId, ".part")) && !exists(file.path(taskId, ".sum")));
  }
});

Deno.test("file_server, keeps an upload whose sender says that it is done before it is", async () => {
  await using file = await startFile();
  const taskId = await newTask(file);
  await using up = await file.logIn(taskId, UPLOAD, 1);
  await up.expectPull(0, BLOCK);
  up.data(0, blockOf(CONTENT, 0));
  await up.expectPull(BLOCK, BLOCK);
  up.report(proto.CLIENT_FILE_DONE);
  await up.expectEnd();
  await using again = await file.logIn(taskId, UPLOAD, 1);
  await again.expectPull(BLOCK, BLOCK);
});

Deno.test("file_server, takes many uploads at once, over links in memory too", async () => {
  for (const links of ["tcp", "memory"] as const) {
    await using file = await startFile({ links });
    const contents = [0, 1, 2, 3, 4, 5, 6, 7].map((each) => contentOf(each * BLOCK + each));
    const taskIds = await Promise.all(contents.map((content) => file.upload(content)));
    for (const [at, content] of contents.entries()) {
      assert.deepEqual((await Deno.readFile(file.path(taskIds[at]!))).subarray(960), content);
    }
  }
});
