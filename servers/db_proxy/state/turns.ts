/**
 * Tasks that wait, taken in turns: one of each key, then the next of each. Whoever has ten thousand
 * waiting is served as often as who has one. Those of one key keep their order. Every step takes the
 * same time, however many wait.
 */

interface Line<T> {
  readonly items: T[];
  /** Those before are taken. */
  next: number;
  /** When it began to wait for the turn that comes, in milliseconds. */
  sinceMs: number;
}

/** Taken items that a line keeps at most before it lets go of them. */
const MAX_TAKEN = 1000;

export class Turns<T> {
  /** The first has the next turn. */
  readonly #lines = new Map<number, Line<T>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  push(key: number, item: T, nowMs: number): void {
    this.#size++;
    const line = this.#lines.get(key);
    if (line === undefined) this.#lines.set(key, { items: [item], next: 0, sinceMs: nowMs });
    else line.items.push(item);
  }

  /** What {@link take} would give; `undefined` when nothing waits. */
  peek(): T | undefined {
    const line = this.#first()?.[1];
    return line?.items[line.next];
  }

  /** The item whose turn it is; its key then waits for its next turn, behind all others. */
  take(nowMs: number): T | undefined {
    const first = this.#first();
    if (first === undefined) return undefined;
    const [key, line] = first;
    const item = line.items[line.next++];
    this.#size--;
    this.#lines.delete(key);
    if (line.next === line.items.length) return item;
    if (line.next === MAX_TAKEN) {
      line.items.splice(0, MAX_TAKEN);
      line.next = 0;
    }
    line.sinceMs = nowMs;
    this.#lines.set(key, line);
    return item;
  }

  /** How long a turn takes to come: as long as that of the first did, in milliseconds. */
  waitMs(nowMs: number): number {
    const first = this.#first();
    return first === undefined ? 0 : nowMs - first[1].sinceMs;
  }

  #first(): [key: number, line: Line<T>] | undefined {
    return this.#lines.entries().next().value;
  }
}
