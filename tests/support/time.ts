/** Time passing in a cluster on a manual clock. */
import { nowSec } from "../../shared/clock.ts";
import type { ManualClock } from "../../shared/clock.ts";

/**
 * Moves the clock in steps of a second with turns of the event loop in between, so that servers in
 * memory hear each other's heartbeats on the way.
 */
export async function passSeconds(clock: ManualClock, seconds: number): Promise<void> {
  const endSec = nowSec(clock) + seconds;
  while (nowSec(clock) < endSec) {
    clock.advance(1000);
    for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
  }
}
