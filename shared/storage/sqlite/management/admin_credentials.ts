import { ok, refused, type Result } from "../../../result.ts";
import type {
  AdminCredentials,
  AdminRole,
  AdminSession,
  ApiKey,
  CredentialOwner,
} from "../../management.ts";
import { EXPIRED_KEPT_SEC, lesserRole } from "../../management_limits.ts";
import type { Database } from "../database.ts";
import type { Statement } from "../statement.ts";

type Kind = "session" | "key";
type OwnerRow = Omit<CredentialOwner, "kind" | "mustChange"> & {
  readonly adminRole: AdminRole;
  readonly mustChange: number;
};

export class SqliteAdminCredentials implements AdminCredentials {
  readonly #db: Database;
  readonly #open: Statement<object>;
  readonly #forget: Statement<object>;
  readonly #sessions: Statement<AdminSession>;
  readonly #end: Statement<object>;
  readonly #keyNamed: Statement<object>;
  readonly #addKey: Statement<object>;
  readonly #keys: Statement<ApiKey>;
  readonly #removeKey: Statement<object>;
  readonly #find: Readonly<Record<Kind, Statement<OwnerRow>>>;
  readonly #touch: Readonly<Record<Kind, Statement<object>>>;

  constructor(db: Database) {
    this.#db = db;
    this.#open = db.prepare(`
      INSERT INTO TTAdminSession (adminId, hash, created, lastSeen, expires, remote, agent)
      VALUES (?1, ?2, ?3, ?3, ?4, ?5, ?6)`);
    this.#forget = db.prepare("DELETE FROM TTAdminSession WHERE expires < ?");
    this.#sessions = db.prepare(`
      SELECT s.id, s.adminId, a.uname, s.created, s.lastSeen, s.expires, s.remote, s.agent
      FROM TTAdminSession s JOIN IMAdmin a ON a.id = s.adminId
      WHERE s.expires > ?1 AND a.status = 0 AND (?2 IS NULL OR s.adminId = ?2)
      ORDER BY s.created DESC, s.id DESC`);
    this.#end = db.prepare(`
      DELETE FROM TTAdminSession WHERE id = ?1 AND (?2 IS NULL OR adminId = ?2)`);
    this.#keyNamed = db.prepare("SELECT id FROM TTApiKey WHERE name = ?");
    this.#addKey = db.prepare(`
      INSERT INTO TTApiKey (name, role, adminId, hash, created, expires)
      VALUES (?, ?, ?, ?, ?, ?)`);
    this.#keys = db.prepare(`
      SELECT id, name, role, adminId, created, lastUsed, expires FROM TTApiKey ORDER BY id`);
    this.#removeKey = db.prepare("DELETE FROM TTApiKey WHERE id = ?");
    this.#find = {
      session: db.prepare(`
        SELECT s.id, s.adminId, a.uname AS name, a.role, a.role AS adminRole, s.lastSeen, s.expires,
          (a.mustChange = 1 OR a.pwd NOT LIKE 'scrypt$%') AS mustChange
        FROM TTAdminSession s JOIN IMAdmin a ON a.id = s.adminId
        WHERE s.hash = ? AND a.status = 0`),
      key: db.prepare(`
        SELECT k.id, k.adminId, k.name, k.role, a.role AS adminRole, k.lastUsed AS lastSeen,
          k.expires, 0 AS mustChange
        FROM TTApiKey k JOIN IMAdmin a ON a.id = k.adminId
        WHERE k.hash = ? AND a.status = 0`),
    };
    this.#touch = {
      session: db.prepare("UPDATE TTAdminSession SET lastSeen = max(lastSeen, ?2) WHERE id = ?1"),
      key: db.prepare("UPDATE TTApiKey SET lastUsed = max(lastUsed, ?2) WHERE id = ?1"),
    };
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
    return this.#db.write(() => {
      this.#forget.run(now - EXPIRED_KEPT_SEC);
      return this.#open.insert(adminId, hash, now, expires, remote, agent);
    });
  }

  sessions(adminId: number | null, now: number): Promise<readonly AdminSession[]> {
    return this.#db.read(() => this.#sessions.all(now, adminId));
  }

  endSession(id: number, adminId: number | null): Promise<boolean> {
    return this.#db.write(() => this.#end.run(id, adminId) > 0);
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
    return this.#db.write(() => {
      if (this.#keyNamed.get(name) !== null) return refused("name_taken");
      return ok(this.#addKey.insert(name, role, adminId, hash, now, expires));
    });
  }

  keys(): Promise<readonly ApiKey[]> {
    return this.#db.read(() => this.#keys.all());
  }

  removeKey(id: number): Promise<boolean> {
    return this.#db.write(() => this.#removeKey.run(id) > 0);
  }

  find(kind: Kind, hash: string): Promise<CredentialOwner | null> {
    return this.#db.read(() => {
      const row = this.#find[kind].get(hash);
      if (row === null) return null;
      const { adminRole, role, mustChange, ...rest } = row;
      return { ...rest, kind, role: lesserRole(role, adminRole), mustChange: mustChange === 1 };
    });
  }

  touch(kind: Kind, id: number, now: number): Promise<void> {
    return this.#db.write(() => void this.#touch[kind].run(id, now));
  }
}
