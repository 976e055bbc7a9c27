/**
 * Whether a service can be used, and how hard. While it works there is nothing to hold back. After a
 * failure it is left alone for a while; then a single try finds out whether it works again, so that
 * a service that just comes back is not run over. Failures of tries that had begun before the first
 * one was known are one failure.
 */
import type { Random } from "../../../shared/random.ts";
import { backoffMs } from "./backoff.ts";

/** When a try began, as {@link ServiceHealth} counts; to be handed back with its outcome. */
export type Epoch = number;

export class ServiceHealth {
  readonly #random: Random;
  #failures = 0;
  #epoch: Epoch = 0;
  #pausedUntilMs = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  /** For a try that begins now. */
  get epoch(): Epoch {
    return this.#epoch;
  }

  get isWorking(): boolean {
    return this.#failures === 0;
  }

  /** The end of the pause; in the past when there is none. */
  get pausedUntilMs(): number {
    return this.#pausedUntilMs;
  }

  /** How many tries may be under way now. */
  maxInFlight(limit: number, nowMs: number): number {
    if (nowMs < this.#pausedUntilMs) return 0;
    return this.isWorking ? limit : 1;
  }

  /** A try failed and the service is to blame. Returns the wait in ms when a new pause begins. */
  failed(
    begun: Epoch,
    times: { readonly nowMs: number; readonly afterMs: number | null },
  ): number | null {
    if (begun !== this.#epoch) return null;
    this.#failures++;
    this.#epoch++;
    const waitMs = backoffMs(this.#failures, { random: this.#random, atLeastMs: times.afterMs });
    this.#pausedUntilMs = times.nowMs + waitMs;
    return waitMs;
  }

  /**
   * The service has dealt with a push. Returns true when it had failed before. A try that began
   * before that says nothing about how things are now.
   */
  worked(begun: Epoch): boolean {
    if (begun !== this.#epoch) return false;
    const hadFailed = !this.isWorking;
    this.#failures = 0;
    this.#pausedUntilMs = 0;
    return hadFailed;
  }
}
