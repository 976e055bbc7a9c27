import assert from "node:assert/strict";
import * as proto from "../../../proto/mod.ts";
import { bodyOf, buildFrame, commandIdOf, HEADER_SIZE, seqNumOf } from "../../../shared/pdu/mod.ts";
import { Tasks } from "../test_support/tasks.ts";
import { MAX_WAITING_FILES } from "./file.ts";

const HAS_FILES = { id: proto.CID_FILE_HAS_OFFLINE_REQ, codec: proto.IMFileHasOfflineReq };
const FILES = { id: proto.CID_FILE_HAS_OFFLINE_RES, codec: proto.IMFileHasOfflineRsp };
const TASK = "9c424824-fe01-49bd-88ed-1d8f2d3c976a";
/** The largest frame that every client takes, in bytes (docs/spec/wire.md 2). */
const CLIENT_FRAME_LIMIT = 390 * 1024;

const fileOf = (changes: Partial<proto.IMFileAddOfflineReqInit> = {}) => ({
  from_user_id: 1,
  to_user_id: 2,
  task_id: TASK,
  file_name: "a.txt",
  file_size: 70_000,
  ...changes,
});

async function add(tasks: Tasks, changes?: Partial<proto.IMFileAddOfflineReqInit>) {
  const body = proto.IMFileAddOfflineReq.encode(fileOf(changes));
  assert.equal(await tasks.answerTo(proto.CID_FILE_ADD_OFFLINE_REQ, body), null);
}

async function remove(tasks: Tasks, changes?: Partial<proto.IMFileDelOfflineReqInit>) {
  const entry = { from_user_id: 1, to_user_id: 2, task_id: TASK, ...changes };
  const body = proto.IMFileDelOfflineReq.encode(entry);
  assert.equal(await tasks.answerTo(proto.CID_FILE_DEL_OFFLINE_REQ, body), null);
}

async function tasksOf(tasks: Tasks, user_id: number): Promise<string[]> {
  const { offline_file_list } = await tasks.ask(HAS_FILES, { user_id }, FILES);
  return offline_file_list.map(({ task_id }) => task_id);
}

Deno.test("waitingFiles() lists what was uploaded for the user, with attach_data as it came", async () => {
  await using tasks = await Tasks.open();
  await add(tasks);
  tasks.clock.advance(1000);
  await add(tasks, { task_id: "later", from_user_id: 3, file_size: 0, file_name: "文件 'x'" });
  await add(tasks, { task_id: "not his", to_user_id: 3 });
  const attach_data = Uint8Array.of(1, 2, 3);
  const answer = await tasks.ask(HAS_FILES, { user_id: 2, attach_data }, FILES);
  assert.equal(answer.user_id, 2);
  assert.deepEqual(answer.offline_file_list.map((file) => ({ ...file })), [
    { from_user_id: 1, task_id: TASK, file_name: "a.txt", file_size: 70_000 },
    { from_user_id: 3, task_id: "later", file_name: "文件 'x'", file_size: 0 },
  ]);
  assert.deepEqual(answer.ip_addr_list, [], "addresses are msg_server's to add");
  assert.equal(answer.attach_data?.toHex(), attach_data.toHex());
  assert.equal((await tasks.ask(HAS_FILES, { user_id: 4 }, FILES)).attach_data?.length, 0);
});

Deno.test("waitingFiles() lists the oldest files, as many as a client can take", async () => {
  await using tasks = await Tasks.open();
  const longest = { file_name: "😀".repeat(256), file_size: 0xffffffff };
  for (let i = 0; i <= MAX_WAITING_FILES; i++) {
    await add(tasks, { ...longest, task_id: `task-${i}`.padEnd(64, "x") });
  }
  const body = proto.IMFileHasOfflineReq.encode({ user_id: 2 });
  const frame = await tasks.answerTo(proto.CID_FILE_HAS_OFFLINE_REQ, body);
  const { offline_file_list } = proto.IMFileHasOfflineRsp.decode(bodyOf(frame!));
  assert.equal(offline_file_list.length, MAX_WAITING_FILES);
  assert.match(offline_file_list[0]!.task_id, /^task-0x/);
  assert.ok(frame!.length < CLIENT_FRAME_LIMIT - HEADER_SIZE, `${frame!.length} bytes`);
});

const REFUSED: readonly (readonly [what: string, Partial<proto.IMFileAddOfflineReqInit>])[] = [
  ["a name of 257 characters", { file_name: "é".repeat(257) }],
  ["a name with a NUL", { file_name: "a\0b" }],
  ["no task", { task_id: "" }],
  ["a task of 65 bytes", { task_id: "t".repeat(65) }],
  ["an unknown receiver", { to_user_id: 99 }],
];

for (const [what, changes] of REFUSED) {
  Deno.test(`addWaitingFile() notes nothing for ${what}`, async () => {
    await using tasks = await Tasks.open();
    await add(tasks, changes);
    for (const userId of [2, 99]) assert.deepEqual(await tasksOf(tasks, userId), []);
    assert.deepEqual(tasks.log.records.filter(({ level }) => level === "error"), []);
  });
}

Deno.test("addWaitingFile() notes a file once, however often it is sent", async () => {
  await using tasks = await Tasks.open();
  await add(tasks);
  await add(tasks);
  assert.deepEqual(await tasksOf(tasks, 2), [TASK]);
});

Deno.test("removeWaitingFile() removes the entry of exactly these users and this task (P-DB1)", async () => {
  await using tasks = await Tasks.open();
  await add(tasks);
  await remove(tasks, { task_id: "' OR '1'='1" });
  await remove(tasks, { from_user_id: 3 });
  await remove(tasks, { to_user_id: 3 });
  assert.deepEqual(await tasksOf(tasks, 2), [TASK]);
  await remove(tasks);
  await remove(tasks);
  assert.deepEqual(await tasksOf(tasks, 2), []);
});

Deno.test("files of a receiver are noted and removed before the list that is asked for next", async () => {
  await using tasks = await Tasks.open();
  const list = buildFrame(HAS_FILES.id, 5, proto.IMFileHasOfflineReq.encode({ user_id: 2 }));
  const noted = proto.IMFileAddOfflineReq.encode(fileOf({ from_user_id: 3 }));
  const taken = { from_user_id: 3, to_user_id: 2, task_id: TASK };
  tasks.runner.run(1, buildFrame(proto.CID_FILE_ADD_OFFLINE_REQ, 0, noted));
  tasks.runner.run(2, list);
  const removal = proto.IMFileDelOfflineReq.encode(taken);
  tasks.runner.run(1, buildFrame(proto.CID_FILE_DEL_OFFLINE_REQ, 0, removal));
  tasks.runner.run(2, list);
  await tasks.runner.drain();
  const lists = tasks.answers.map(({ frame }) => {
    assert.deepEqual([commandIdOf(frame), seqNumOf(frame)], [FILES.id, 5]);
    return proto.IMFileHasOfflineRsp.decode(bodyOf(frame)).offline_file_list.length;
  });
  assert.deepEqual(lists, [1, 0]);
});

Deno.test("storage fails: files are neither listed nor noted, one error line each", async () => {
  await using tasks = await Tasks.open();
  await tasks.breakStorage();
  const list = proto.IMFileHasOfflineReq.encode({ user_id: 2 });
  assert.equal(await tasks.answerTo(HAS_FILES.id, list), null);
  await add(tasks);
  await remove(tasks);
  const errors = tasks.log.records.filter(({ level }) => level === "error");
  assert.deepEqual(errors.map(({ message }) => message), Array(3).fill("command failed"));
});
