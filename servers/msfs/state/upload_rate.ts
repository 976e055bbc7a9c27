/** Limits uploads per address and minute. Addresses not heard of for longest are forgotten. */
import type { Clock } from "../../../shared/clock.ts";
import { LruMap } from "../../../shared/lru_map.ts";

const WINDOW_MS = 60_000;
/** Addresses remembered at a time; one that is forgotten begins anew. */
const MAX_ADDRESSES = 10_000;

interface Window {
  readonly endsMs: number;
  count: number;
}

export class UploadRate {
  readonly #perMinute: number;
  readonly #clock: Clock;
  readonly #windows = new LruMap<string, Window>({ maxWeight: MAX_ADDRESSES });

  /** @param perMinute 0 = no limit */
  constructor(perMinute: number, clock: Clock) {
    this.#perMinute = perMinute;
    this.#clock = clock;
  }

  /** Counts an upload from `address`; 0 when it may go on, else seconds until it may come again. */
  secondsToWait(address: string): number {
    if (this.#perMinute === 0) return 0;
    const nowMs = this.#clock.nowMs();
    let window = this.#windows.get(address);
    if (window === undefined || window.endsMs <= nowMs) {
      window = { endsMs: nowMs + WINDOW_MS, count: 0 };
      this.#windows.set(address, window);
    }
    if (window.count >= this.#perMinute) return Math.ceil((window.endsMs - nowMs) / 1000);
    window.count++;
    return 0;
  }
}
