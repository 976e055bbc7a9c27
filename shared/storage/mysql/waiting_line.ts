/**
 * Keeps the order of a conversation while one of its messages is being prepared. Whoever comes when
 * nothing is being prepared goes straight through and costs nothing.
 */
type HandOn<T> = () => Promise<T>;

export class WaitingLine {
  /** Resolved when everybody who came so far has been handed on, by conversation. */
  readonly #tails = new Map<string, Promise<void>>();

  /** Conversations with somebody in line. */
  get size(): number {
    return this.#tails.size;
  }

  /** Calls `handOn` when everybody who came before has been handed on. */
  follow<T>(name: string, handOn: HandOn<T>): Promise<T> {
    const before = this.#tails.get(name);
    return before === undefined ? handOn() : this.#join(name, before.then(() => handOn));
  }

  /** Prepares at once; what that gives is called in the order of the line. */
  enter<T>(name: string, prepare: () => Promise<HandOn<T>>): Promise<T> {
    const ready = Promise.allSettled([prepare(), this.#tails.get(name)]);
    return this.#join(
      name,
      ready.then(([prepared]) =>
        prepared.status === "fulfilled" ? prepared.value : () => Promise.reject(prepared.reason)
      ),
    );
  }

  #join<T>(name: string, ready: Promise<HandOn<T>>): Promise<T> {
    // In an object, so that those behind wait for the call only and not for its promise.
    const called = ready.then((handOn) => ({ outcome: handOn() }));
    const tail = called.then(() => {
      if (this.#tails.get(name) === tail) this.#tails.delete(name);
    });
    this.#tails.set(name, tail);
    return called.then(({ outcome }) => outcome);
  }
}
