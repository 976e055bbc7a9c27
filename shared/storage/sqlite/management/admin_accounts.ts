import { ok, refused, type Result } from "../../../result.ts";
import type { AdminAccount, AdminAccounts, AdminChanges, AdminRole } from "../../management.ts";
import type { Database } from "../database.ts";
import type { Statement } from "../statement.ts";

type Row = Omit<AdminAccount, "mustChange"> & { readonly mustChange: number };

/** What is no hash of ours was set with the original's tools, and is for one sign-in only. */
const COLUMNS = `id, uname, role, status, created, updated,
  (mustChange = 1 OR pwd NOT LIKE 'scrypt$%') AS mustChange`;

export class SqliteAdminAccounts implements AdminAccounts {
  readonly #db: Database;
  readonly #list: Statement<Row>;
  readonly #byName: Statement<Row & { readonly pwd: string }>;
  readonly #byId: Statement<Row>;
  readonly #insert: Statement<object>;
  readonly #update: Statement<object>;
  readonly #otherOwner: Statement<object>;
  readonly #endSessions: Statement<object>;

  constructor(db: Database) {
    this.#db = db;
    this.#list = db.prepare(`SELECT ${COLUMNS} FROM IMAdmin ORDER BY id`);
    this.#byName = db.prepare(`SELECT ${COLUMNS}, pwd FROM IMAdmin WHERE uname = ?`);
    this.#byId = db.prepare(`SELECT ${COLUMNS} FROM IMAdmin WHERE id = ?`);
    this.#insert = db.prepare(`
      INSERT INTO IMAdmin (uname, pwd, role, mustChange, created, updated)
      VALUES (?1, ?2, ?3, 1, ?4, ?4)`);
    this.#update = db.prepare(`
      UPDATE IMAdmin SET role = coalesce(?2, role), status = coalesce(?3, status),
        pwd = coalesce(?4, pwd), mustChange = coalesce(?5, mustChange), updated = ?6
      WHERE id = ?1`);
    this.#otherOwner = db.prepare(`
      SELECT id FROM IMAdmin WHERE id <> ? AND role = 'owner' AND status = 0 LIMIT 1`);
    this.#endSessions = db.prepare("DELETE FROM TTAdminSession WHERE adminId = ? AND id <> ?");
  }

  list(): Promise<readonly AdminAccount[]> {
    return this.#db.read(() => this.#list.all().map(account));
  }

  byName(
    uname: string,
  ): Promise<{ readonly account: AdminAccount; readonly pwd: string } | null> {
    return this.#db.read(() => {
      const row = this.#byName.get(uname);
      if (row === null) return null;
      const { pwd, ...rest } = row;
      return { account: account(rest), pwd };
    });
  }

  add(
    { uname, pwd, role }: { uname: string; pwd: string; role: AdminRole },
    now: number,
  ): Promise<Result<AdminAccount, "name_taken">> {
    return this.#db.write(() => {
      if (this.#byName.get(uname) !== null) return refused("name_taken");
      const id = this.#insert.insert(uname, pwd, role, now);
      return ok(account(this.#byId.get(id)!));
    });
  }

  update(
    id: number,
    { role, status, pwd, mustChange }: AdminChanges,
    { now, keepSession }: { now: number; keepSession: number | null },
  ): Promise<Result<AdminAccount, "unknown_admin" | "last_owner">> {
    return this.#db.write(() => {
      const before = this.#byId.get(id);
      if (before === null) return refused("unknown_admin");
      const wasOwner = before.role === "owner" && before.status === 0;
      const staysOwner = (role ?? before.role) === "owner" && (status ?? before.status) === 0;
      if (wasOwner && !staysOwner && this.#otherOwner.get(id) === null) {
        return refused("last_owner");
      }
      const flag = mustChange === undefined ? null : Number(mustChange);
      this.#update.run(id, role ?? null, status ?? null, pwd ?? null, flag, now);
      const after = this.#byId.get(id)!;
      if (pwd !== undefined || after.status !== 0) this.#endSessions.run(id, keepSession ?? 0);
      return ok(account(after));
    });
  }
}

function account(row: Row): AdminAccount {
  return { ...row, mustChange: row.mustChange === 1 };
}
