/** How long a client waits before it comes back. */
import { type Random, withJitter } from "../random.ts";

const FIRST_WAIT_MS = 1000;
const MAX_WAIT_MS = 32_000;
/** Up to as much again, so that the clients of a restarted server spread out. */
const JITTER_SHARE = 1;

/** Wait before the `attempt`-th try, counted from 1: 1, 2, 4 … 32 s, plus jitter. */
export function reconnectWaitMs(random: Random, attempt: number): number {
  const waitMs = Math.min(MAX_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(attempt - 1, 10));
  return withJitter(random, waitMs, JITTER_SHARE);
}
