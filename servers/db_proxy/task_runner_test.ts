import assert from "node:assert/strict";
import * as proto from "../../proto/mod.ts";
import { buildFrame, commandIdOf, seqNumOf } from "../../shared/pdu/mod.ts";
import type { UserRow } from "../../shared/storage/types.ts";
import type { DbServices } from "./services.ts";
import { Tasks } from "./test_support/tasks.ts";

const ALL_USERS = proto.CID_BUDDY_LIST_ALL_USER_REQUEST;

function allUsers(userId: number, seqNum: number): Uint8Array {
  const body = proto.IMAllUserReq.encode({ user_id: userId, latest_update_time: 0 });
  return buildFrame(ALL_USERS, seqNum, body);
}

function message(seqNum: number): Uint8Array {
  const body = proto.IMMsgData.encode({
    from_user_id: 1,
    to_session_id: 2,
    msg_id: 0,
    create_time: 5,
    msg_type: proto.MSG_TYPE_SINGLE_TEXT,
    msg_data: new TextEncoder().encode(`text ${seqNum}`),
  });
  return buildFrame(proto.CID_MSG_DATA, seqNum, body);
}

const seqNums = (tasks: Tasks): number[] => tasks.answers.map(({ frame }) => seqNumOf(frame));

/** So new that everybody is read for each request. */
const JUST_CHANGED = 0xffff_ffff;

/** Services whose query for all users is `query`. */
function withAllUsers(query: () => Promise<readonly UserRow[]>) {
  return (services: DbServices): DbServices => {
    const { storage } = services;
    const lastUpdate = () => JUST_CHANGED;
    const users = Object.assign(Object.create(storage.users), { all: query, lastUpdate });
    return { ...services, storage: { ...storage, users, close: () => storage.close() } };
  };
}

Deno.test("TaskRunner, answers go to the link each task came from", async () => {
  await using tasks = await Tasks.open();
  tasks.runner.run(8, allUsers(1, 1));
  tasks.runner.run(9, message(2));
  await tasks.runner.drain();
  const links = tasks.answers.map(({ linkId, frame }) => [linkId, commandIdOf(frame)]);
  assert.deepEqual(links.toSorted(), [
    [8, proto.CID_BUDDY_LIST_ALL_USER_RESPONSE],
    [9, proto.CID_MSG_DATA],
  ]);
});

Deno.test("TaskRunner, messages are stored in the order they arrive, whoever else is served", async () => {
  await using tasks = await Tasks.open();
  for (let seqNum = 1; seqNum <= 300; seqNum++) {
    tasks.runner.run(1, message(seqNum));
    tasks.runner.run(1, allUsers(seqNum, 1000 + seqNum));
  }
  await tasks.runner.drain();
  const stored = tasks.answers.filter(({ frame }) => commandIdOf(frame) === proto.CID_MSG_DATA)
    .map(({ frame }) => [seqNumOf(frame), proto.IMMsgData.decode(frame.subarray(16)).msg_id]);
  assert.deepEqual(stored, Array.from({ length: 300 }, (_, i) => [i + 1, i + 1]));
});

Deno.test("TaskRunner, tasks of one user wait for each other, those of others do not", async () => {
  const held: (() => void)[] = [];
  await using tasks = await Tasks.open(
    withAllUsers(() => new Promise((resolve) => held.push(() => resolve([])))),
  );
  tasks.runner.run(1, allUsers(1, 1));
  tasks.runner.run(1, allUsers(1, 2));
  tasks.runner.run(1, allUsers(2, 3));
  while (held.length < 2) await Promise.resolve();
  assert.equal(held.length, 2, "the second task of user 1 has not begun");
  held[1]!();
  while (tasks.answers.length === 0) await Promise.resolve();
  assert.deepEqual(seqNums(tasks), [3]);
  held[0]!();
  while (held.length < 3) await Promise.resolve();
  held[2]!();
  await tasks.runner.drain();
  assert.deepEqual(seqNums(tasks), [3, 1, 2]);
});

Deno.test("TaskRunner.drain() waits for everything that was begun, whoever asks", async () => {
  const held: (() => void)[] = [];
  await using tasks = await Tasks.open(
    withAllUsers(() => new Promise((resolve) => held.push(() => resolve([])))),
  );
  await tasks.runner.drain(); // Nothing is under way.
  tasks.runner.run(1, message(1));
  tasks.runner.run(1, allUsers(1, 2));
  assert.equal(tasks.runner.underWay, 2);
  let drained = 0;
  const both = [tasks.runner.drain(), tasks.runner.drain()];
  for (const one of both) void one.then(() => drained++);
  while (tasks.answers.length === 0) await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual([drained, tasks.runner.underWay], [0, 1]);
  held[0]!();
  await Promise.all(both);
  assert.deepEqual([seqNums(tasks), tasks.runner.underWay], [[1, 2], 0]);
});

Deno.test("TaskRunner, unknown and malformed tasks leave no trace but a line for debugging", async () => {
  await using tasks = await Tasks.open();
  tasks.runner.run(1, buildFrame(0x0777, 1, new Uint8Array(9)));
  tasks.runner.run(1, buildFrame(ALL_USERS, 2, Uint8Array.of(0x08)));
  tasks.runner.run(1, buildFrame(ALL_USERS, 3, new Uint8Array(0)));
  tasks.runner.run(1, buildFrame(proto.CID_MSG_DATA, 4, Uint8Array.of(0xff, 0xff)));
  tasks.runner.run(1, buildFrame(proto.CID_OTHER_VALIDATE_REQ, 5, Uint8Array.of(0x0a, 0x7f)));
  assert.equal(tasks.runner.underWay, 0);
  await tasks.runner.drain();
  assert.deepEqual(tasks.answers, []);
  assert.deepEqual(tasks.log.records.filter(({ level }) => level !== "debug"), []);
});

Deno.test("TaskRunner, a handler with a bug costs its own answer only", async () => {
  await using tasks = await Tasks.open(withAllUsers(() => Promise.reject(new TypeError("a bug"))));
  tasks.runner.run(1, allUsers(1, 1));
  tasks.runner.run(1, message(2));
  const groups = proto.IMNormalGroupListReq.encode({ user_id: 1 });
  tasks.runner.run(1, buildFrame(proto.CID_GROUP_NORMAL_LIST_REQUEST, 3, groups));
  await tasks.runner.drain();
  assert.deepEqual(seqNums(tasks).toSorted(), [2, 3]);
  const errors = tasks.log.records.filter(({ level }) => level === "error");
  assert.deepEqual(errors.map(({ fields }) => (fields.error as Error).message), ["a bug"]);
});

Deno.test("TaskRunner, a storage that is gone gives failure answers, and the runner lives on", async () => {
  await using tasks = await Tasks.open();
  await tasks.breakStorage();
  for (let seqNum = 1; seqNum <= 3; seqNum++) tasks.runner.run(1, message(seqNum));
  tasks.runner.run(1, allUsers(1, 4));
  await tasks.runner.drain();
  const ids = tasks.answers.map(({ frame }) => proto.IMMsgData.decode(frame.subarray(16)).msg_id);
  assert.deepEqual([seqNums(tasks), ids], [[1, 2, 3], [0, 0, 0]]);
  assert.equal(tasks.runner.underWay, 0);
});
