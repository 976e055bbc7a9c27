/** Lanes to executors of which each has a storage of its own: what did not meet would show. */
import assert from "node:assert/strict";
import * as proto from "../../../proto/mod.ts";
import { ManualClock } from "../../../shared/clock.ts";
import { md5Hex } from "../../../shared/password.ts";
import { bodyOf, buildFrame, commandIdOf, seqNumOf } from "../../../shared/pdu/mod.ts";
import { MAX_FAILURES } from "../state/login_failures.ts";
import { PASSWORD, Tasks } from "../test_support/tasks.ts";
import { InlineExecutor } from "./inline_executor.ts";
import type { Task, TaskExecutor } from "./task_executor.ts";
import { MAX_LOGIN_WAIT_MS, TaskLanes } from "./task_lanes.ts";

class Bench implements AsyncDisposable {
  readonly lanes: TaskLanes;
  readonly answers: Uint8Array[] = [];
  readonly #tasks: readonly Tasks[];

  private constructor(tasks: readonly Tasks[]) {
    this.#tasks = tasks;
    this.lanes = new TaskLanes(
      tasks.map(({ services }) =>
        new InlineExecutor(services, {
          reply: (_linkId, frame) => this.answers.push(frame),
          ready: () => this.lanes.submit(),
          failed: (error) => assert.fail(error),
        })
      ),
      tasks[0]!.clock,
    );
  }

  static async open(count: number): Promise<Bench> {
    return new Bench(await Promise.all(Array.from({ length: count }, () => Tasks.open())));
  }

  push(id: number, body: Uint8Array, seqNum = 1): void {
    this.lanes.push({ linkId: 1, frame: buildFrame(id, seqNum, body) });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const one of this.#tasks) await one[Symbol.asyncDispose]();
  }
}

function message(from: number, to: number, type: proto.MsgType): Uint8Array {
  return proto.IMMsgData.encode({
    from_user_id: from,
    to_session_id: to,
    msg_id: 0,
    create_time: 5,
    msg_type: type,
    msg_data: Uint8Array.of(65),
  });
}

/** Keeps what it is given, and has room when the test says so. */
class ScriptedExecutor implements TaskExecutor {
  hasRoom = true;
  isClosed = false;
  readonly seqNums: number[] = [];

  submit(batch: readonly Task[]): void {
    this.seqNums.push(...batch.map(({ frame }) => seqNumOf(frame)));
  }

  drain(): Promise<void> {
    this.hasRoom = true;
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.isClosed = true;
    return Promise.resolve();
  }
}

/** A task of this user, which is the lane's key. */
function task(userId: number, seqNum: number): Task {
  const body = proto.IMNormalGroupListReq.encode({ user_id: userId });
  return { linkId: 1, frame: buildFrame(proto.CID_GROUP_NORMAL_LIST_REQUEST, seqNum, body) };
}

Deno.test("TaskLanes, messages of a conversation meet in one executor, in the order they came", async () => {
  await using bench = await Bench.open(3);
  const conversations = [
    [1, 2, proto.MSG_TYPE_SINGLE_TEXT],
    [2, 3, proto.MSG_TYPE_SINGLE_TEXT],
    [1, 1, proto.MSG_TYPE_GROUP_TEXT],
    [2, 2, proto.MSG_TYPE_GROUP_TEXT],
  ] as const;
  for (let seqNum = 1; seqNum <= 200; seqNum++) {
    for (const [from, to, type] of conversations) {
      const isSingle = type === proto.MSG_TYPE_SINGLE_TEXT;
      const [author, receiver] = isSingle && seqNum % 2 === 0 ? [to, from] : [from, to];
      bench.push(proto.CID_MSG_DATA, message(author, receiver, type), seqNum);
    }
  }
  await bench.lanes.drain();
  const ids = new Map<string, number[][]>();
  for (const frame of bench.answers) {
    const { from_user_id, to_session_id, msg_type, msg_id } = proto.IMMsgData.decode(bodyOf(frame));
    const users = [from_user_id, to_session_id].sort().join();
    const key = msg_type === proto.MSG_TYPE_GROUP_TEXT ? `group ${to_session_id}` : users;
    ids.set(key, [...ids.get(key) ?? [], [seqNumOf(frame), msg_id]]);
  }
  assert.deepEqual([...ids.keys()].sort(), ["1,2", "2,3", "group 1", "group 2"]);
  const inOrder = Array.from({ length: 200 }, (_, i) => [i + 1, i + 1]);
  for (const [key, list] of ids) assert.deepEqual(list, inOrder, key);
});

