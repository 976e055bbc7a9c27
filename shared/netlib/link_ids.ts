/** Numbers links 1, 2, 3 … and wraps after 2^32 - 1, skipping 0 (docs/spec/wire.md 8). */
export class LinkIds {
  #last = 0;

  next(): number {
    this.#last = this.#last >= 0xffffffff ? 1 : this.#last + 1;
    return this.#last;
  }
}
