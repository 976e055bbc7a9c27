/** How many of one kind of work are under way. Who finds no place is refused, not kept waiting. */
export class Places {
  readonly #limit: number;
  #taken = 0;
  #allFree: (() => void) | null = null;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get taken(): number {
    return this.#taken;
  }

  /** Takes a place, to be given back by calling what is returned, once; null when all are taken. */
  take(): (() => void) | null {
    if (this.#taken >= this.#limit) return null;
    this.#taken++;
    return () => {
      this.#taken--;
      if (this.#taken === 0) this.#allFree?.();
    };
  }

  /** Resolves when no place is taken. For a server that stops, so nobody takes one meanwhile. */
  whenAllFree(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#taken === 0) resolve();
      else this.#allFree = resolve;
    });
  }
}
