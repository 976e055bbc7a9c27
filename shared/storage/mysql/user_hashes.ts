/**
 * scrypt hashes of users, in TTUserPassword beside the original's IMUser. A row there counts only
 * while its `password` is that of the user's row: a password that the original's tools set later makes
 * it void, and so does an id that they give again (docs/decisions/0016-passwords-of-users.md).
 */
import { HASH_ELSEWHERE, type NewHash, type PasswordForm } from "../password_form.ts";
import { chunks } from "./id_lists.ts";
import type { MysqlPool } from "./pool.ts";
import type { SqlValue, Transaction } from "./statements.ts";

/** Rows of one REPLACE. */
const ROWS = 500;

/** A user's password as it is in IMUser, with its hash. */
export interface HashedUser {
  readonly id: number;
  readonly password: string;
  readonly hash: string;
}

export class UserHashes {
  readonly form: PasswordForm;

  constructor(form: PasswordForm) {
    this.form = form;
  }

  /** Column `hash` of {@link join}. */
  get column(): string {
    return this.form === "legacy" ? "NULL AS hash" : "TTUserPassword.hash AS hash";
  }

  /** To be put behind `FROM IMUser`. */
  get join(): string {
    return this.form === "legacy" ? "" : `LEFT JOIN TTUserPassword
      ON TTUserPassword.userId = IMUser.id AND TTUserPassword.password = IMUser.password`;
  }

  /** What goes into IMUser.password for an MD5, with its hash if there is one. */
  stored(password: string, hash: string | undefined): string {
    return this.form === "hash" && hash !== undefined ? HASH_ELSEWHERE : password;
  }

  /** `users` have what {@link stored} said in IMUser. */
  async put(tx: Transaction, users: readonly HashedUser[], now: number): Promise<void> {
    if (this.form === "legacy") return;
    for (const some of chunks(users, ROWS)) {
      await tx.run(
        `REPLACE INTO TTUserPassword (userId, password, hash, updated) VALUES ${
          some.map(() => "(?, ?, ?, ?)").join(", ")
        }`,
        some.flatMap(({ id, password, hash }): SqlValue[] => [id, password, hash, now]),
      );
    }
  }

  /** As {@link UserStore.keepHash}. */
  keep(
    master: MysqlPool,
    { userId, seen, password, hash }: NewHash,
    now: number,
  ): Promise<boolean> {
    return master.transaction(async (tx) => {
      const kept = this.stored(password, hash);
      const { affectedRows } = await tx.run(
        "UPDATE IMUser SET password = ? WHERE id = ? AND password = ?",
        [kept, userId, seen],
      );
      if (affectedRows === 0) return false;
      await this.put(tx, [{ id: userId, password: kept, hash }], now);
      return true;
    });
  }
}
