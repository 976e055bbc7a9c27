/**
 * Tasks that wait, taken in turns: one of each key, then the next of each. Whoever has ten thousand
 * waiting is served as often as who has one. Those of one key keep their order. Every step takes the
 * same time, however many wait.
 */

import { Fifo } from "./fifo.ts";

interface Line<T> {
  readonly key: number;
  readonly items: Fifo<T>;
  /** When it began to wait for the turn that comes, in milliseconds. */
  sinceMs: number;
}

export class Turns<T> {
  /** Those of which something waits, by key. */
  readonly #lines = new Map<number, Line<T>>();
  /** The same ones; the first has the next turn. */
  readonly #order = new Fifo<Line<T>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  push(key: number, item: T, nowMs: number): void {
    let line = this.#lines.get(key);
    if (line === undefined) {
      line = { key, items: new Fifo(), sinceMs: nowMs };
      this.#lines.set(key, line);
      this.#order.push(line);
    }
    line.items.push(item);
    this.#size++;
  }

  /** What {@link take} would give; `undefined` when nothing waits. */
  peek(): T | undefined {
    return this.#order.peek()?.items.peek();
  }

  /** The item whose turn it is; its key then waits for its next turn, behind all others. */
  take(nowMs: number): T | undefined {
    const line = this.#order.shift();
    if (line === undefined) return undefined;
    this.#size--;
    const item = line.items.shift();
    if (line.items.size === 0) {
      this.#lines.delete(line.key);
    } else {
      line.sinceMs = nowMs;
      this.#order.push(line);
    }
    return item;
  }

  /** How long a turn takes to come: as long as that of the first did, in milliseconds. */
  waitMs(nowMs: number): number {
    const first = this.#order.peek();
    return first === undefined ? 0 : nowMs - first.sinceMs;
  }
}