Deno.test("TaskLanes, what a user changes is seen by that user's next task", async () => {
  await using bench = await Bench.open(3);
  for (const user_id of [1, 2, 3, 4, 10]) {
    const shield = proto.IMPushShieldReq.encode({ user_id, shield_status: 1 });
    bench.push(proto.CID_LOGIN_REQ_PUSH_SHIELD, shield);
    bench.push(
      proto.CID_LOGIN_REQ_QUERY_PUSH_SHIELD,
      proto.IMQueryPushShieldReq.encode({ user_id }),
    );
  }
  await bench.lanes.drain();
  const seen = bench.answers
    .filter((frame) => commandIdOf(frame) === proto.CID_LOGIN_RES_QUERY_PUSH_SHIELD)
    .map((frame) => proto.IMQueryPushShieldRsp.decode(bodyOf(frame)))
    .map(({ user_id, shield_status }) => [user_id, shield_status]);
  assert.deepEqual(seen.sort(([a], [b]) => a! - b!), [[1, 1], [2, 1], [3, 1], [4, 1], [10, 1]]);
});

Deno.test("TaskLanes, failed logins of a name are counted together, with several executors too", async () => {
  await using bench = await Bench.open(3);
  const validate = async (user_name: string, password: string): Promise<number> => {
    bench.answers.length = 0;
    bench.push(
      proto.CID_OTHER_VALIDATE_REQ,
      proto.IMValidateReq.encode({ user_name, password }),
    );
    await bench.lanes.drain();
    return proto.IMValidateRsp.decode(bodyOf(bench.answers[0]!)).result_code;
  };
  const names = ["user1", "user2", "user3"];
  for (const name of names) {
    for (let failures = 0; failures <= MAX_FAILURES; failures++) {
      assert.equal(await validate(name, md5Hex("wrong")), 1);
    }
  }
  for (const name of names) assert.equal(await validate(name, PASSWORD), 6, name);
  assert.equal(await validate("user4", PASSWORD), 0);
});

Deno.test("TaskLanes, an executor without room holds up its own tasks only", () => {
  const [full, free] = [new ScriptedExecutor(), new ScriptedExecutor()];
  full.hasRoom = false;
  const lanes = new TaskLanes([full, free], new ManualClock());
  for (let seqNum = 1; seqNum <= 6; seqNum++) lanes.push(task(seqNum % 2, seqNum));
  const waitingBytes = 3 * task(0, 1).frame.length;
  assert.equal(lanes.bytes, 2 * waitingBytes);
  lanes.submit();
  assert.deepEqual([full.seqNums, free.seqNums], [[], [1, 3, 5]]);
  assert.equal(lanes.bytes, waitingBytes);
  full.hasRoom = true;
  lanes.submit();
  assert.deepEqual(full.seqNums, [2, 4, 6]);
  assert.equal(lanes.bytes, 0);
});

Deno.test("TaskLanes.drain() empties every lane, close() closes every executor", async () => {
  const executors = [new ScriptedExecutor(), new ScriptedExecutor(), new ScriptedExecutor()];
  const lanes = new TaskLanes(executors, new ManualClock());
  for (const executor of executors) executor.hasRoom = false;
  for (let seqNum = 1; seqNum <= 9; seqNum++) lanes.push(task(seqNum, seqNum));
  await lanes.drain();
  assert.deepEqual(executors.map(({ seqNums }) => seqNums), [[3, 6, 9], [1, 4, 7], [2, 5, 8]]);
  await lanes.close();
  assert.ok(executors.every(({ isClosed }) => isClosed));
});

Deno.test("TaskLanes.refusalOf(), while tasks are late no login waits behind them", () => {
  const clock = new ManualClock();
  const executor = new ScriptedExecutor();
  const lanes = new TaskLanes([executor], clock);
  const attach_data = Uint8Array.of(1, 2, 3);
  const question = { user_name: "user1", password: PASSWORD, attach_data };
  const login = buildFrame(proto.CID_OTHER_VALIDATE_REQ, 7, proto.IMValidateReq.encode(question));
  executor.hasRoom = false;
  lanes.push(task(0, 1));
  clock.advance(MAX_LOGIN_WAIT_MS);
  lanes.push(task(0, 2));
  assert.equal(lanes.refusalOf(login), null, "not late enough");
  clock.advance(1);
  const refusal = lanes.refusalOf(login)!;
  const { result_code, ...answer } = proto.IMValidateRsp.decode(bodyOf(refusal));
  assert.deepEqual([commandIdOf(refusal), seqNumOf(refusal)], [proto.CID_OTHER_VALIDATE_RSP, 7]);
  assert.deepEqual([result_code, answer.attach_data?.toHex()], [2, "010203"]);
  assert.equal(lanes.refusalOf(task(0, 3).frame), null, "what was begun goes on");
  const broken = buildFrame(proto.CID_OTHER_VALIDATE_REQ, 7, Uint8Array.of(0x0a, 0x7f));
  assert.equal(lanes.refusalOf(broken), null);
  executor.hasRoom = true;
  lanes.submit();
  assert.deepEqual(executor.seqNums, [1, 2]);
  assert.equal(lanes.refusalOf(login), null, "nobody waits any more");
});
