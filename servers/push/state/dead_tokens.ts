/**
 * Tokens that a service has called invalid. Asking it again for each push would be useless, and
 * Apple counts it against the sender. A token may come back to life (the app is installed again, a
 * service was wrong), so each is forgotten after {@link DEAD_TOKEN_MS} and then tried once more.
 * Nothing else can be done about it: the protocol has no word for it towards msg_server, and a
 * client that is still there reports its token with its next login.
 */
import { LruMap } from "../../../shared/lru_map.ts";

/** How long a token is believed to be dead, in milliseconds. */
export const DEAD_TOKEN_MS = 24 * 3600_000;
/** Tokens remembered; those not asked for longest are forgotten first, and tried again. */
export const MAX_DEAD_TOKENS = 50_000;

export class DeadTokens {
  readonly #untilMs = new LruMap<string, number>({ maxWeight: MAX_DEAD_TOKENS });

  add(token: string, nowMs: number): void {
    this.#untilMs.set(token, nowMs + DEAD_TOKEN_MS);
  }

  has(token: string, nowMs: number): boolean {
    const untilMs = this.#untilMs.get(token);
    if (untilMs === undefined) return false;
    if (nowMs < untilMs) return true;
    this.#untilMs.delete(token);
    return false;
  }
}
