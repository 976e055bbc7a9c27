/**
 * Counts values in a fixed number of buckets, so that a run of any length takes the same memory.
 * Buckets are logarithmic with {@link STEPS} equal steps per power of two: a value is off by less
 * than 1/128 of itself. Values are whole numbers, here microseconds; negative ones count as 0.
 */
const STEP_BITS = 7;
const STEPS = 1 << STEP_BITS;
/** Larger values, from 2^28 µs (four and a half minutes) up, share the last bucket. */
const MAX_BITS = 28;
const BUCKETS = STEPS * (MAX_BITS - STEP_BITS + 1);

export class Histogram {
  readonly #counts = new Uint32Array(BUCKETS);
  #count = 0;
  #max = 0;

  get count(): number {
    return this.#count;
  }

  /** The largest value itself, not its bucket; 0 when there is none. */
  get max(): number {
    return this.#max;
  }

  add(value: number): void {
    const whole = Math.max(0, Math.round(value));
    this.#counts[bucketOf(whole)]!++;
    this.#count++;
    if (whole > this.#max) this.#max = whole;
  }

  /** The value that the given share of all values does not exceed; `null` when there is none. */
  quantile(share: number): number | null {
    if (this.#count === 0) return null;
    let left = Math.max(1, Math.ceil(share * this.#count));
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      left -= this.#counts[bucket]!;
      if (left <= 0) return Math.min(upperEndOf(bucket), this.#max);
    }
    return this.#max;
  }
}

function bucketOf(value: number): number {
  if (value >= 2 ** MAX_BITS) return BUCKETS - 1;
  const shift = Math.max(0, 31 - Math.clz32(value) - STEP_BITS);
  return STEPS * shift + (value >>> shift);
}

/** The largest value that falls into the bucket. */
function upperEndOf(bucket: number): number {
  if (bucket < 2 * STEPS) return bucket;
  const shift = Math.floor(bucket / STEPS) - 1;
  const step = bucket - STEPS * shift;
  return (step + 1) * 2 ** shift - 1;
}
