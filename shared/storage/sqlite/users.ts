import type { Clock } from "../../clock.ts";
import { ok, refused, type Result } from "../../result.ts";
import { HASH_ELSEWHERE, type NewHash } from "../password_form.ts";
import {
  type Credentials,
  type NewUser,
  USER_STATUS_LEFT,
  type UserRow,
  type UserStore,
} from "../types.ts";
import type { Database } from "./database.ts";
import { idChunks } from "./id_lists.ts";
import { LastUserUpdate } from "./marks.ts";
import type { Statement } from "./statement.ts";

/** In the order of {@link UserRow}. */
const COLUMNS = `id, sex, name, domain, nick, phone, email, avatar, departId, status, sign_info,
  created, updated`;

export class SqliteUsers implements UserStore {
  readonly #db: Database;
  readonly #lastUpdate: LastUserUpdate;
  /** Nobody but this suite reads the file. */
  readonly passwordForm = "hash";
  readonly #byName: Statement<UserRow & { password: string; salt: string; hash: string }>;
  readonly #keepHash: Statement<object>;
  readonly #byIds: Statement<UserRow>;
  readonly #all: Statement<UserRow>;
  readonly #changedSince: Statement<UserRow>;
  readonly #maxId: Statement<{ id: number }>;
  readonly #taken: Statement<{ id: number }>;
  readonly #insert: Statement<object>;

  constructor(db: Database, clock: Clock) {
    this.#db = db;
    this.#lastUpdate = new LastUserUpdate(db);
    this.#lastUpdate.startAt(clock);
    this.#byName = db.prepare(`SELECT ${COLUMNS}, password, salt, hash FROM IMUser WHERE name = ?`);
    this.#keepHash = db.prepare(`
      UPDATE IMUser SET hash = ?1, password = '${HASH_ELSEWHERE}' WHERE id = ?2 AND password = ?3`);
    this.#byIds = db.prepare(`
      SELECT ${COLUMNS} FROM IMUser WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id`);
    this.#all = db.prepare(`
      SELECT ${COLUMNS} FROM IMUser WHERE status <> ${USER_STATUS_LEFT} ORDER BY id`);
    this.#changedSince = db.prepare(`
      SELECT ${COLUMNS} FROM IMUser INDEXED BY IMUser_updated WHERE updated >= ? ORDER BY id`);
    this.#maxId = db.prepare("SELECT coalesce(max(id), 0) AS id FROM IMUser");
    this.#taken = db.prepare("SELECT id FROM IMUser WHERE name = ?1 OR id = ?2 LIMIT 1");
    this.#insert = db.prepare(`
      INSERT INTO IMUser (id, sex, name, domain, nick, password, salt, phone, email, avatar,
        departId, status, created, updated, sign_info, hash)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  }

  credentials(name: string): Promise<Credentials | null> {
    return this.#db.read(() => {
      const row = this.#byName.get(name);
      if (row === null) return null;
      const { password, salt, hash, ...user } = row;
      return { user, password, salt, hash: hash === "" ? null : hash };
    });
  }

  keepHash({ userId, seen, hash }: NewHash): Promise<boolean> {
    return this.#db.write(() => this.#keepHash.run(hash, userId, seen) > 0);
  }

  byIds(ids: readonly number[]): Promise<readonly UserRow[]> {
    return this.#db.read(() => idChunks(ids).flatMap((chunk) => this.#byIds.all(chunk)));
  }

  all(): Promise<readonly UserRow[]> {
    return this.#db.read(() => this.#all.all());
  }

  changedSince(since: number): Promise<readonly UserRow[]> {
    return this.#db.read(() => this.#changedSince.all(since));
  }

  lastUpdate(): Promise<number> {
    return this.#db.read(() => this.#lastUpdate.get());
  }

  maxId(): Promise<number> {
    return this.#db.read(() => this.#maxId.get()!.id);
  }

  add(users: readonly NewUser[]): Promise<Result<null, "exists">> {
    return this.#db.write(() => {
      if (this.#exists(users)) return refused("exists");
      // Wanted ids first, so that no free id is handed out that a later entry wants.
      for (const user of users) if (user.id !== undefined) this.#add(user);
      for (const user of users) if (user.id === undefined) this.#add(user);
      for (const user of users) this.#lastUpdate.raiseTo(user.updated);
      return ok(null);
    });
  }

  #exists(users: readonly NewUser[]): boolean {
    const ids = users.flatMap((user) => user.id ?? []);
    if (new Set(ids).size < ids.length) return true;
    if (new Set(users.map((user) => user.name)).size < users.length) return true;
    return users.some((user) => this.#taken.get(user.name, user.id ?? null) !== null);
  }

  #add(user: NewUser): void {
    this.#insert.run(
      user.id ?? null,
      user.sex,
      user.name,
      user.domain,
      user.nick,
      user.hash === undefined ? user.password : HASH_ELSEWHERE,
      user.salt,
      user.phone,
      user.email,
      user.avatar,
      user.departId,
      user.status,
      user.created,
      user.updated,
      user.sign_info,
      user.hash ?? "",
    );
  }
}
