/**
 * Administrators in the original's IMAdmin, whose `pwd` has room for an MD5 and no more. Our hashes
 * are in TTAdminPassword, and `pwd` then says {@link HASH_ELSEWHERE}. Any other `pwd` was set with
 * the original's tools since, and counts: a forgotten password can be set there, and an id that is
 * given again does not bring along the password of somebody who was deleted.
 */
import { ok, refused, type Result } from "../../result.ts";
import { HASH_ELSEWHERE } from "../password_form.ts";
import type { AdminStore } from "../first_admin.ts";
import { retryingDeadlocks } from "./deadlocks.ts";
import { missingTableError } from "./errors.ts";
import type { EngineParts } from "./parts.ts";

/** As the column compares; but it is of three bytes per character, and so not every name compares. */
const IS_CALLED = "CONVERT(uname USING utf8mb4) COLLATE utf8mb4_general_ci = ?";

export class MysqlAdmins implements AdminStore {
  readonly #master: EngineParts["master"];

  constructor({ master }: Pick<EngineParts, "master">) {
    this.#master = master;
  }

  async count(): Promise<number> {
    const row = await this.#master.row<{ count: number }>(
      "SELECT count(*) AS count FROM IMAdmin WHERE status = 0",
    );
    return row!.count;
  }

  async add(
    { uname, pwd, now }: { uname: string; pwd: string; now: number },
  ): Promise<Result<null, "exists">> {
    const adding = () =>
      this.#master.transaction<Result<null, "exists">>(async (tx) => {
        const sql = `SELECT id FROM IMAdmin WHERE ${IS_CALLED} LIMIT 1 FOR UPDATE`;
        if (await tx.row(sql, [uname]) !== null) return refused("exists");
        const { insertId } = await tx.run(
          "INSERT INTO IMAdmin (uname, pwd, status, created, updated) VALUES (?, ?, 0, ?, ?)",
          [uname, HASH_ELSEWHERE, now, now],
        );
        await tx.run(
          "REPLACE INTO TTAdminPassword (adminId, pwd, updated) VALUES (?, ?, ?)",
          [insertId, pwd, now],
        );
        return ok(null);
      });
    try {
      return await retryingDeadlocks(adding);
    } catch (error) {
      throw missingTableError("TTAdminPassword", error);
    }
  }

  async passwordHash(uname: string): Promise<string | null> {
    const admin = await this.#master.row<{ id: number; pwd: string }>(
      `SELECT id, pwd FROM IMAdmin WHERE ${IS_CALLED} AND status = 0 ORDER BY id LIMIT 1`,
      [uname],
    );
    if (admin?.pwd !== HASH_ELSEWHERE) return admin?.pwd ?? null;
    const kept = await this.#master.row<{ pwd: string }>(
      "SELECT pwd FROM TTAdminPassword WHERE adminId = ?",
      [admin.id],
    );
    return kept?.pwd ?? admin.pwd;
  }
}
