/**
 * Accounts in the original's IMAdmin; what it has no columns for is in TTAdminPassword and
 * TTAdminRole. A row without a role was made by the original's tools, or at the first start: an
 * owner who has to choose a password first.
 */
import { ok, refused, type Result } from "../../../result.ts";
import type { AdminAccount, AdminAccounts, AdminChanges, AdminRole } from "../../management.ts";
import { HASH_ELSEWHERE } from "../../password_form.ts";
import { retryingDeadlocks } from "../deadlocks.ts";
import { missingTableError } from "../errors.ts";
import type { EngineParts } from "../parts.ts";
import type { Transaction } from "../statements.ts";
import { assignments } from "./filters.ts";

type Row = Omit<AdminAccount, "mustChange"> & { readonly mustChange: number };

/** Whether the account has to choose a password: a row that is not ours is for one sign-in. */
export const MUST_CHANGE = `(a.pwd <> '${HASH_ELSEWHERE}' OR coalesce(r.mustChange, 1) = 1)`;
export const ROLE = "coalesce(r.role, 'owner')";
export const ROLE_JOIN = "LEFT JOIN TTAdminRole r ON r.adminId = a.id AND r.created = a.created";

const ACCOUNT = `SELECT a.id, a.uname, ${ROLE} AS role, a.status, ${MUST_CHANGE} AS mustChange,
    a.created, a.updated
  FROM IMAdmin a ${ROLE_JOIN}`;

export class MysqlAdminAccounts implements AdminAccounts {
  readonly #master: EngineParts["master"];

  constructor({ master }: Pick<EngineParts, "master">) {
    this.#master = master;
  }

  list(): Promise<readonly AdminAccount[]> {
    return withTables(async () =>
      (await this.#master.rows<Row>(`${ACCOUNT} ORDER BY a.id`)).map(account)
    );
  }

  byName(
    uname: string,
  ): Promise<{ readonly account: AdminAccount; readonly pwd: string } | null> {
    return withTables(async () => {
      const row = await this.#master.row<Row>(
        `${ACCOUNT} WHERE a.uname = ? ORDER BY a.status, a.id LIMIT 1`,
        [uname],
      );
      if (row === null) return null;
      const stored = await this.#master.row<{ pwd: string; kept: string | null }>(
        `SELECT a.pwd, p.pwd AS kept FROM IMAdmin a
         LEFT JOIN TTAdminPassword p ON p.adminId = a.id WHERE a.id = ?`,
        [row.id],
      );
      const { pwd, kept } = stored!;
      return { account: account(row), pwd: pwd === HASH_ELSEWHERE ? kept ?? pwd : pwd };
    });
  }

  add(
    { uname, pwd, role }: { uname: string; pwd: string; role: AdminRole },
    now: number,
  ): Promise<Result<AdminAccount, "name_taken">> {
    return this.#change<Result<AdminAccount, "name_taken">>(async (tx) => {
      const sql = "SELECT id FROM IMAdmin WHERE uname = ? LIMIT 1 FOR UPDATE";
      if (await tx.row(sql, [uname]) !== null) return refused("name_taken");
      const { insertId: id } = await tx.run(
        "INSERT INTO IMAdmin (uname, pwd, status, created, updated) VALUES (?, ?, 0, ?, ?)",
        [uname, HASH_ELSEWHERE, now, now],
      );
      await setPassword(tx, { id, pwd, now });
      await setRole(tx, { id, created: now, role, mustChange: true });
      return ok((await accountOf(tx, id))!);
    });
  }

  update(
    id: number,
    changes: AdminChanges,
    { now, keepSession }: { now: number; keepSession: number | null },
  ): Promise<Result<AdminAccount, "unknown_admin" | "last_owner">> {
    type Outcome = Result<AdminAccount, "unknown_admin" | "last_owner">;
    return this.#change<Outcome>(async (tx) => {
      // All of them, so that no two owners step down at once.
      await tx.rows("SELECT id FROM IMAdmin FOR UPDATE");
      const before = await accountOf(tx, id);
      if (before === null) return refused("unknown_admin");
      const { role = before.role, status = before.status, pwd } = changes;
      const isOwner = before.role === "owner" && before.status === 0;
      if (isOwner && (role !== "owner" || status !== 0) && !await hasOtherOwner(tx, id)) {
        return refused("last_owner");
      }
      if (pwd !== undefined) await setPassword(tx, { id, pwd, now });
      const { mustChange = before.mustChange } = changes;
      await setRole(tx, { id, created: before.created, role, mustChange });
      const { sql, values } = assignments({
        status,
        updated: now,
        pwd: pwd === undefined ? undefined : HASH_ELSEWHERE,
      })!;
      await tx.run(`UPDATE IMAdmin SET ${sql} WHERE id = ?`, [...values, id]);
      if (pwd !== undefined || status !== 0) {
        const kept = keepSession ?? 0;
        await tx.run("DELETE FROM TTAdminSession WHERE adminId = ? AND id <> ?", [id, kept]);
      }
      return ok((await accountOf(tx, id))!);
    });
  }

  #change<T>(make: (tx: Transaction) => Promise<T>): Promise<T> {
    return withTables(() => retryingDeadlocks(() => this.#master.transaction(make)));
  }
}

async function withTables<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw missingTableError("TTAdminRole", error);
  }
}

async function accountOf(tx: Transaction, id: number): Promise<AdminAccount | null> {
  const row = await tx.row<Row>(`${ACCOUNT} WHERE a.id = ?`, [id]);
  return row === null ? null : account(row);
}

async function hasOtherOwner(tx: Transaction, id: number): Promise<boolean> {
  const sql = `SELECT a.id FROM IMAdmin a ${ROLE_JOIN}
    WHERE a.id <> ? AND a.status = 0 AND ${ROLE} = 'owner' LIMIT 1`;
  return await tx.row(sql, [id]) !== null;
}

async function setPassword(
  tx: Transaction,
  { id, pwd, now }: { id: number; pwd: string; now: number },
): Promise<void> {
  const sql = "REPLACE INTO TTAdminPassword (adminId, pwd, updated) VALUES (?, ?, ?)";
  await tx.run(sql, [id, pwd, now]);
}

async function setRole(
  tx: Transaction,
  { id, created, role, mustChange }: {
    id: number;
    created: number;
    role: AdminRole;
    mustChange: boolean;
  },
): Promise<void> {
  await tx.run(
    "REPLACE INTO TTAdminRole (adminId, created, role, mustChange) VALUES (?, ?, ?, ?)",
    [id, created, role, Number(mustChange)],
  );
}

function account(row: Row): AdminAccount {
  return { ...row, mustChange: row.mustChange === 1 };
}
