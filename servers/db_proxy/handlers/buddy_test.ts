/** Users, departments and recent sessions. */
import assert from "node:assert/strict";
import * as proto from "../../../proto/mod.ts";
import { nowSec } from "../../../shared/clock.ts";
import { bodyOf } from "../../../shared/pdu/mod.ts";
import type { Storage } from "../../../shared/storage/types.ts";
import { SEEDED_AT, Tasks, testUser } from "../test_support/tasks.ts";

const ALL = { id: proto.CID_BUDDY_LIST_ALL_USER_REQUEST, codec: proto.IMAllUserReq };
const ALL_REPLY = { id: proto.CID_BUDDY_LIST_ALL_USER_RESPONSE, codec: proto.IMAllUserRsp };
const INFO = { id: proto.CID_BUDDY_LIST_USER_INFO_REQUEST, codec: proto.IMUsersInfoReq };
const INFO_REPLY = { id: proto.CID_BUDDY_LIST_USER_INFO_RESPONSE, codec: proto.IMUsersInfoRsp };
const DEPARTMENTS = { id: proto.CID_BUDDY_LIST_DEPARTMENT_REQUEST, codec: proto.IMDepartmentReq };
const DEPARTMENTS_REPLY = {
  id: proto.CID_BUDDY_LIST_DEPARTMENT_RESPONSE,
  codec: proto.IMDepartmentRsp,
};
const RECENT = {
  id: proto.CID_BUDDY_LIST_RECENT_CONTACT_SESSION_REQUEST,
  codec: proto.IMRecentContactSessionReq,
};
const RECENT_REPLY = {
  id: proto.CID_BUDDY_LIST_RECENT_CONTACT_SESSION_RESPONSE,
  codec: proto.IMRecentContactSessionRsp,
};
const REMOVE = { id: proto.CID_BUDDY_LIST_REMOVE_SESSION_REQ, codec: proto.IMRemoveSessionReq };
const REMOVE_REPLY = {
  id: proto.CID_BUDDY_LIST_REMOVE_SESSION_RES,
  codec: proto.IMRemoveSessionRsp,
};

async function allUsers(tasks: Tasks, since: number): Promise<[time: number, ids: number[]]> {
  const answer = await tasks.ask(ALL, { user_id: 1, latest_update_time: since }, ALL_REPLY);
  return [answer.latest_update_time, answer.user_list.map(({ user_id }) => user_id)];
}

Deno.test("allUsers(), everybody but who left; the time is that of the newest (Q-ALLUSER)", async () => {
  await using tasks = await Tasks.open();
  const left = testUser(20, { status: 3, updated: SEEDED_AT + 50 });
  await tasks.services.storage.users.add([left, testUser(21, { updated: SEEDED_AT + 40 })]);
  assert.deepEqual(await allUsers(tasks, 0), [SEEDED_AT + 40, [1, 2, 3, 4, 10, 21]]);
});

/** Tasks after the time of the test's data, and how often they have read everybody. */
async function openCounting() {
  let reads = 0;
  let engine: Storage | null = null;
  const tasks = await Tasks.open(({ storage, ...services }) => {
    engine = storage;
    const users = Object.assign(Object.create(storage.users), {
      lastUpdate: () => storage.users.lastUpdate(),
      all: () => {
        reads++;
        return storage.users.all();
      },
    });
    return { ...services, storage: { ...storage, users, close: () => storage.close() } };
  });
  tasks.clock.advance(5_000);
  return {
    tasks,
    reads: () => reads,
    add: (id: number) => engine!.users.add([testUser(id, { updated: nowSec(tasks.clock) })]),
  };
}

Deno.test("allUsers(), everybody is read once for all who ask, until somebody changes", async () => {
  const { tasks, reads, add } = await openCounting();
  await using _ = tasks;
  const whole = await allUsers(tasks, 0);
  assert.deepEqual(await allUsers(tasks, 0), whole);
  assert.equal(reads(), 1);
  await add(20);
  assert.deepEqual((await allUsers(tasks, 0))[1], [1, 2, 3, 4, 10, 20]);
});

