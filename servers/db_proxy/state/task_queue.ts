/**
 * Tasks that wait for the executor. They are handed over in batches, as soon as there is room and
 * never later than the end of the turn in which the first of them came. The queue is bounded by
 * bytes: above the high mark the server stops reading from its links, below the low mark it reads on.
 *
 * As long as all that waits fits into one batch it goes in the order in which it came. Above that
 * somebody has to wait, and users take turns (`turns.ts`) until the queue is empty again.
 */
import type { Task } from "../executor/task_executor.ts";
import { turnKeyOf } from "./lane_key.ts";
import { Turns } from "./turns.ts";

/** Waiting bytes at which reading from links stops, and at which it starts again. */
export const HIGH_MARK_BYTES = 64 * 1024 * 1024;
export const LOW_MARK_BYTES = 16 * 1024 * 1024;
/** One batch at most: enough to fill a commit several times over. */
export const MAX_BATCH_TASKS = 1000;
export const MAX_BATCH_BYTES = 8 * 1024 * 1024;

export class TaskQueue {
  /** What fits into a batch; empty while there are turns. */
  #waiting: Task[] = [];
  /** When the first of them came, in milliseconds. */
  #sinceMs = 0;
  #turns: Turns<Task> | null = null;
  #bytes = 0;

  get isEmpty(): boolean {
    return this.#waiting.length === 0 && this.#turns === null;
  }

  get bytes(): number {
    return this.#bytes;
  }

  push(task: Task, nowMs: number): void {
    this.#bytes += task.frame.length;
    if (this.#turns !== null) return this.#turns.push(turnKeyOf(task.frame), task, nowMs);
    if (this.#waiting.length === 0) this.#sinceMs = nowMs;
    this.#waiting.push(task);
    if (this.#waiting.length > MAX_BATCH_TASKS || this.#bytes > MAX_BATCH_BYTES) this.#takeTurns();
  }

  /** How long a task that came now would wait, as the latest one did, in milliseconds. */
  waitMs(nowMs: number): number {
    if (this.#turns !== null) return this.#turns.waitMs(nowMs);
    return this.#waiting.length === 0 ? 0 : nowMs - this.#sinceMs;
  }

  /** As many tasks as make one batch; at least one unless the queue is empty. */
  takeBatch(nowMs: number): readonly Task[] {
    const batch = this.#turns === null ? this.#waiting : batchOf(this.#turns, nowMs);
    if (this.#turns?.size === 0) this.#turns = null;
    this.#waiting = [];
    for (const { frame } of batch) this.#bytes -= frame.length;
    return batch;
  }

  #takeTurns(): void {
    this.#turns = new Turns();
    for (const task of this.#waiting) this.#turns.push(turnKeyOf(task.frame), task, this.#sinceMs);
    this.#waiting = [];
  }
}

function batchOf(turns: Turns<Task>, nowMs: number): readonly Task[] {
  const batch: Task[] = [];
  let bytes = 0;
  for (let next = turns.peek(); next !== undefined; next = turns.peek()) {
    bytes += next.frame.length;
    if (batch.length === MAX_BATCH_TASKS || (batch.length > 0 && bytes > MAX_BATCH_BYTES)) break;
    batch.push(turns.take(nowMs)!);
  }
  return batch;
}
