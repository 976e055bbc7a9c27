/**
 * A bounded cache: a `Map` whose insertion order is the order of last use. When the entries weigh
 * more than `maxWeight` together, those that were not used for longest are dropped; the newest entry
 * always stays, however heavy it is.
 */
export interface LruMapOptions<V> {
  readonly maxWeight: number;
  /** Weight of an entry when it is set, at least 1; absent = 1, so that `maxWeight` counts entries. */
  readonly weigh?: (value: V) => number;
}

interface Entry<V> {
  readonly value: V;
  readonly weight: number;
}

export class LruMap<K, V> {
  readonly #entries = new Map<K, Entry<V>>();
  readonly #maxWeight: number;
  readonly #weigh: (value: V) => number;
  #weight = 0;

  constructor({ maxWeight, weigh = () => 1 }: LruMapOptions<V>) {
    this.#maxWeight = maxWeight;
    this.#weigh = weigh;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** The value, which now counts as just used. */
  get(key: K): V | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry.value;
  }

  set(key: K, value: V): void {
    this.delete(key);
    const entry = { value, weight: this.#weigh(value) };
    this.#entries.set(key, entry);
    this.#weight += entry.weight;
    for (const oldest of this.#entries.keys()) {
      if (this.#weight <= this.#maxWeight || this.#entries.size === 1) break;
      this.delete(oldest);
    }
  }

  delete(key: K): boolean {
    const entry = this.#entries.get(key);
    if (entry === undefined) return false;
    this.#weight -= entry.weight;
    return this.#entries.delete(key);
  }

  clear(): void {
    this.#entries.clear();
    this.#weight = 0;
  }
}
