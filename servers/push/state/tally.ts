/**
 * What became of the pushes of one service, counted, so that a thousand pushes that fail for one
 * reason are one line in the log and not a thousand.
 */
import type { Logger } from "../../../shared/log/mod.ts";

export const TALLY_EVENTS = [
  /** The service has taken it. */
  "delivered",
  /** A newer one of the same conversation took its place. */
  "replaced",
  /** Too many waited. */
  "dropped",
  /** It waited until nobody would want it any more. */
  "expired",
  /** Its token is not valid any more. */
  "gone",
  /** The service will not have this one. */
  "rejected",
  /** It was answered with result 1 and never tried. */
  "refused",
] as const;

export type TallyEvent = typeof TALLY_EVENTS[number];

/** Those about which somebody may want to do something. */
const ABNORMAL: readonly TallyEvent[] = ["dropped", "expired", "rejected"];

/** Different reasons per report; further ones are counted together. */
export const MAX_REASONS = 20;
const OTHER_REASONS = "other reasons";

export class Tally {
  readonly #log: Logger;
  readonly #counts = new Map<TallyEvent, number>();
  readonly #reasons = new Map<string, number>();

  constructor(log: Logger) {
    this.#log = log;
  }

  count(event: TallyEvent, { times = 1, reason = "" } = {}): void {
    if (times === 0) return;
    this.#counts.set(event, (this.#counts.get(event) ?? 0) + times);
    if (reason === "") return;
    const text = `${event}: ${reason}`;
    const isKnown = this.#reasons.has(text) || this.#reasons.size < MAX_REASONS;
    const key = isKnown ? text : OTHER_REASONS;
    this.#reasons.set(key, (this.#reasons.get(key) ?? 0) + times);
  }

  /** Writes what was counted since the last report, if anything. */
  report(): void {
    if (this.#counts.size === 0) return;
    const isAbnormal = ABNORMAL.some((event) => this.#counts.has(event));
    const reasons = this.#reasons.size === 0 ? undefined : Object.fromEntries(this.#reasons);
    this.#log[isAbnormal ? "warn" : "debug"]("pushes", {
      ...Object.fromEntries(this.#counts),
      reasons,
    });
    this.#counts.clear();
    this.#reasons.clear();
  }
}
