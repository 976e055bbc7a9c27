/**
 * Tells clients about users who went away with their link, once it is clear that the msg_server does
 * not come back in time with the same users (P-RT1). `LostUsers` says who; this adds time and news.
 */
import type { Clock, Timer } from "../../shared/clock.ts";
import type { RouteCaller } from "./context.ts";
import type { PresenceNews } from "./presence_news.ts";
import { LostUsers } from "./state/lost_users.ts";
import type { PresenceTable } from "./state/presence_table.ts";

/** How long a msg_server may take to come back before its users are offline, in milliseconds. */
export const LOSS_GRACE_MS = 10_000;

export class LossWatch {
  readonly #clock: Clock;
  readonly #presence: PresenceTable<RouteCaller>;
  readonly #news: PresenceNews;
  readonly #lost = new LostUsers();
  #timer: Timer | null = null;
  #stopped = false;

  constructor(clock: Clock, presence: PresenceTable<RouteCaller>, news: PresenceNews) {
    this.#clock = clock;
    this.#presence = presence;
    this.#news = news;
  }

  /** These users have lost their last PC terminal without a logout. */
  lose(userIds: readonly number[]): void {
    this.#lost.lose(userIds, this.#clock.elapsedMs() + LOSS_GRACE_MS);
    this.#setTimer();
  }

  /** A PC terminal has logged in, of which clients hear in the usual way. */
  pcOnline(userId: number): void {
    this.#lost.back(userId);
  }

  /** The last PC terminal has logged out, of which clients hear in the usual way. */
  pcOffline(userId: number): void {
    this.#lost.toldOffline(userId);
  }

  /** A presence list names the user's PC terminal; clients hear of it only if they have to. */
  listed(userId: number): void {
    if (this.#lost.back(userId)) this.#news.pcOnline(userId);
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
  }

  #setTimer(): void {
    const dueMs = this.#lost.nextDueMs;
    if (this.#timer !== null || this.#stopped || dueMs === null) return;
    this.#timer = this.#clock.after(dueMs - this.#clock.elapsedMs(), () => {
      this.#timer = null;
      this.#tellDue();
      this.#setTimer();
    });
  }

  #tellDue(): void {
    for (const userId of this.#lost.takeDue(this.#clock.elapsedMs())) {
      if (this.#presence.hasPc(userId)) continue;
      this.#lost.declare(userId);
      this.#news.pcOffline(userId);
    }
  }
}
