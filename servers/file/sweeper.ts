/** Has the store swept, once at the start and then every ten minutes. */
import type { Timer } from "../../shared/clock.ts";
import type { FileContext } from "./context.ts";
import { StoreError } from "./store/store_error.ts";

const PERIOD_MS = 10 * 60 * 1000;

export class Sweeper {
  readonly #context: FileContext;
  readonly #stopping = new AbortController();
  #timer: Timer | null = null;
  #running: Promise<void> = Promise.resolve();
  #isRunning = false;

  constructor(context: FileContext) {
    this.#context = context;
  }

  /** Sweeps, and keeps on doing so. @throws {StoreError} when the store cannot be listed */
  async start(): Promise<void> {
    await this.#sweep("start");
    this.#timer = this.#context.clock.every(PERIOD_MS, () => {
      // One that takes longer than the period is not joined by a second.
      if (!this.#isRunning) this.#running = this.#sweepLater();
    });
  }

  /** Ends the sweep under way before its next task. */
  async stop(): Promise<void> {
    this.#timer?.cancel();
    this.#stopping.abort();
    await this.#running;
  }

  async #sweepLater(): Promise<void> {
    this.#isRunning = true;
    try {
      await this.#sweep("later");
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      this.#context.log.error("store not swept", { error });
    } finally {
      this.#isRunning = false;
    }
  }

  async #sweep(when: "start" | "later"): Promise<void> {
    const { store, order, log } = this.#context;
    const report = await store.sweep(when, {
      exclusively: (taskId, work) => order.run(taskId, work),
      signal: this.#stopping.signal,
    });
    const hasNews = when === "start" || report.removedFiles + report.removedUploads > 0;
    log[hasNews ? "info" : "debug"]("store swept", { ...report });
    if (report.failed > 0) log.error("files of the store not removed", { tasks: report.failed });
  }
}
