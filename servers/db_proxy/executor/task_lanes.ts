/**
 * The way of tasks to one executor or several. Each executor has a lane, a queue in front of it, so
 * that a busy one holds up nobody else's tasks. A task goes where the others of its key went
 * ({@link laneKeyOf}). A lane keeps the order of what one user sent, and that of all as long as they
 * need not take turns.
 */
import { CID_OTHER_VALIDATE_REQ } from "../../../proto/ids.ts";
import type { Clock } from "../../../shared/clock.ts";
import type { Logger } from "../../../shared/log/mod.ts";
import { latencyMemory } from "../../../shared/management/latency.ts";
import type { DbProxyConfig } from "../config.ts";
import { commandIdOf } from "../../../shared/pdu/mod.ts";
import type { Random } from "../../../shared/random.ts";
import { openServices } from "../open_services.ts";
import { validateBusy } from "../handlers/login.ts";
import type { StorageOpener } from "../storage.ts";
import { laneKeyOf } from "../state/lane_key.ts";
import { TaskQueue } from "../state/task_queue.ts";
import { InlineExecutor } from "./inline_executor.ts";
import type { ExecutorEvents, Task, TaskExecutor } from "./task_executor.ts";
import { mainThreadConfig, workerConfigs } from "./worker_configs.ts";
import { WorkerExecutor } from "./worker_executor.ts";

/** Its msg_server gives a login up after fifteen seconds. */
export const MAX_LOGIN_WAIT_MS = 5000;

export interface LanesDeps {
  readonly events: ExecutorEvents;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** Logical processors of the machine. */
  readonly cores: number;
  /** See {@link StorageOpener}; workers open theirs themselves. */
  readonly openStorage: StorageOpener;
}

interface Lane {
  readonly queue: TaskQueue;
  readonly executor: TaskExecutor;
}

export class TaskLanes {
  readonly #lanes: readonly Lane[];
  /** Waiting in all lanes. */
  #bytes = 0;

  readonly #clock: Clock;

  constructor(executors: readonly TaskExecutor[], clock: Clock) {
    this.#clock = clock;
    this.#lanes = executors.map((executor) => ({ queue: new TaskQueue(), executor }));
  }

  /** All executors, or none. @throws {StorageError} when the data cannot be opened */
  static async start(config: DbProxyConfig, deps: LanesDeps): Promise<TaskLanes> {
    const { events, clock, random, log, cores, openStorage: open } = deps;
    const configs = workerConfigs(config, cores);
    if (configs.length === 0) {
      const servicesDeps = { clock, random, log, open };
      const services = await openServices(mainThreadConfig(config), servicesDeps);
      return new TaskLanes([new InlineExecutor(services, events)], clock);
    }
    const workerDeps = { events, log, storedMemory: latencyMemory() };
    const starting = configs.map((one) => WorkerExecutor.start(one, workerDeps));
    const started = await Promise.allSettled(starting);
    const failure = started.find((one) => one.status === "rejected");
    const executors = started.flatMap((one) => one.status === "fulfilled" ? [one.value] : []);
    if (failure !== undefined) {
      await Promise.all(executors.map((executor) => executor.close()));
      throw failure.reason;
    }
    log.info("task workers started", { count: executors.length });
    return new TaskLanes(executors, deps.clock);
  }

  /** Bytes of tasks that wait for their executor. */
  get bytes(): number {
    return this.#bytes;
  }

  push(task: Task): void {
    this.#laneOf(task.frame).queue.push(task, this.#clock.elapsedMs());
    this.#bytes += task.frame.length;
  }

  /**
   * The answer to a login that would have to wait for too long, if this is one. Logins are the work that
   * has not begun: while all else is late they are refused, so that those who are online are served.
   */
  refusalOf(frame: Uint8Array): Uint8Array | null {
    if (commandIdOf(frame) !== CID_OTHER_VALIDATE_REQ) return null;
    const waitMs = this.#laneOf(frame).queue.waitMs(this.#clock.elapsedMs());
    return waitMs > MAX_LOGIN_WAIT_MS ? validateBusy(frame) : null;
  }

  /** Hands over what the executors have room for. */
  submit(): void {
    for (const lane of this.#lanes) this.#submitLane(lane);
  }

  /** Resolves when the lanes are empty and all tasks done, and their answers were delivered. */
  async drain(): Promise<void> {
    await Promise.all(this.#lanes.map((lane) => this.#drainLane(lane)));
  }

  /** Ends after {@link drain}; storage is closed. */
  async close(): Promise<void> {
    await Promise.all(this.#lanes.map(({ executor }) => executor.close()));
  }

  #laneOf(frame: Uint8Array): Lane {
    const at = this.#lanes.length === 1 ? 0 : laneKeyOf(frame) % this.#lanes.length;
    return this.#lanes[at]!;
  }

  #submitLane({ queue, executor }: Lane): void {
    while (executor.hasRoom && !queue.isEmpty) {
      const before = queue.bytes;
      executor.submit(queue.takeBatch(this.#clock.elapsedMs()));
      this.#bytes -= before - queue.bytes;
    }
  }

  async #drainLane(lane: Lane): Promise<void> {
    while (!lane.queue.isEmpty) {
      this.#submitLane(lane);
      await lane.executor.drain();
    }
    // Once more: what was handed over during the last one is not covered by it.
    await lane.executor.drain();
  }
}
