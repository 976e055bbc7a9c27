/** So many at a time, and nobody waits. */

export interface Place {
  /** False once it was released. */
  readonly isTaken: boolean;
  /** Twice does nothing. */
  release(): void;
}

export class Places {
  readonly #limit: number;
  #taken = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** `null`: all are taken. */
  take(): Place | null {
    if (this.#taken >= this.#limit) return null;
    this.#taken++;
    let isTaken = true;
    return {
      get isTaken() {
        return isTaken;
      },
      release: () => {
        if (!isTaken) return;
        isTaken = false;
        this.#taken--;
      },
    };
  }
}
