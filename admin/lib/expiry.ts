/** How long an API key lives. */
import { type Clock, nowSec } from "../../shared/clock.ts";

const DAY_SEC = 24 * 3600;

/** Days that can be chosen; 0 is for ever. */
export const LIFETIMES = [30, 90, 365, 0] as const;

/** Unix seconds at which a key made now ends; 0 for never, and for what is no choice. */
export function expiryOf(days: string | undefined, clock: Clock): number {
  const lifetime = LIFETIMES.find((one) => String(one) === days) ?? 0;
  return lifetime === 0 ? 0 : nowSec(clock) + lifetime * DAY_SEC;
}
