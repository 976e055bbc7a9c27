/**
 * Who came and went, for every PC terminal here (docs/spec/pitfalls.md Q-STAT).
 *
 * When n PCs log in, each is told of all the others: what costs is not the notices but the writes,
 * one per terminal for every turn in which somebody came. So with many terminals the first notice
 * goes at once, and what comes within the next moments goes together, in order.
 */
import type { Clock, Timer } from "../../../shared/clock.ts";
import type { UserTable } from "./user_table.ts";

/** With fewer PC terminals every notice goes at once. */
export const GATHER_FROM_TERMINALS = 100;
/** How long a notice may wait for others, in milliseconds. */
export const GATHER_MS = 25;
/** Notices that wait at most; the last of them sends all. */
export const MAX_GATHERED = 1000;

export interface StatusNoticesOptions {
  readonly clock: Clock;
  readonly users: Pick<UserTable, "pcConns" | "pcCount">;
}

export class StatusNotices {
  readonly #clock: Clock;
  readonly #users: StatusNoticesOptions["users"];
  #gathered: Uint8Array[] = [];
  /** Runs while notices wait for others. */
  #timer: Timer | null = null;

  constructor({ clock, users }: StatusNoticesOptions) {
    this.#clock = clock;
    this.#users = users;
  }

  /** Sends a notice, one whole frame, to every PC terminal: now or within {@link GATHER_MS}. */
  add(frame: Uint8Array): void {
    this.#gathered.push(frame);
    if (this.#timer !== null && this.#gathered.length < MAX_GATHERED) return;
    this.#send();
    if (this.#timer === null && this.#users.pcCount >= GATHER_FROM_TERMINALS) this.#wait();
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = null;
    this.#gathered = [];
  }

  #wait(): void {
    this.#timer = this.#clock.after(GATHER_MS, () => {
      this.#timer = null;
      if (this.#gathered.length === 0) return;
      this.#send();
      this.#wait();
    });
  }

  #send(): void {
    const frames = this.#gathered;
    this.#gathered = [];
    for (const { link } of this.#users.pcConns) {
      for (const frame of frames) link.send(frame);
    }
  }
}