Deno.test("allUsers(), everybody is read again as long as U is new: the row may come later", async () => {
  const { tasks, reads, add } = await openCounting();
  await using _ = tasks;
  await add(20);
  await allUsers(tasks, 0);
  await allUsers(tasks, 0);
  assert.equal(reads(), 2);
  tasks.clock.advance(2_000);
  await allUsers(tasks, 0);
  await allUsers(tasks, 0);
  assert.equal(reads(), 3);
});

Deno.test("allUsers(), a change that did not move U is seen ten seconds later", async () => {
  const { tasks, reads } = await openCounting();
  await using _ = tasks;
  await allUsers(tasks, 0);
  tasks.clock.advance(9_999);
  await allUsers(tasks, 0);
  assert.equal(reads(), 1);
  tasks.clock.advance(1);
  await allUsers(tasks, 0);
  assert.equal(reads(), 2);
});

Deno.test("allUsers(), an answer is byte for byte what the codec makes of it", async () => {
  await using tasks = await Tasks.open();
  const attach_data = new Uint8Array([1, 2, 3]);
  const request = ALL.codec.encode({ user_id: 1, latest_update_time: 0, attach_data });
  const body = bodyOf((await tasks.answerTo(ALL.id, request))!);
  const answer = proto.IMAllUserRsp.decode(body);
  assert.deepEqual([answer.user_list.length, [...answer.attach_data!]], [5, [1, 2, 3]]);
  assert.deepEqual([...proto.IMAllUserRsp.encode(answer)], [...body]);
});

Deno.test("allUsers(), who changed since, those who left too (Q-LEFT)", async () => {
  await using tasks = await Tasks.open();
  const left = testUser(20, { status: 3, updated: SEEDED_AT + 50 });
  await tasks.services.storage.users.add([left]);
  assert.deepEqual(await allUsers(tasks, SEEDED_AT + 1), [SEEDED_AT + 50, [20]]);
  assert.deepEqual(await allUsers(tasks, SEEDED_AT + 50), [SEEDED_AT + 50, [20]], "inclusive");
});

Deno.test("allUsers(), a client that is up to date gets its time back and nobody", async () => {
  await using tasks = await Tasks.open();
  const lastUpdate = await tasks.services.storage.users.lastUpdate();
  assert.deepEqual(await allUsers(tasks, lastUpdate), [lastUpdate, []]);
  assert.deepEqual(await allUsers(tasks, 0xffffffff), [0xffffffff, []]);
});

Deno.test("usersInfo(), the ids that exist, whatever their status, at most 5000 looked at", async () => {
  await using tasks = await Tasks.open();
  await tasks.services.storage.users.add([testUser(20, { status: 3 })]);
  const found = async (user_id_list: number[]): Promise<string[]> => {
    const answer = await tasks.ask(INFO, { user_id: 1, user_id_list }, INFO_REPLY);
    return answer.user_info_list.map(({ user_id, status }) => `${user_id}:${status}`);
  };
  assert.deepEqual(await found([20, 99, 2]), ["2:0", "20:3"]);
  assert.deepEqual(await found([]), []);
  const unknown = Array.from({ length: 5000 }, (_, i) => i + 1000);
  assert.deepEqual(await found([...unknown, 1]), []);
  assert.deepEqual(await found([...unknown.slice(1), 1]), ["1:0"]);
});

