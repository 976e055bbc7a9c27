/**
 * Runs tasks with the same key one after the other and tasks with different keys side by side. A
 * key is remembered only while a task of it runs, so this holds as much as is under way.
 */
export class TaskOrder {
  readonly #tails = new Map<number, Promise<void>>();

  /** Number of keys with a running task. */
  get size(): number {
    return this.#tails.size;
  }

  /**
   * Runs `task` now, or when the earlier ones of `key` are done. `task` must not reject. Returns a
   * promise of its end, or nothing when it is done already.
   */
  run(key: number, task: () => void | Promise<unknown>): void | Promise<void> {
    const before = this.#tails.get(key);
    const running = before === undefined ? task() : before.then(task);
    if (!(running instanceof Promise)) return;
    const tail: Promise<void> = running.then(() => {
      if (this.#tails.get(key) === tail) this.#tails.delete(key);
    });
    this.#tails.set(key, tail);
    return tail;
  }
}
