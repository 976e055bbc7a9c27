/** The real worker on a database in memory, which is empty: whoever is asked for does not exist. */
import assert from "node:assert/strict";
import {
  CID_BUDDY_LIST_USER_INFO_REQUEST,
  CID_OTHER_VALIDATE_REQ,
  IMUsersInfoReq,
  IMValidateReq,
  IMValidateRsp,
} from "../../../proto/mod.ts";
import { collectingLogger, type Logger, silentLogger } from "../../../shared/log/mod.ts";
import { latencyMemory } from "../../../shared/management/latency.ts";
import { bodyOf, buildFrame, seqNumOf } from "../../../shared/pdu/mod.ts";
import { StorageError } from "../../../shared/storage/types.ts";
import type { DbProxyConfig } from "../config.ts";
import { CONFIG } from "../test_support/tasks.ts";
import type { Task } from "./task_executor.ts";
import { WorkerExecutor } from "./worker_executor.ts";

class Bench {
  readonly answers: Task[] = [];
  readonly failures: Error[] = [];
  readonly events = {
    reply: (linkId: number, frame: Uint8Array) => void this.answers.push({ linkId, frame }),
    ready: () => this.onReady(),
    failed: (error: Error) => {
      this.failures.push(error);
      this.onFailed();
    },
  };
  onReady = (): void => {};
  onFailed = (): void => {};

  start(config: DbProxyConfig = CONFIG, log: Logger = silentLogger): Promise<WorkerExecutor> {
    return WorkerExecutor.start(config, {
      events: this.events,
      log,
      storedMemory: latencyMemory(),
    });
  }
}

function usersInfo(linkId: number, seqNum: number): Task {
  const body = IMUsersInfoReq.encode({ user_id: 1, user_id_list: [1] });
  return { linkId, frame: buildFrame(CID_BUDDY_LIST_USER_INFO_REQUEST, seqNum, body) };
}

function validate(linkId: number): Task {
  const body = IMValidateReq.encode({ user_name: "nobody", password: "x" });
  return { linkId, frame: buildFrame(CID_OTHER_VALIDATE_REQ, 1, body) };
}

Deno.test("WorkerExecutor, answers in order with the links the tasks came from", async () => {
  const bench = new Bench();
  const executor = await bench.start();
  executor.submit([usersInfo(7, 1), usersInfo(7, 2)]);
  executor.submit([usersInfo(8, 3)]);
  await executor.drain();
  assert.deepEqual(
    bench.answers.map(({ linkId, frame }) => [linkId, seqNumOf(frame)]),
    [[7, 1], [7, 2], [8, 3]],
  );
  await executor.close();
  assert.deepEqual(bench.failures, []);
});

Deno.test("WorkerExecutor, takes two batches, then says when there is room again", async () => {
  const bench = new Bench();
  const executor = await bench.start();
  const ready = new Promise<void>((resolve) => bench.onReady = resolve);
  executor.submit([usersInfo(1, 1)]);
  assert.equal(executor.hasRoom, true);
  executor.submit([usersInfo(1, 2)]);
  assert.equal(executor.hasRoom, false);
  await ready;
  await executor.drain();
  assert.equal(executor.hasRoom, true);
  await executor.close();
});

Deno.test("WorkerExecutor.close() answers what was handed over before", async () => {
  const bench = new Bench();
  const executor = await bench.start();
  executor.submit([validate(5)]);
  await executor.close();
  const [answer] = bench.answers;
  assert.equal(IMValidateRsp.decode(bodyOf(answer!.frame)).result_code, 1);
});

Deno.test("WorkerExecutor, refuses a database it cannot open, naming it", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const path = `${folder}/file/teamtalk.db`;
    await Deno.writeTextFile(`${folder}/file`, "no folder");
    await assert.rejects(
      new Bench().start({ ...CONFIG, storage: { kind: "sqlite", path } }),
      (error) => error instanceof StorageError && error.message.includes(`${folder}/file`),
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("WorkerExecutor, lines of the worker come out of the log here, at its level", async () => {
  for (const [level, lines] of [["debug", 1], ["info", 0]] as const) {
    const log = collectingLogger({ level });
    const executor = await new Bench().start(CONFIG, log);
    executor.submit([usersInfo(1, 1)]);
    await executor.close();
    assert.equal(log.records.filter(({ message }) => message === "command").length, lines);
  }
});

Deno.test("WorkerExecutor, a worker that breaks down is reported, and nobody waits for it", async () => {
  const bench = new Bench();
  const { executor, worker } = await startWithWorker(bench);
  const failed = new Promise<void>((resolve) => bench.onFailed = resolve);
  worker.postMessage({ type: "tasks", packed: null });
  while (executor.hasRoom) executor.submit([validate(1)]);
  const drained = executor.drain();
  await failed;
  assert.match(bench.failures[0]!.message, /task worker ended: .*null/);
  await drained;
  assert.equal(executor.hasRoom, true, "the queue in front of it has to come to an end");
  executor.submit([validate(1)]);
  await executor.drain();
  await executor.close();
  assert.deepEqual([bench.answers.length, bench.failures.length], [0, 1]);
});

/** Also gives the worker itself, to break it. */
async function startWithWorker(bench: Bench) {
  const Original = globalThis.Worker;
  const workers: Worker[] = [];
  globalThis.Worker = class extends Original {
    constructor(...args: ConstructorParameters<typeof Original>) {
      super(...args);
      workers.push(this);
    }
  };
  try {
    return { executor: await bench.start(), worker: workers[0]! };
  } finally {
    globalThis.Worker = Original;
  }
}
