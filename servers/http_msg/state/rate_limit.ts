/** Requests per address: a bucket that fills evenly and holds ten seconds' worth. */
import type { Clock } from "../../../shared/clock.ts";
import { LruMap } from "../../../shared/lru_map.ts";

const BURST_SEC = 10;
/** Addresses remembered; one that was forgotten starts with a full bucket. */
const MAX_REMEMBERED = 10_000;

interface Bucket {
  readonly tokens: number;
  readonly atMs: number;
}

export class RateLimit {
  readonly #clock: Clock;
  readonly #perSecond: number;
  readonly #buckets = new LruMap<string, Bucket>({ maxWeight: MAX_REMEMBERED });

  constructor(clock: Clock, perSecond: number) {
    this.#clock = clock;
    this.#perSecond = perSecond;
  }

  /** Takes a token. Whole seconds until there is one when there is none now, else 0. */
  take(remote: string): number {
    const nowMs = this.#clock.nowMs();
    const most = this.#perSecond * BURST_SEC;
    const before = this.#buckets.get(remote) ?? { tokens: most, atMs: nowMs };
    const filled = before.tokens + Math.max(0, nowMs - before.atMs) * this.#perSecond / 1000;
    const tokens = Math.min(most, filled);
    const isAllowed = tokens >= 1;
    this.#buckets.set(remote, { tokens: isAllowed ? tokens - 1 : tokens, atMs: nowMs });
    return isAllowed ? 0 : Math.max(1, Math.ceil((1 - tokens) / this.#perSecond));
  }
}
