import { ok, refused, type Result } from "../../../result.ts";
import type {
  AdminCredentials,
  AdminRole,
  AdminSession,
  ApiKey,
  CredentialOwner,
} from "../../management.ts";
import { EXPIRED_KEPT_SEC, lesserRole } from "../../management_limits.ts";
import { isDuplicate, missingTableError } from "../errors.ts";
import type { EngineParts } from "../parts.ts";
import { MUST_CHANGE, ROLE, ROLE_JOIN } from "./admin_accounts.ts";
import { Filter } from "./filters.ts";

type Kind = "session" | "key";
type OwnerRow = Omit<CredentialOwner, "kind" | "mustChange"> & {
  readonly adminRole: AdminRole;
  readonly mustChange: number;
};

const FIND: Readonly<Record<Kind, string>> = {
  session:
    `SELECT s.id, s.adminId, a.uname AS name, ${ROLE} AS role, ${ROLE} AS adminRole, s.lastSeen,
      s.expires, ${MUST_CHANGE} AS mustChange
    FROM TTAdminSession s JOIN IMAdmin a ON a.id = s.adminId ${ROLE_JOIN}
    WHERE s.hash = ? AND a.status = 0`,
  key:
    `SELECT k.id, k.adminId, k.name, k.role, ${ROLE} AS adminRole, k.lastUsed AS lastSeen, k.expires,
      0 AS mustChange
    FROM TTApiKey k JOIN IMAdmin a ON a.id = k.adminId ${ROLE_JOIN}
    WHERE k.hash = ? AND a.status = 0`,
};

const TOUCH: Readonly<Record<Kind, string>> = {
  session: "UPDATE TTAdminSession SET lastSeen = greatest(lastSeen, ?) WHERE id = ?",
  key: "UPDATE TTApiKey SET lastUsed = greatest(lastUsed, ?) WHERE id = ?",
};

/** Everything on the master: a session that was ended must be over at once. */
export class MysqlAdminCredentials implements AdminCredentials {
  readonly #master: EngineParts["master"];

  constructor({ master }: Pick<EngineParts, "master">) {
    this.#master = master;
  }

  openSession(session: {
    adminId: number;
    hash: string;
    now: number;
    expires: number;
    remote: string;
    agent: string;
  }): Promise<number> {
    const { adminId, hash, now, expires, remote, agent } = session;
    return withTables(async () => {
      await this.#master.run(
        "DELETE FROM TTAdminSession WHERE expires < ?",
        [now - EXPIRED_KEPT_SEC],
      );
      const { insertId } = await this.#master.run(
        `INSERT INTO TTAdminSession (adminId, hash, created, lastSeen, expires, remote, agent)
         VALUES (?, ?, ?, ?, ?, ?, ?)`,
        [adminId, hash, now, now, expires, remote, agent],
      );
      return insertId;
    });
  }

  sessions(adminId: number | null, now: number): Promise<readonly AdminSession[]> {
    const filter = new Filter().add("s.expires > ?", now).add("a.status = 0");
    if (adminId !== null) filter.add("s.adminId = ?", adminId);
    return withTables(() =>
      this.#master.rows<AdminSession>(
        `SELECT s.id, s.adminId, a.uname, s.created, s.lastSeen, s.expires, s.remote, s.agent
         FROM TTAdminSession s JOIN IMAdmin a ON a.id = s.adminId
         WHERE ${filter.sql} ORDER BY s.created DESC, s.id DESC`,
        filter.values,
      )
    );
  }

  endSession(id: number, adminId: number | null): Promise<boolean> {
    const filter = new Filter().add("id = ?", id);
    if (adminId !== null) filter.add("adminId = ?", adminId);
    return this.#changes(`DELETE FROM TTAdminSession WHERE ${filter.sql}`, filter.values);
  }

  addKey(key: {
    name: string;
    role: AdminRole;
    adminId: number;
    hash: string;
    now: number;
    expires: number;
  }): Promise<Result<number, "name_taken">> {
    const { name, role, adminId, hash, now, expires } = key;
    return withTables(async () => {
      try {
        const { insertId } = await this.#master.run(
          `INSERT INTO TTApiKey (name, role, adminId, hash, created, expires)
           VALUES (?, ?, ?, ?, ?, ?)`,
          [name, role, adminId, hash, now, expires],
        );
        return ok(insertId);
      } catch (error) {
        if (isDuplicate(error)) return refused("name_taken");
        throw error;
      }
    });
  }

  keys(): Promise<readonly ApiKey[]> {
    return withTables(() =>
      this.#master.rows<ApiKey>(
        "SELECT id, name, role, adminId, created, lastUsed, expires FROM TTApiKey ORDER BY id",
      )
    );
  }

  removeKey(id: number): Promise<boolean> {
    return this.#changes("DELETE FROM TTApiKey WHERE id = ?", [id]);
  }

  find(kind: Kind, hash: string): Promise<CredentialOwner | null> {
    return withTables(async () => {
      const row = await this.#master.row<OwnerRow>(FIND[kind], [hash]);
      if (row === null) return null;
      const { adminRole, role, mustChange, ...rest } = row;
      return { ...rest, kind, role: lesserRole(role, adminRole), mustChange: mustChange === 1 };
    });
  }

  async touch(kind: Kind, id: number, now: number): Promise<void> {
    await this.#changes(TOUCH[kind], [now, id]);
  }

  #changes(sql: string, values: Filter["values"]): Promise<boolean> {
    return withTables(async () => (await this.#master.run(sql, values)).affectedRows > 0);
  }
}

async function withTables<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw missingTableError("TTAdminSession", error);
  }
}
