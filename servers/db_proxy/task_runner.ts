/**
 * Runs tasks: a task is one frame from one server link. The runner decodes it, runs its handler on
 * the storage engine and hands the answer over. It lives in a worker or on the main thread and knows
 * nothing of links but their numbers.
 */
import { type Caller, Dispatcher } from "../../shared/dispatch/mod.ts";
import { commandIdOf } from "../../shared/pdu/mod.ts";
import { immediateCommands, userOrderedCommands } from "./commands.ts";
import type { DbServices, TaskCaller } from "./services.ts";
import { userIdOf } from "./state/user_key.ts";
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

export class TaskRunner {
  readonly #services: DbServices;
  readonly #replySink: ReplySink;
  readonly #dispatcher: Dispatcher<TaskCaller>;
  readonly #immediateIds: ReadonlySet<number>;
  readonly #order = new TaskOrder();
  #immediateCount = 0;
  #immediateDone: (() => void) | null = null;

  constructor(services: DbServices, replySink: ReplySink) {
    this.#services = services;
    this.#replySink = replySink;
    this.#dispatcher = new Dispatcher([...immediateCommands, ...userOrderedCommands], services.log);
    this.#immediateIds = new Set(immediateCommands.map((command) => command.id));
  }

  /** Begins a task. Answers come through the reply sink, in a later turn. */
  run(linkId: number, frame: Uint8Array): void {
    const caller = new LinkCaller(linkId, this.#services, this.#replySink);
    if (this.#immediateIds.has(commandIdOf(frame))) {
      const running = this.#dispatch(caller, frame);
      if (running instanceof Promise) {
        this.#immediateCount++;
        running.then(() => this.#immediateEnded());
      }
    } else {
      this.#order.run(userIdOf(frame), () => this.#dispatch(caller, frame));
    }
  }

  /** Resolves when every task that was begun is done. */
  async drain(): Promise<void> {
    while (this.#immediateCount > 0 || this.#order.size > 0) {
      if (this.#immediateCount > 0) {
        await new Promise<void>((resolve) => this.#immediateDone = resolve);
      }
      await this.#order.drain();
    }
  }

  #immediateEnded(): void {
    if (--this.#immediateCount === 0) this.#immediateDone?.();
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
