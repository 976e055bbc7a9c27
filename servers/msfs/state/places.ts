/** How many of one kind of work are under way. Who finds no place is refused, not kept waiting. */
export class Places {
  readonly #limit: number;
  readonly #limitPerAddress: number;
  readonly #byAddress = new Map<string, number>();
  #taken = 0;
  #allFree: (() => void) | null = null;

  /** @param limitPerAddress of those that one address has; 0 is no limit */
  constructor(limit: number, limitPerAddress = 0) {
    this.#limit = limit;
    this.#limitPerAddress = limitPerAddress;
  }

  get taken(): number {
    return this.#taken;
  }

  /**
   * Takes a place, to be given back by calling what is returned, once; null when all are taken, or
   * all that the address may have. Without an address only the whole is looked at.
   */
  take(address: string | null = null): (() => void) | null {
    const ofAddress = address === null ? 0 : this.#byAddress.get(address) ?? 0;
    const isFull = this.#limitPerAddress > 0 && ofAddress >= this.#limitPerAddress;
    if (this.#taken >= this.#limit || isFull) return null;
    this.#taken++;
    if (address !== null) this.#count(address, 1);
    return () => {
      this.#taken--;
      if (address !== null) this.#count(address, -1);
      if (this.#taken === 0) this.#allFree?.();
    };
  }

  #count(address: string, change: 1 | -1): void {
    const count = (this.#byAddress.get(address) ?? 0) + change;
    if (count === 0) this.#byAddress.delete(address);
    else this.#byAddress.set(address, count);
  }

  /** Resolves when no place is taken. For a server that stops, so nobody takes one meanwhile. */
  whenAllFree(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#taken === 0) resolve();
      else this.#allFree = resolve;
    });
  }
}
