/** Checks and keeps passwords of users (docs/decisions/0016-passwords-of-users.md). */
import type { Clock } from "../../../shared/clock.ts";
import type { Logger } from "../../../shared/log/mod.ts";
import {
  hasCost,
  hashPassword,
  isSameHash,
  teamtalkPasswordHash,
  verifyPassword,
} from "../../../shared/password.ts";
import type { Random } from "../../../shared/random.ts";
import type { UserWrites } from "../../../shared/storage/management.ts";
import { HASH_ELSEWHERE } from "../../../shared/storage/password_form.ts";
import type { Credentials, UserStore } from "../../../shared/storage/types.ts";
import { HashUpgrades } from "./hash_upgrades.ts";
import { ScryptQueue } from "./scrypt_queue.ts";
import { VerifiedPasswords } from "./verified_passwords.ts";

/** `busy`: too many wait for their turn; nothing is known of this one. */
export type PasswordVerdict = "right" | "wrong" | "busy";

/** Passwords of one write that are hashed before it; those of a longer one, an import, after it. */
export const MAX_HASHED_AT_ONCE = 20;

export interface UserPasswordsDeps {
  readonly users: UserStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /**
   * Cost of new hashes (`shared/password.ts`); 0: none are made, for a simulation, which threads of the
   * runtime are no part of.
   */
  readonly scryptN: number;
}

export class UserPasswords {
  readonly #deps: UserPasswordsDeps;
  readonly #queue = new ScryptQueue();
  readonly #verified: VerifiedPasswords;
  readonly #upgrades: HashUpgrades;
  /** Checks under way, by the name that the cache has for them: the same one is made once. */
  readonly #checks = new Map<string, Promise<PasswordVerdict>>();
  /** Compared with when there is no such user; made at the first need. */
  #nobody: Promise<string> | null = null;

  constructor(deps: UserPasswordsDeps) {
    this.#deps = deps;
    this.#verified = new VerifiedPasswords(deps.random);
    this.#upgrades = new HashUpgrades(deps);
  }

  /**
   * Whether `received`, md5hex of the plain password, is that of the row. Without a promise where no
   * scrypt is needed: beside an MD5 that is kept, or when it was found right before.
   */
  check(
    { password, salt, hash }: Omit<Credentials, "user">,
    received: string,
  ): PasswordVerdict | Promise<PasswordVerdict> {
    const md5 = teamtalkPasswordHash(received, salt);
    if (password !== HASH_ELSEWHERE) return isSameHash(md5, password) ? "right" : "wrong";
    return hash === null ? "wrong" : this.#checkHash(hash, md5);
  }

  /** `wrong`, after as long as a check takes: names that exist are not told from others by time. */
  async checkNobody(): Promise<PasswordVerdict> {
    const { users, random, scryptN } = this.#deps;
    if (users.passwordForm !== "hash" || scryptN === 0) return "wrong";
    this.#nobody ??= hashPassword("", random, { n: scryptN });
    const hash = await this.#nobody;
    const verdict = await this.#queue.run(() => verifyPassword("nobody", hash));
    return verdict === null ? "busy" : "wrong";
  }

  /** After a check that was `right`: brings the row into the form that it is to have, later. */
  keep({ user, password, salt, hash }: Credentials, received: string): void {
    const { users, scryptN } = this.#deps;
    const form = users.passwordForm;
    if (!this.#makesHashes) return;
    const usable = hash !== null && hasCost(hash, scryptN) ? hash : null;
    const isKept = (password === HASH_ELSEWHERE) === (form === "hash");
    if (usable !== null && isKept) return;
    const md5 = teamtalkPasswordHash(received, salt);
    this.#upgrades.add({ userId: user.id, seen: password, password: md5, hash: usable });
  }

  /**
   * Passwords that somebody sets, with their hashes. Of a long list, and while too many checks wait,
   * they come without; {@link written} sees to those.
   */
  async hashed<Writes extends Pick<UserWrites, "add" | "update">>(writes: Writes): Promise<Writes> {
    if (!this.#makesHashes) return writes;
    const set = [...writes.add, ...writes.update.map(({ changes }) => changes)]
      .filter(({ password }) => password !== undefined);
    if (set.length > MAX_HASHED_AT_ONCE) return writes;
    const hashes = new Map(
      await Promise.all(set.map(async (fields) => [fields, await this.#hash(fields)] as const)),
    );
    const withHash = <Fields extends object>(fields: Fields): Fields => {
      const hash = hashes.get(fields as Fields & UserWrites["update"][number]["changes"]);
      return hash === undefined || hash === null ? fields : { ...fields, hash };
    };
    return {
      ...writes,
      add: writes.add.map(withHash),
      update: writes.update.map(({ id, changes }) => ({ id, changes: withHash(changes) })),
    };
  }

  /** Passwords that were written without a hash get one later. `ids` are those of the added users. */
  written({ add, update }: Pick<UserWrites, "add" | "update">, ids: readonly number[]): void {
    if (!this.#makesHashes) return;
    const rows = [
      ...add.map((fields, i) => ({ id: ids[i]!, changes: fields })),
      ...update,
    ];
    for (const { id: userId, changes: { password, hash } } of rows) {
      if (password === undefined || hash !== undefined) continue;
      this.#upgrades.add({ userId, seen: password, password, hash: null });
    }
  }

  /** Nothing is hashed or stored by this any more. */
  stop(): Promise<void> {
    return this.#upgrades.stop();
  }

  get #makesHashes(): boolean {
    return this.#deps.users.passwordForm !== "legacy" && this.#deps.scryptN > 0;
  }

  #checkHash(hash: string, md5: string): PasswordVerdict | Promise<PasswordVerdict> {
    const key = this.#verified.keyOf(hash, md5);
    if (this.#verified.has(key)) return "right";
    let check = this.#checks.get(key);
    if (check === undefined) {
      check = this.#verify(key, { hash, md5 }).finally(() => this.#checks.delete(key));
      this.#checks.set(key, check);
    }
    return check;
  }

  async #verify(
    key: string,
    { hash, md5 }: { readonly hash: string; readonly md5: string },
  ): Promise<PasswordVerdict> {
    const isRight = await this.#queue.run(() => verifyPassword(md5, hash));
    if (isRight === null) return "busy";
    if (!isRight) return "wrong";
    this.#verified.add(key);
    return "right";
  }

  #hash({ password }: { readonly password?: string }): Promise<string | null> {
    const { random, scryptN } = this.#deps;
    return this.#queue.run(() => hashPassword(password!, random, { n: scryptN }));
  }
}
