/**
 * How many bytes the store may hold, and holds: complete files, what is left of uploads that were
 * cut off, and the whole size of uploads under way, so that one that began can also end.
 */
export class Space {
  /** `null` for no limit but the disk's. */
  readonly #limitBytes: number | null;
  #usedBytes = 0;

  constructor(limitBytes: number | null) {
    this.#limitBytes = limitBytes;
  }

  get usedBytes(): number {
    return this.#usedBytes;
  }

  fits(bytes: number): boolean {
    return this.#limitBytes === null || this.#usedBytes + bytes <= this.#limitBytes;
  }

  take(bytes: number): void {
    this.#usedBytes += bytes;
  }

  giveBack(bytes: number): void {
    this.#usedBytes = Math.max(0, this.#usedBytes - bytes);
  }
}