Deno.test("departments(), what changed since; an unknown status only moves the time", async () => {
  await using tasks = await Tasks.open();
  const department = (id: number, status: number) => ({
    id,
    departName: `d${id}`,
    priority: id,
    parentId: 7,
    status,
    created: SEEDED_AT,
    updated: SEEDED_AT + id,
  });
  await tasks.services.storage.departments.put([
    department(1, 0),
    department(2, 1),
    department(3, 9),
  ]);
  const ask = (since: number): Promise<proto.IMDepartmentRsp> =>
    tasks.ask(DEPARTMENTS, { user_id: 1, latest_update_time: since }, DEPARTMENTS_REPLY);
  const all = await ask(0);
  assert.equal(all.latest_update_time, SEEDED_AT + 3);
  assert.deepEqual(all.dept_list.map((one) => ({ ...one })), [
    { dept_id: 1, priority: 1, dept_name: "d1", parent_dept_id: 7, dept_status: 0 },
    { dept_id: 2, priority: 2, dept_name: "d2", parent_dept_id: 7, dept_status: 1 },
  ]);
  const newer = await ask(SEEDED_AT + 1);
  assert.deepEqual(newer.dept_list.map(({ dept_id }) => dept_id), [2], "exclusive");
  const none = await ask(SEEDED_AT + 3);
  assert.deepEqual([none.latest_update_time, none.dept_list], [SEEDED_AT + 3, []]);
});

async function write(storage: Storage, fromId: number, toId: number, type: proto.MsgType) {
  const content = Uint8Array.of(0, 0, 0, 1, 65);
  await storage.messages.append({ fromId, toId, type, content, created: SEEDED_AT });
}

async function recent(tasks: Tasks, user_id: number): Promise<proto.ContactSessionInfo[]> {
  const request = { user_id, latest_update_time: 0 };
  return (await tasks.ask(RECENT, request, RECENT_REPLY)).contact_session_list;
}

Deno.test("recentSessions(), a single session names the peer, whoever wrote last (Q-FROM)", async () => {
  await using tasks = await Tasks.open();
  const { storage } = tasks.services;
  await write(storage, 1, 2, proto.MSG_TYPE_SINGLE_AUDIO);
  await write(storage, 10, 1, proto.MSG_TYPE_GROUP_TEXT);
  const rows = (await recent(tasks, 1)).map((session) => [
    session.session_type,
    session.session_id,
    session.session_status,
    session.latest_msg_id,
    session.latest_msg_type,
    session.latest_msg_from_user_id,
    new TextDecoder().decode(session.latest_msg_data),
  ]);
  assert.deepEqual(rows.toSorted(), [
    [1, 2, 0, 1, proto.MSG_TYPE_SINGLE_AUDIO, 2, "QhGXlpFjvMFUNrtl1aaPzA=="],
    [2, 1, 0, 1, proto.MSG_TYPE_GROUP_TEXT, 10, "\0\0\0\x01A"],
  ]);
});

Deno.test("recentSessions(), at most 100 of them (Q-RECENT)", async () => {
  await using tasks = await Tasks.open();
  const { storage } = tasks.services;
  await storage.users.add(Array.from({ length: 101 }, (_, i) => testUser(100 + i)));
  await Promise.all(
    Array.from({ length: 101 }, (_, i) => write(storage, 1, 100 + i, proto.MSG_TYPE_SINGLE_TEXT)),
  );
  assert.equal((await recent(tasks, 1)).length, 100);
});

Deno.test("removeSession(), hides a session until its next message; a second time is result 1", async () => {
  await using tasks = await Tasks.open();
  const { storage } = tasks.services;
  await write(storage, 2, 1, proto.MSG_TYPE_SINGLE_TEXT);
  const session = { user_id: 1, session_type: proto.SESSION_TYPE_SINGLE, session_id: 2 };
  const remove = async (): Promise<number> => {
    const { attach_data, result_code, ...rest } = await tasks.ask(REMOVE, session, REMOVE_REPLY);
    assert.deepEqual([rest, attach_data], [session, new Uint8Array(0)]);
    return result_code;
  };
  assert.equal(await remove(), 0);
  assert.deepEqual(await recent(tasks, 1), []);
  assert.equal((await recent(tasks, 2)).length, 1, "the peer's stays");
  assert.equal(await remove(), 1);
  await write(storage, 2, 1, proto.MSG_TYPE_SINGLE_TEXT);
  assert.equal((await recent(tasks, 1)).length, 1);
});
