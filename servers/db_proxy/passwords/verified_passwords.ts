/**
 * Which passwords were found right, so that everybody can come back at once without a scrypt each. An
 * entry is an HMAC, under a key that this process drew, of the stored hash and what was compared with
 * it: a dump of the memory of another process, or of the database, is of no use with it. Every login
 * reads the stored hash, from wherever it was changed, so an entry of an earlier password is never
 * asked for again; whether the user may log in at all is read there too, and never kept.
 */
import { createHmac } from "node:crypto";
import type { Random } from "../../../shared/random.ts";

/** Entries; some 150 bytes each. The one that was used longest ago goes first. */
export const MAX_VERIFIED = 100_000;
const KEY_BYTES = 32;

export class VerifiedPasswords {
  readonly #key: Uint8Array;
  /** In the order of their last use. */
  readonly #entries = new Set<string>();

  constructor(random: Random) {
    this.#key = random.bytes(KEY_BYTES);
  }

  get size(): number {
    return this.#entries.size;
  }

  /** How the pair is called here. */
  keyOf(hash: string, md5: string): string {
    return createHmac("sha256", this.#key).update(hash).update("\0").update(md5).digest("base64");
  }

  has(key: string): boolean {
    if (!this.#entries.delete(key)) return false;
    this.#entries.add(key);
    return true;
  }

  add(key: string): void {
    this.#entries.add(key);
    if (this.#entries.size <= MAX_VERIFIED) return;
    const oldest = this.#entries.values().next();
    if (!oldest.done) this.#entries.delete(oldest.value);
  }
}
