/**
 * Which numbers of the sequence 1, 2, 3 … have arrived. Remembers the highest and the gaps below it,
 * so it stays small when little is lost or late.
 */
export type Arrival = "in_order" | "late" | "repeated";

export class SequenceSet {
  #highest = 0;
  readonly #gaps = new Set<number>();

  /** Takes a number. `late` is one that comes after a higher one. */
  add(number: number): Arrival {
    if (number > this.#highest) {
      for (let gap = this.#highest + 1; gap < number; gap++) this.#gaps.add(gap);
      this.#highest = number;
      return "in_order";
    }
    return this.#gaps.delete(number) ? "late" : "repeated";
  }

  has(number: number): boolean {
    return number <= this.#highest && !this.#gaps.has(number);
  }
}
