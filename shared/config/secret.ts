/**
 * A value that must not reach a log line or an error message. Printing, logging or serialising it
 * gives `[secret]`; only `reveal()` hands it out, which is easy to search for in a review.
 */
export class Secret<T> {
  readonly #value: T;

  constructor(value: T) {
    this.#value = value;
  }

  reveal(): T {
    return this.#value;
  }

  toString(): string {
    return "[secret]";
  }

  toJSON(): string {
    return "[secret]";
  }
}
