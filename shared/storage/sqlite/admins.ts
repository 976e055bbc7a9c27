import { ok, refused, type Result } from "../../result.ts";
import type { AdminStore } from "../first_admin.ts";
import type { Database } from "./database.ts";
import type { Statement } from "./statement.ts";

export class SqliteAdmins implements AdminStore {
  readonly #db: Database;
  readonly #count: Statement<{ count: number }>;
  readonly #hash: Statement<{ pwd: string }>;
  readonly #insert: Statement<object>;

  constructor(db: Database) {
    this.#db = db;
    this.#count = db.prepare("SELECT count(*) AS count FROM IMAdmin WHERE status = 0");
    this.#hash = db.prepare("SELECT pwd FROM IMAdmin WHERE uname = ? AND status = 0");
    this.#insert = db.prepare(`
      INSERT INTO IMAdmin (uname, pwd, created, updated) VALUES (?1, ?2, ?3, ?3)
      ON CONFLICT (uname) DO NOTHING`);
  }

  count(): Promise<number> {
    return this.#db.read(() => this.#count.get()!.count);
  }

  add(admin: { uname: string; pwd: string; now: number }): Promise<Result<null, "exists">> {
    return this.#db.write(() => {
      const added = this.#insert.run(admin.uname, admin.pwd, admin.now);
      return added === 0 ? refused("exists") : ok(null);
    });
  }

  passwordHash(uname: string): Promise<string | null> {
    return this.#db.read(() => this.#hash.get(uname)?.pwd ?? null);
  }
}
