/** What to do when the server ends a transaction because another one was in its way. */
import { isDeadlock } from "./errors.ts";

/** Each round of a deadlock lets one of the writers through, so that few are needed. */
const MAX_TRIES = 5;

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
