/** How a user's password is kept (docs/decisions/0016-passwords-of-users.md). */

/**
 * In the place of a user's or an administrator's MD5 when only the scrypt hash is kept. No MD5 is
 * this, so the original's servers let nobody in with it; and any other value there was written later
 * by the original's tools, and counts.
 */
export const HASH_ELSEWHERE = "*".repeat(32);

/**
 * What an engine keeps of a user's password (docs/decisions/0016-passwords-of-users.md): the scrypt
 * hash alone; that beside the original's MD5, for servers of the original; or the MD5 alone, in a
 * database that has no place for the other.
 */
export type PasswordForm = "hash" | "both" | "legacy";

/** A scrypt hash for a row that has none. `updated` does not move; never with the form `legacy`. */
export interface NewHash {
  readonly userId: number;
  /** `password` of the row when it was read: a password that was set since stays as it is. */
  readonly seen: string;
  /** md5hex(md5hex(plain) + salt), which `hash` is made of. */
  readonly password: string;
  readonly hash: string;
}
