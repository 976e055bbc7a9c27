/**
 * Entry of a task worker. It owns the storage engine, so that a slow commit or a checkpoint never
 * holds up the network thread. Answers of one turn go back in one message.
 */
/// <reference lib="deno.worker" />
import { systemClock } from "../../../shared/clock.ts";
import { forwardingLogger } from "../../../shared/log/mod.ts";
import { systemRandom } from "../../../shared/random.ts";
import { openServices } from "../open_services.ts";
import { closeServices, type DbServices } from "../services.ts";
import { TaskRunner } from "../task_runner.ts";
import { packFrames, unpackFrames } from "./packed_frames.ts";
import type { Task } from "./task_executor.ts";
import type { FromWorker, ToWorker } from "./worker_protocol.ts";

class TaskWorker {
  readonly #services: DbServices;
  readonly #runner: TaskRunner;
  #answers: Task[] = [];
  #taken = 0;
  #done = 0;
  #reporting = false;

  constructor(services: DbServices) {
    this.#services = services;
    this.#runner = new TaskRunner(services, {
      reply: (linkId, frame) => this.#answers.push({ linkId, frame }),
      done: () => {
        this.#done++;
        this.#reportSoon();
      },
    });
  }

  begin(packed: Uint8Array): void {
    unpackFrames(packed, (linkId, frame) => this.#runner.run(linkId, frame));
    this.#taken++;
    this.#reportSoon();
  }

  async drain(): Promise<void> {
    await this.#runner.drain();
    this.#report();
    send({ type: "drained" });
  }

  async close(): Promise<void> {
    await this.#runner.drain();
    await closeServices(this.#services);
    this.#report();
    send({ type: "closed" });
  }

  #reportSoon(): void {
    if (this.#reporting) return;
    this.#reporting = true;
    systemClock.soon(() => this.#report());
  }

  #report(): void {
    this.#reporting = false;
    if (this.#done === 0 && this.#taken === 0) return;
    const packed = this.#answers.length === 0 ? null : packFrames(this.#answers);
    const message: FromWorker = { type: "progress", taken: this.#taken, done: this.#done, packed };
    this.#answers = [];
    this.#taken = 0;
    this.#done = 0;
    if (packed === null) send(message);
    else self.postMessage(message, [packed.buffer]);
  }
}

function send(message: FromWorker): void {
  self.postMessage(message);
}

async function start(message: Extract<ToWorker, { type: "start" }>): Promise<TaskWorker | null> {
  const log = forwardingLogger({
    level: message.logLevel,
    clock: systemClock,
    forward: ({ level, message, fields }) => send({ type: "log", level, message, fields }),
  });
  try {
    const { storedMemory } = message;
    const deps = { clock: systemClock, random: systemRandom, log, storedMemory };
    const worker = new TaskWorker(await openServices(message.config, deps));
    send({ type: "started" });
    return worker;
  } catch (error) {
    send({ type: "refused", message: error instanceof Error ? error.message : String(error) });
    return null;
  }
}

/** The first message says where the data is; once that is open the worker takes tasks. */
self.onmessage = async ({ data: first }: MessageEvent<ToWorker>) => {
  const worker = first.type === "start" ? await start(first) : null;
  self.onmessage = ({ data }: MessageEvent<ToWorker>) => {
    if (data.type === "tasks") worker?.begin(data.packed);
    else if (data.type === "drain") worker?.drain();
    else if (data.type === "close") worker?.close();
  };
};
