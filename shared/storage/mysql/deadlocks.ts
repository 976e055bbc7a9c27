/** What to do when the server ends a transaction because another one was in its way. */
import { isDeadlock } from "./errors.ts";

/** Of several writers each deadlock stops one, and lets the others through by and by. */
const MAX_TRIES = 10;

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
