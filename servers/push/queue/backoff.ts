/** How long to wait after the first, second … failure in a row, in milliseconds. */
import { type Random, withJitter } from "../../../shared/random.ts";

export const FIRST_WAIT_MS = 1000;
export const MAX_WAIT_MS = 60_000;
/** A service that asks for more patience than this is tried again all the same. */
export const MAX_RETRY_AFTER_MS = 3600_000;
const JITTER_SHARE = 0.2;

/**
 * Doubles from {@link FIRST_WAIT_MS} to {@link MAX_WAIT_MS}, plus up to a fifth, so that many who
 * wait do not come back at once. `atLeastMs` is what the service has asked for.
 */
export function backoffMs(
  failures: number,
  { random, atLeastMs }: { readonly random: Random; readonly atLeastMs: number | null },
): number {
  const waitMs = Math.min(MAX_WAIT_MS, FIRST_WAIT_MS * 2 ** (Math.max(1, failures) - 1));
  return Math.max(withJitter(random, waitMs, JITTER_SHARE), clampRetryAfter(atLeastMs ?? 0));
}

function clampRetryAfter(ms: number): number {
  return Math.min(Math.max(0, ms), MAX_RETRY_AFTER_MS);
}
