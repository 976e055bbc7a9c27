import type { Clock } from "../clock.ts";
import { DeadlineError } from "./errors.ts";

/**
 * Waits for `work` for at most `limitMs`, or until `outer` is aborted. Either way the signal given
 * to `work` is aborted, so that it can let go of what it holds; its own end is not waited for.
 */
export async function withinDeadline<T>(
  work: (signal: AbortSignal) => Promise<T>,
  options: { clock: Clock; limitMs: number; what: string; outer?: AbortSignal },
): Promise<T> {
  const controller = new AbortController();
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  controller.signal.addEventListener("abort", () => reject(controller.signal.reason));
  const abort = (): void => controller.abort(options.outer?.reason);
  options.outer?.addEventListener("abort", abort);
  if (options.outer?.aborted === true) abort();
  const timer = options.clock.after(options.limitMs, () => {
    controller.abort(new DeadlineError(`No ${options.what} within ${options.limitMs} ms`));
  });
  try {
    return await Promise.race([work(controller.signal), aborted]);
  } finally {
    timer.cancel();
    options.outer?.removeEventListener("abort", abort);
  }
}
