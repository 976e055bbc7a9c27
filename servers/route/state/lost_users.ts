/**
 * Users whose last PC terminal went away with its link, while clients still believe them online.
 *
 * Such a user *waits* first, because the msg_server may come back and report him again (P-RT1). When
 * the wait is over and he is not back, clients are told, and he counts as *declared* offline: should
 * his msg_server come back after all, clients have to be told that too, or he would look offline
 * until his next login. A user is in one of the two states at most; there are never more entries
 * than users.
 */
export class LostUsers {
  /** User id to the time in milliseconds at which the wait ends, earliest first. */
  readonly #waiting = new Map<number, number>();
  readonly #declared = new Set<number>();

  /** When the next wait ends; `null` when nobody waits. */
  get nextDueMs(): number | null {
    for (const dueMs of this.#waiting.values()) return dueMs;
    return null;
  }

  /** Starts a wait. `dueMs` is never earlier than in the calls before. */
  lose(userIds: readonly number[], dueMs: number): void {
    for (const userId of userIds) {
      this.#waiting.delete(userId);
      this.#waiting.set(userId, dueMs);
    }
  }

  /** Removes the users whose wait is over. */
  takeDue(nowMs: number): number[] {
    const due: number[] = [];
    for (const [userId, dueMs] of this.#waiting) {
      if (dueMs > nowMs) break;
      this.#waiting.delete(userId);
      due.push(userId);
    }
    return due;
  }

  /** Clients were told that the user is offline because of a loss. */
  declare(userId: number): void {
    this.#declared.add(userId);
  }

  /** Clients were told that the user is offline for another reason: nothing is left to wait for. */
  toldOffline(userId: number): void {
    if (this.#waiting.delete(userId)) this.#declared.add(userId);
  }

  /** The user has a PC terminal again. Tells whether he had been declared offline. */
  back(userId: number): boolean {
    this.#waiting.delete(userId);
    return this.#declared.delete(userId);
  }
}
