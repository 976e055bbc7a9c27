/**
 * How fast one device may be pushed to: {@link DEVICE_BURST} at once, then one per
 * {@link DEVICE_INTERVAL_MS}. More wait, and replace each other; nothing is refused for its rate.
 * Services punish a sender that floods one device.
 *
 * A device is remembered as the time at which its allowance would be full again, which is all that
 * has to be known; those not pushed to for longest are forgotten, which gives them a full allowance.
 */
import { LruMap } from "../../../shared/lru_map.ts";

/** Pushes that a device may get at once. */
export const DEVICE_BURST = 20;
export const DEVICE_INTERVAL_MS = 1000;
/** Devices remembered. */
const MAX_DEVICES = 20_000;

export class DeviceRate {
  readonly #fullAtMs = new LruMap<string, number>({ maxWeight: MAX_DEVICES });

  /** The earliest time at which the device may get its next push; in the past when it may now. */
  readyAtMs(token: string): number {
    const fullAtMs = this.#fullAtMs.get(token) ?? 0;
    return fullAtMs - (DEVICE_BURST - 1) * DEVICE_INTERVAL_MS;
  }

  /** A push goes out to the device. */
  take(token: string, nowMs: number): void {
    const fullAtMs = Math.max(this.#fullAtMs.get(token) ?? 0, nowMs) + DEVICE_INTERVAL_MS;
    this.#fullAtMs.set(token, fullAtMs);
  }
}
