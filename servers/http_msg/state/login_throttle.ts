/**
 * Failed sign-ins of administrators: per name, per address and together, within a quarter of an
 * hour. An attempt is counted before the password is checked, so that guesses sent at once do not
 * slip through, and taken back when it was right. Each server counts for itself; a restart forgets.
 */
import { LruMap } from "../../../shared/lru_map.ts";

/** Failures within {@link WINDOW_SEC} after which nothing more is checked. */
export const MAX_PER_NAME = 10;
export const MAX_PER_REMOTE = 20;
export const WINDOW_SEC = 15 * 60;
/** Names and addresses remembered; the one that was not used for longest is forgotten first. */
const MAX_REMEMBERED = 10_000;

export class LoginThrottle {
  /** Times of the last failures, oldest first. */
  readonly #failures = new LruMap<string, readonly number[]>({ maxWeight: MAX_REMEMBERED });

  /** Counts an attempt. Seconds until the next is allowed when it is one too many, else 0. */
  begin(name: string, remote: string, now: number): number {
    const waits = [
      this.#wait(nameKey(name), MAX_PER_NAME, now),
      this.#wait(remoteKey(remote), MAX_PER_REMOTE, now),
    ];
    const wait = Math.max(...waits);
    if (wait > 0) return wait;
    for (const key of [nameKey(name), remoteKey(remote)]) {
      this.#failures.set(key, [...this.#recent(key, now), now]);
    }
    return 0;
  }

  /** The password was right: nothing is held against the name, and not this attempt. */
  succeeded(name: string, remote: string, now: number): void {
    this.#failures.delete(nameKey(name));
    const rest = this.#recent(remoteKey(remote), now).slice(0, -1);
    this.#failures.set(remoteKey(remote), rest);
  }

  #wait(key: string, max: number, now: number): number {
    const recent = this.#recent(key, now);
    return recent.length < max ? 0 : Math.max(1, recent.at(-max)! + WINDOW_SEC - now);
  }

  #recent(key: string, now: number): readonly number[] {
    return (this.#failures.get(key) ?? []).filter((time) => time > now - WINDOW_SEC);
  }
}

function nameKey(name: string): string {
  return `name ${name}`;
}

function remoteKey(remote: string): string {
  return `from ${remote}`;
}
