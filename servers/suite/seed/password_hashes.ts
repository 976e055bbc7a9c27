/** scrypt hashes of seeded users. */
import { hashPassword } from "../../../shared/password.ts";
import type { Random } from "../../../shared/random.ts";
import type { SeedUser } from "./plan.ts";

/** A hash takes some 50 ms: of more different ones the rest is left to the first login of each. */
export const MAX_HASHES = 20;

export class PasswordHashes {
  readonly #options: { readonly random: Random; readonly scryptN: number };
  readonly #made = new Map<string, string>();

  constructor(options: { readonly random: Random; readonly scryptN: number }) {
    this.#options = options;
  }

  /** The user with a hash; users with the same password and salt share one. */
  async addTo(user: SeedUser): Promise<SeedUser & { readonly hash?: string }> {
    const { random, scryptN } = this.#options;
    let hash = this.#made.get(user.password);
    if (hash === undefined) {
      if (this.#made.size >= MAX_HASHES) return user;
      hash = await hashPassword(user.password, random, { n: scryptN });
      this.#made.set(user.password, hash);
    }
    return { ...user, hash };
  }
}
