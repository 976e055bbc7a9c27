/**
 * First in, first out, in the same time however many wait. `Array.shift()` moves all that wait, and
 * the first of a `Map` is found behind all that were deleted before it.
 */

/** Taken items that are kept at most, unless as many wait. */
const MAX_TAKEN = 1000;

export class Fifo<T> {
  readonly #items: (T | undefined)[] = [];
  /** Those before are taken. */
  #next = 0;

  get size(): number {
    return this.#items.length - this.#next;
  }

  push(item: T): void {
    this.#items.push(item);
  }

  /** What {@link shift} would give. */
  peek(): T | undefined {
    return this.#items[this.#next];
  }

  /** The item that has waited longest; `undefined` when none waits. */
  shift(): T | undefined {
    if (this.size === 0) return undefined;
    const item = this.#items[this.#next];
    this.#items[this.#next++] = undefined;
    if (this.size === 0 || (this.#next >= MAX_TAKEN && this.#next >= this.size)) {
      this.#items.splice(0, this.#next);
      this.#next = 0;
    }
    return item;
  }
}
