/**
 * The write combiner: writes that are submitted while the engine is busy, or in one event-loop turn,
 * are committed together. There is no timer: a flush starts as soon as the engine is free.
 *
 * `commit` gets at most `maxBatch` operations and applies all of them or, by throwing, none. After a
 * throw each operation is tried in a commit of its own, so that one that cannot be stored fails
 * alone; a {@link BatchError} ends that for all that are left. Operations are applied in the order in
 * which they were submitted. Between two commits the event loop gets a turn, so that reads and answers
 * of a synchronous engine do not wait for the whole queue.
 */
import type { Clock } from "../clock.ts";
import { StorageError } from "./types.ts";

/** No fault of one operation, such as a locked database: trying them one by one would only add up. */
export class BatchError extends StorageError {}

export interface WriteCombinerOptions<Op, Out> {
  /** What an operation is for, in errors; default: `store`. Look-ups are combined too. */
  readonly doing?: string;
  /** All or nothing; one result per operation, in order. May be synchronous. */
  readonly commit: (batch: readonly Op[]) => readonly Out[] | Promise<readonly Out[]>;
  readonly clock: Clock;
  /** Most operations in one commit. */
  readonly maxBatch: number;
  /** Most operations that wait; further ones are refused with {@link StorageError}. */
  readonly maxWaiting: number;
  /**
   * Operations that have waited for longer, in milliseconds, are refused: whoever wanted them has
   * given up. Absent = they wait as long as it takes.
   */
  readonly maxWaitMs?: number;
}

interface Waiting<Op, Out> {
  readonly op: Op;
  readonly sinceMs: number;
  readonly resolve: (result: Out) => void;
  readonly reject: (error: unknown) => void;
}

export class WriteCombiner<Op, Out> {
  readonly #options: WriteCombinerOptions<Op, Out>;
  #waiting: Waiting<Op, Out>[] = [];
  #flushing: Promise<void> | null = null;
  #scheduled = false;

  constructor(options: WriteCombinerOptions<Op, Out>) {
    this.#options = options;
  }

  get #doing(): string {
    return this.#options.doing ?? "store";
  }

  /** Resolves with the operation's result once it is committed. */
  submit(op: Op): Promise<Out> {
    return new Promise((resolve, reject) => {
      if (this.#waiting.length >= this.#options.maxWaiting) {
        reject(new StorageError(`Cannot ${this.#doing}: ${this.#waiting.length} are waiting`));
        return;
      }
      this.#waiting.push({ op, sinceMs: this.#options.clock.elapsedMs(), resolve, reject });
      if (this.#flushing === null && !this.#scheduled) {
        this.#scheduled = true;
        this.#options.clock.soon(() => {
          this.#scheduled = false;
          this.#flush();
        });
      }
    });
  }

  /** Resolves when everything submitted so far is settled. */
  async drain(): Promise<void> {
    for (;;) {
      this.#flush();
      if (this.#flushing === null) return;
      await this.#flushing;
    }
  }

  /** Begins to flush unless that is under way. With nothing waiting there is nothing to begin. */
  #flush(): void {
    if (this.#flushing === null && this.#waiting.length > 0) {
      this.#flushing = this.#flushUntilEmpty();
    }
  }

  async #flushUntilEmpty(): Promise<void> {
    while (this.#waiting.length > 0) {
      const next = this.#waiting.slice(0, this.#options.maxBatch);
      this.#waiting = this.#waiting.slice(next.length);
      const batch = next.filter((waiting) => !this.#refuseOverdue(waiting));
      if (batch.length > 0) await this.#commit(batch);
      if (this.#waiting.length > 0) {
        await new Promise<void>((resolve) => this.#options.clock.soon(resolve));
      }
    }
    this.#flushing = null;
  }

  async #commit(batch: readonly Waiting<Op, Out>[]): Promise<void> {
    try {
      const results = await this.#options.commit(batch.map((waiting) => waiting.op));
      for (let i = 0; i < batch.length; i++) batch[i]!.resolve(results[i]!);
    } catch (error) {
      if (batch.length === 1 || error instanceof BatchError) {
        for (const waiting of batch) waiting.reject(error);
        return;
      }
      await this.#commitOneByOne(batch);
    }
  }

  async #commitOneByOne(batch: readonly Waiting<Op, Out>[]): Promise<void> {
    for (const [at, waiting] of batch.entries()) {
      if (this.#refuseOverdue(waiting)) continue;
      try {
        waiting.resolve((await this.#options.commit([waiting.op]))[0]!);
      } catch (error) {
        if (error instanceof BatchError) {
          for (const other of batch.slice(at)) other.reject(error);
          return;
        }
        waiting.reject(error);
      }
    }
  }

  /** Tells whether it has waited for too long; it has then been refused. */
  #refuseOverdue({ sinceMs, reject }: Waiting<Op, Out>): boolean {
    const { maxWaitMs = Infinity, clock } = this.#options;
    const waitedMs = clock.elapsedMs() - sinceMs;
    if (waitedMs <= maxWaitMs) return false;
    reject(new StorageError(`Cannot ${this.#doing}: it has waited for ${waitedMs} ms`));
    return true;
  }
}
