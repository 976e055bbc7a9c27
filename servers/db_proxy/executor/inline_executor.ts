/** Runs tasks on the thread of the network: for engines that wait outside, tests and simulation. */
import { TaskRunner } from "../task_runner.ts";
import { closeServices, type DbServices } from "../services.ts";
import {
  type ExecutorEvents,
  MAX_TASKS_UNDER_WAY,
  type Task,
  type TaskExecutor,
} from "./task_executor.ts";

export class InlineExecutor implements TaskExecutor {
  readonly #runner: TaskRunner;
  readonly #services: DbServices;

  constructor(services: DbServices, events: ExecutorEvents) {
    this.#runner = new TaskRunner(services, {
      reply: events.reply,
      done: () => {
        // In a later turn: the next batch must not begin in the middle of this one.
        if (this.#runner.underWay === MAX_TASKS_UNDER_WAY - 1) services.clock.soon(events.ready);
      },
    });
    this.#services = services;
  }

  get hasRoom(): boolean {
    return this.#runner.underWay < MAX_TASKS_UNDER_WAY;
  }

  submit(batch: readonly Task[]): void {
    for (const task of batch) this.#runner.run(task.linkId, task.frame);
  }

  drain(): Promise<void> {
    return this.#runner.drain();
  }

  async close(): Promise<void> {
    await this.#runner.drain();
    await closeServices(this.#services);
  }
}
