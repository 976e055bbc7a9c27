import { ok, refused, type Result } from "../../result.ts";
import {
  type Credentials,
  type NewUser,
  USER_STATUS_LEFT,
  type UserRow,
  type UserStore,
} from "../types.ts";
import { retryingDeadlocks } from "./deadlocks.ts";
import { isDuplicate } from "./errors.ts";
import { chunks, idChunks } from "./id_lists.ts";
import { LastUserUpdate } from "./last_user_update.ts";
import type { EngineParts } from "./parts.ts";
import type { SqlValue, Transaction } from "./pool.ts";

/** In the order of {@link UserRow}. NULL, which the schema allows here, reads as the default. */
const COLUMNS = `id, sex, name, domain, nick, phone, email, coalesce(avatar, '') AS avatar,
  departId, coalesce(status, 0) AS status, sign_info, created, updated`;

/** Rows of one INSERT: below half a megabyte, and old servers take one. */
const INSERT_ROWS = 100;
/** Names of one SELECT. */
const CHECKED_NAMES = 500;

export class MysqlUsers implements UserStore {
  readonly #master: EngineParts["master"];
  readonly #slave: EngineParts["slave"];
  readonly #lastUpdate: LastUserUpdate;

  constructor(parts: Pick<EngineParts, "master" | "slave" | "redis" | "clock">) {
    this.#master = parts.master;
    this.#slave = parts.slave;
    this.#lastUpdate = new LastUserUpdate(parts);
  }

  /**
   * MySQL ignores spaces at the end when it compares (docs/spec/storage.md 2.1). Of several rows with
   * the name the last one counts, as in the original (docs/spec/pitfalls.md P-DB6).
   */
  async credentials(name: string): Promise<Credentials | null> {
    const row = await this.#slave.row<UserRow & { password: string; salt: string }>(
      `SELECT ${COLUMNS}, password, salt FROM IMUser WHERE name = ? ORDER BY id DESC LIMIT 1`,
      [name],
    );
    if (row === null) return null;
    const { password, salt, ...user } = row;
    return { user, password, salt };
  }

  async byIds(ids: readonly number[]): Promise<readonly UserRow[]> {
    const rows: UserRow[] = [];
    for (const chunk of idChunks(ids)) {
      rows.push(
        ...await this.#slave.rows<UserRow>(
          `SELECT ${COLUMNS} FROM IMUser WHERE id IN (?) ORDER BY id`,
          [chunk],
        ),
      );
    }
    return rows;
  }

  all(): Promise<readonly UserRow[]> {
    return this.#slave.rows<UserRow>(
      `SELECT ${COLUMNS} FROM IMUser WHERE coalesce(status, 0) <> ? ORDER BY id`,
      [USER_STATUS_LEFT],
    );
  }

  changedSince(since: number): Promise<readonly UserRow[]> {
    return this.#slave.rows<UserRow>(
      `SELECT ${COLUMNS} FROM IMUser WHERE updated >= ? ORDER BY id`,
      [since],
    );
  }

  lastUpdate(): Promise<number> {
    return this.#lastUpdate.get();
  }

  async maxId(): Promise<number> {
    const row = await this.#master.row<{ id: number }>(
      "SELECT coalesce(max(id), 0) AS id FROM IMUser",
    );
    return row!.id;
  }

  async add(users: readonly NewUser[]): Promise<Result<null, "exists">> {
    if (users.length === 0) return ok(null);
    if (hasTwins(users)) return refused("exists");
    try {
      return await retryingDeadlocks(() => this.#master.transaction((tx) => this.#add(tx, users)));
    } catch (error) {
      // A row that came between the check and the insert, where the database has unique keys.
      if (isDuplicate(error)) return refused("exists");
      throw error;
    }
  }

  async #add(tx: Transaction, users: readonly NewUser[]): Promise<Result<null, "exists">> {
    if (await exists(tx, users)) return refused("exists");
    // Wanted ids first, so that no free id is handed out that a later entry wants.
    await insert(tx, users.filter(({ id }) => id !== undefined));
    await insert(tx, users.filter(({ id }) => id === undefined));
    // Before the commit: without Redis nothing has happened.
    await this.#lastUpdate.raiseTo(users.reduce((time, user) => Math.max(time, user.updated), 0));
    return ok(null);
  }
}

/** Whether two of them want the same, as MySQL compares names. */
function hasTwins(users: readonly NewUser[]): boolean {
  const ids = users.flatMap((user) => user.id ?? []);
  if (new Set(ids).size < ids.length) return true;
  return new Set(users.map(({ name }) => name.replace(/ +$/, ""))).size < users.length;
}

/** Locks what it finds and the gaps where it finds nothing: nobody else adds these now. */
async function exists(tx: Transaction, users: readonly NewUser[]): Promise<boolean> {
  for (const names of chunks(users.map(({ name }) => name), CHECKED_NAMES)) {
    const sql = "SELECT id FROM IMUser WHERE name IN (?) LIMIT 1 FOR UPDATE";
    if (await tx.row(sql, [names]) !== null) return true;
  }
  for (const ids of idChunks(users.flatMap(({ id }) => id ?? []))) {
    const sql = "SELECT id FROM IMUser WHERE id IN (?) LIMIT 1 FOR UPDATE";
    if (await tx.row(sql, [ids]) !== null) return true;
  }
  return false;
}

async function insert(tx: Transaction, users: readonly NewUser[]): Promise<void> {
  for (const some of chunks(users, INSERT_ROWS)) {
    const rows = some.map(() => "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)").join(", ");
    await tx.run(
      `INSERT INTO IMUser (id, sex, name, domain, nick, password, salt, phone, email, avatar,
        departId, status, created, updated, sign_info) VALUES ${rows}`,
      some.flatMap(valuesOf),
    );
  }
}

function valuesOf(user: NewUser): SqlValue[] {
  return [
    user.id ?? null,
    user.sex,
    user.name,
    user.domain,
    user.nick,
    user.password,
    user.salt,
    user.phone,
    user.email,
    user.avatar,
    user.departId,
    user.status,
    user.created,
    user.updated,
    user.sign_info,
  ];
}
