/**
 * Makes scrypt hashes for rows that have none, behind everything else: one at a time with a pause
 * after each, so that it takes a tenth of a core at most, however many come at once.
 */
import type { Clock, Timer } from "../../../shared/clock.ts";
import type { Logger } from "../../../shared/log/mod.ts";
import { hashPassword } from "../../../shared/password.ts";
import type { Random } from "../../../shared/random.ts";
import type { NewHash } from "../../../shared/storage/password_form.ts";
import type { UserStore } from "../../../shared/storage/types.ts";

export const UPGRADE_PAUSE_MS = 450;
/** Users; as many as an import may have. Whoever does not fit waits for the next login. */
export const MAX_UPGRADES_WAITING = 10_000;

/** A hash that is to be made, or, where there is one already, kept in another form. */
export type Upgrade = Omit<NewHash, "hash"> & { readonly hash: string | null };

export interface HashUpgradesDeps {
  readonly users: Pick<UserStore, "keepHash">;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** Cost of a hash. */
  readonly scryptN: number;
}

export class HashUpgrades {
  readonly #deps: HashUpgradesDeps;
  readonly #waiting = new Map<number, Upgrade>();
  #pause: Timer | null = null;
  #running: Promise<void> | null = null;
  #isStopped = false;

  constructor(deps: HashUpgradesDeps) {
    this.#deps = deps;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  /** At most one per user waits: the newest. */
  add(upgrade: Upgrade): void {
    const isKnown = this.#waiting.has(upgrade.userId);
    if (this.#isStopped || (!isKnown && this.#waiting.size >= MAX_UPGRADES_WAITING)) return;
    this.#waiting.set(upgrade.userId, upgrade);
    if (this.#pause === null && this.#running === null) this.#next();
  }

  /** Resolves when the one under way is stored; those that wait are left to the next login. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#waiting.clear();
    this.#pause?.cancel();
    await this.#running;
  }

  #next(): void {
    this.#pause = null;
    const first = this.#waiting.values().next();
    if (first.done) return;
    this.#waiting.delete(first.value.userId);
    this.#running = this.#make(first.value).then(() => {
      this.#running = null;
      if (this.#isStopped) return;
      this.#pause = this.#deps.clock.after(UPGRADE_PAUSE_MS, () => this.#next());
    });
  }

  async #make({ userId, seen, password, hash }: Upgrade): Promise<void> {
    const { users, random, scryptN, log } = this.#deps;
    try {
      const made = hash ?? await hashPassword(password, random, { n: scryptN });
      await users.keepHash({ userId, seen, password, hash: made });
    } catch (error) {
      // The old form still works, and the next login tries again.
      log.warn("password hash not stored", { userId, error });
    }
  }
}
