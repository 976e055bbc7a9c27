/**
 * Runs tasks in one Deno worker. Batches cross as one packed array each way. At most two batches are
 * on their way to it: while the worker commits one, the next already waits at its door, and
 * everything that comes in meanwhile makes up the one after that.
 */
import type { Logger, LogLevel } from "../../../shared/log/mod.ts";
import { StorageError } from "../../../shared/storage/types.ts";
import type { DbProxyConfig } from "../config.ts";
import { packFrames, unpackFrames } from "./packed_frames.ts";
import {
  type ExecutorEvents,
  MAX_TASKS_UNDER_WAY,
  type Task,
  type TaskExecutor,
} from "./task_executor.ts";
import type { FromWorker, ToWorker } from "./worker_protocol.ts";

/** Batches that were handed over and not begun. */
const MAX_BATCHES_AT_DOOR = 2;

export interface WorkerDeps {
  readonly events: ExecutorEvents;
  readonly log: Logger;
  /** Shared by the workers of a server: how long messages took to be stored. */
  readonly storedMemory: SharedArrayBuffer;
}

export class WorkerExecutor implements TaskExecutor {
  readonly #worker: Worker;
  readonly #events: ExecutorEvents;
  readonly #log: Logger;
  #batchesAtDoor = 0;
  #tasksUnderWay = 0;
  /** Set once the worker has broken down: it never answers again, and what it gets is lost. */
  #isBroken = false;
  #waiting: { readonly type: "drained" | "closed"; readonly resolve: () => void }[] = [];

  private constructor(worker: Worker, events: ExecutorEvents, log: Logger) {
    this.#worker = worker;
    this.#events = events;
    this.#log = log;
    worker.onmessage = ({ data }: MessageEvent<FromWorker>) => this.#receive(data);
    worker.onerror = (event) => {
      event.preventDefault();
      this.#isBroken = true;
      for (const { resolve } of this.#waiting.splice(0)) resolve();
      events.failed(new Error(`task worker ended: ${event.message}`));
    };
  }

  /** Starts the worker and waits until its storage is open. @throws {StorageError} if it is not */
  static async start(
    config: DbProxyConfig,
    { events, log, storedMemory }: WorkerDeps,
  ): Promise<WorkerExecutor> {
    const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
    post(worker, { type: "start", config, logLevel: lowestLevel(log), storedMemory });
    const answer = await startAnswer(worker, log);
    if (answer.type === "started") return new WorkerExecutor(worker, events, log);
    worker.terminate();
    throw new StorageError(answer.type === "refused" ? answer.message : "the worker did not start");
  }

  get hasRoom(): boolean {
    if (this.#isBroken) return true;
    return this.#batchesAtDoor < MAX_BATCHES_AT_DOOR && this.#tasksUnderWay < MAX_TASKS_UNDER_WAY;
  }

  submit(batch: readonly Task[]): void {
    if (this.#isBroken) return;
    this.#batchesAtDoor++;
    this.#tasksUnderWay += batch.length;
    const packed = packFrames(batch);
    this.#worker.postMessage({ type: "tasks", packed } satisfies ToWorker, [packed.buffer]);
  }

  drain(): Promise<void> {
    return this.#ask("drain", "drained");
  }

  async close(): Promise<void> {
    await this.#ask("close", "closed");
    this.#worker.terminate();
  }

  #ask(type: "drain" | "close", answer: "drained" | "closed"): Promise<void> {
    if (this.#isBroken) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting.push({ type: answer, resolve });
      post(this.#worker, { type });
    });
  }

  #receive(message: FromWorker): void {
    if (message.type === "progress") {
      this.#batchesAtDoor -= message.taken;
      this.#tasksUnderWay -= message.done;
      if (message.packed !== null) unpackFrames(message.packed, this.#events.reply);
      this.#events.ready();
    } else if (message.type === "log") {
      this.#log[message.level](message.message, message.fields);
    } else if (message.type === "drained" || message.type === "closed") {
      const index = this.#waiting.findIndex((waiting) => waiting.type === message.type);
      if (index >= 0) this.#waiting.splice(index, 1)[0]!.resolve();
    }
  }
}

function post(worker: Worker, message: ToWorker): void {
  worker.postMessage(message);
}

/** Waits for the worker to say that it has started or cannot; what it logs meanwhile is logged. */
function startAnswer(worker: Worker, log: Logger): Promise<FromWorker> {
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
      if (data.type === "log") log[data.level](data.message, data.fields);
      else resolve(data);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      reject(new StorageError(`Cannot start the task worker: ${event.message}`));
    };
  });
}

function lowestLevel(log: Logger): LogLevel {
  if (log.enabled("debug")) return "debug";
  if (log.enabled("info")) return "info";
  return log.enabled("warn") ? "warn" : "error";
}
