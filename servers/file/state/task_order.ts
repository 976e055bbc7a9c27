/**
 * Runs work on the same task one after the other, and on different tasks side by side: a login waits
 * until what the connection before it left behind is on disk. A task is remembered only while work
 * on it runs.
 */
export class TaskOrder {
  readonly #tails = new Map<string, Promise<void>>();

  /** Number of tasks with work under way. */
  get size(): number {
    return this.#tails.size;
  }

  /** Runs `work` when the earlier work on the task is done, however that ended. */
  run(taskId: string, work: () => Promise<void>): Promise<void> {
    const before = this.#tails.get(taskId);
    const running = before === undefined ? work() : before.then(work);
    const done = (): void => {
      if (this.#tails.get(taskId) === tail) this.#tails.delete(taskId);
    };
    const tail = running.then(done, done);
    this.#tails.set(taskId, tail);
    return running;
  }

  /** Resolves when no work is under way. */
  async idle(): Promise<void> {
    while (this.#tails.size > 0) await Promise.all(this.#tails.values());
  }
}
