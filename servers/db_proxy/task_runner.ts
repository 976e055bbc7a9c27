/**
 * Runs tasks: a task is one frame from one server link. The runner decodes it, runs its handler on
 * the storage engine and hands the answer over. It lives in a worker or on the main thread and knows
 * nothing of links but their numbers.
 */
import { type Caller, Dispatcher } from "../../shared/dispatch/mod.ts";
import { commandIdOf } from "../../shared/pdu/mod.ts";
import { commands, immediateCommands, receiverOrderedCommands } from "./commands.ts";
import type { DbServices, TaskCaller } from "./services.ts";
import { receiverIdOf, userIdOf } from "./state/user_key.ts";
import { TaskOrder } from "./state/task_order.ts";

/** Takes an answer for the link with this number. */
export type ReplySink = (linkId: number, frame: Uint8Array) => void;

class LinkCaller implements TaskCaller {
  readonly auth: Caller["auth"] = "peer";
  readonly services: DbServices;
  readonly #linkId: number;
  readonly #replySink: ReplySink;

  constructor(linkId: number, services: DbServices, replySink: ReplySink) {
    this.#linkId = linkId;
    this.services = services;
    this.#replySink = replySink;
  }

  reply(frame: Uint8Array): void {
    this.#replySink(this.#linkId, frame);
  }
}

export interface TaskRunnerOptions {
  /** Takes the answers. */
  readonly reply: ReplySink;
  /** A task is done, whether it had an answer or not. */
  readonly done: () => void;
}

export class TaskRunner {
  readonly #services: DbServices;
  readonly #options: TaskRunnerOptions;
  readonly #dispatcher: Dispatcher<TaskCaller>;
  readonly #immediateIds: ReadonlySet<number>;
  readonly #receiverOrderedIds: ReadonlySet<number>;
  readonly #order = new TaskOrder();
  #underWay = 0;
  #idle: (() => void)[] = [];

  constructor(services: DbServices, options: TaskRunnerOptions) {
    this.#services = services;
    this.#options = options;
    this.#dispatcher = new Dispatcher(commands, services.log);
    this.#immediateIds = new Set(immediateCommands.map((command) => command.id));
    this.#receiverOrderedIds = new Set(receiverOrderedCommands.map((command) => command.id));
  }

  /** Tasks that were begun and are not done. */
  get underWay(): number {
    return this.#underWay;
  }

  /** Begins a task. Answers come through the reply sink, in a later turn. */
  run(linkId: number, frame: Uint8Array): void {
    const caller = new LinkCaller(linkId, this.#services, this.#options.reply);
    const task = () => this.#dispatch(caller, frame);
    this.#underWay++;
    const running = this.#immediateIds.has(commandIdOf(frame))
      ? task()
      : this.#order.run(this.#keyOf(frame), task);
    if (running instanceof Promise) running.then(() => this.#ended());
    else this.#ended();
  }

  /** Resolves when every task that was begun is done. */
  async drain(): Promise<void> {
    while (this.#underWay > 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  #keyOf(frame: Uint8Array): number {
    return this.#receiverOrderedIds.has(commandIdOf(frame)) ? receiverIdOf(frame) : userIdOf(frame);
  }

  #ended(): void {
    this.#underWay--;
    this.#options.done();
    if (this.#underWay === 0) { for (const resolve of this.#idle.splice(0)) resolve(); }
  }

  /**
   * A handler that fails by a bug costs its own answer, not the other tasks of the process; the gate
   * has logged it.
   */
  #dispatch(caller: TaskCaller, frame: Uint8Array): void | Promise<unknown> {
    try {
      const outcome = this.#dispatcher.dispatch(caller, frame);
      return outcome instanceof Promise ? outcome : undefined;
    } catch {
      return undefined;
    }
  }
}
