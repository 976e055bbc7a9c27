/**
 * Tasks that wait for the executor. They are handed over in batches, as soon as there is room and
 * never later than the end of the turn in which the first of them came. The queue is bounded by
 * bytes: above the high mark the server stops reading from its links, below the low mark it reads on.
 */
import type { Task } from "../executor/task_executor.ts";

/** Waiting bytes at which reading from links stops, and at which it starts again. */
export const HIGH_MARK_BYTES = 64 * 1024 * 1024;
export const LOW_MARK_BYTES = 16 * 1024 * 1024;
/** One batch at most: enough to fill a commit several times over. */
export const MAX_BATCH_TASKS = 1000;
export const MAX_BATCH_BYTES = 8 * 1024 * 1024;

/** How exactly it is known since when a task waits. */
const MARK_MS = 100;

export class TaskQueue {
  #waiting: Task[] = [];
  #bytes = 0;
  /** Tasks that ever came, and that were taken. */
  #pushed = 0;
  #taken = 0;
  /** When the task of this number came, every {@link MARK_MS}; none is kept that is not needed. */
  #marks: { readonly number: number; readonly atMs: number }[] = [];

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  get bytes(): number {
    return this.#bytes;
  }

  push(task: Task, nowMs: number): void {
    const last = this.#marks.at(-1);
    if (last === undefined || nowMs - last.atMs >= MARK_MS) {
      this.#marks.push({ number: this.#pushed, atMs: nowMs });
    }
    this.#pushed++;
    this.#waiting.push(task);
    this.#bytes += task.frame.length;
  }

  /** How long the oldest task has been waiting, in milliseconds. */
  waitMs(nowMs: number): number {
    return this.isEmpty ? 0 : nowMs - this.#marks[0]!.atMs;
  }

  /** Takes the oldest tasks, as many as make one batch; at least one unless the queue is empty. */
  takeBatch(): readonly Task[] {
    let count = 0;
    let bytes = 0;
    while (count < this.#waiting.length && count < MAX_BATCH_TASKS) {
      const next = this.#waiting[count]!.frame.length;
      if (count > 0 && bytes + next > MAX_BATCH_BYTES) break;
      bytes += next;
      count++;
    }
    const batch = this.#waiting.slice(0, count);
    this.#waiting = count === this.#waiting.length ? [] : this.#waiting.slice(count);
    this.#bytes -= bytes;
    this.#taken += count;
    const needed = this.isEmpty
      ? this.#marks.length
      : this.#marks.findLastIndex(({ number }) => number <= this.#taken);
    if (needed > 0) this.#marks.splice(0, needed);
    return batch;
  }
}
