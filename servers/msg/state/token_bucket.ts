/**
 * The message rate of one connection: `perSecond` sustained, twice that in a burst. Nothing is ever
 * dropped for rate (docs/spec/pitfalls.md P-LIM1): when the bucket is empty the server stops reading
 * from the connection for as long as {@link TokenBucket.take} says.
 */
const BURST_SECONDS = 2;

export class TokenBucket {
  readonly #perMs: number;
  readonly #capacity: number;
  #tokens: number;
  #filledAtMs: number;

  constructor(perSecond: number, nowMs: number) {
    this.#perMs = perSecond / 1000;
    this.#capacity = perSecond * BURST_SECONDS;
    this.#tokens = this.#capacity;
    this.#filledAtMs = nowMs;
  }

  /**
   * Takes tokens, of which one must be there and the rest may come later; milliseconds until there is
   * one again, 0 when it is there.
   */
  take(nowMs: number, count = 1): number {
    const gained = Math.max(0, nowMs - this.#filledAtMs) * this.#perMs;
    this.#tokens = Math.min(this.#capacity, this.#tokens + gained) - count;
    this.#filledAtMs = nowMs;
    return this.#tokens >= 1 ? 0 : Math.ceil((1 - this.#tokens) / this.#perMs);
  }
}
