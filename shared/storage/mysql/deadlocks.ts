/** What to do when the server ends a transaction because another one was in its way. */
import { isDeadlock } from "./errors.ts";

/**
 * Of several writers each deadlock stops one or more, and lets one through: as many as a pool has
 * connections may need as many tries.
 */
const MAX_TRIES = 50;

/** Runs `transaction`, which must be able to run twice, again after a deadlock. */
export async function retryingDeadlocks<T>(transaction: () => Promise<T>): Promise<T> {
  for (let tries = 1;; tries++) {
    try {
      return await transaction();
    } catch (error) {
      if (tries === MAX_TRIES || !isDeadlock(error)) throw error;
    }
  }
}
