import type { Clock } from "./clock.ts";

/** Waits for `work`, at most `limitMs` milliseconds. Tells whether it was done in time. */
export function withinMs(clock: Clock, limitMs: number, work: Promise<unknown>): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const timer = clock.after(limitMs, () => resolve(false));
    work.then(
      () => {
        timer.cancel();
        resolve(true);
      },
      (error) => {
        timer.cancel();
        reject(error);
      },
    );
  });
}
