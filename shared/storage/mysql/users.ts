import { nowSec } from "../../clock.ts";
import { ok, refused, type Result } from "../../result.ts";
import type { NewHash, PasswordForm } from "../password_form.ts";
import {
  type Credentials,
  type NewUser,
  USER_STATUS_LEFT,
  type UserRow,
  type UserStore,
} from "../types.ts";
import { CredentialLookup } from "./credential_lookup.ts";
import { retryingDeadlocks } from "./deadlocks.ts";
import { isDuplicate } from "./errors.ts";
import { chunks, idChunks } from "./id_lists.ts";
import { LastUserUpdate } from "./last_user_update.ts";
import type { EngineParts } from "./parts.ts";
import type { SqlValue, Transaction } from "./pool.ts";
import type { HashedUser, UserHashes } from "./user_hashes.ts";

/** In the order of {@link UserRow}. NULL, which the schema allows here, reads as the default. */
const COLUMNS = `id, sex, name, domain, nick, phone, email, coalesce(avatar, '') AS avatar,
  departId, coalesce(status, 0) AS status, sign_info, created, updated`;

/** Said in full where there is another table with such columns. */
const CREDENTIALS = `${COLUMNS.replace("updated", "IMUser.updated")}, IMUser.password, salt`;

/** Rows of one INSERT: below half a megabyte, and old servers take one. */
const INSERT_ROWS = 100;
/** Names of one SELECT. */
const CHECKED_NAMES = 500;

export class MysqlUsers implements UserStore {
  readonly #master: EngineParts["master"];
  readonly #slave: EngineParts["slave"];
  readonly #lastUpdate: LastUserUpdate;
  readonly #clock: EngineParts["clock"];
  readonly #hashes: UserHashes;
  readonly #lookup: CredentialLookup;

  constructor(
    parts: Pick<EngineParts, "master" | "slave" | "redis" | "clock">,
    hashes: UserHashes,
  ) {
    this.#clock = parts.clock;
    this.#hashes = hashes;
    this.#master = parts.master;
    this.#slave = parts.slave;
    this.#lastUpdate = new LastUserUpdate(parts);
    const columns = `${CREDENTIALS}, ${hashes.column}`;
    this.#lookup = new CredentialLookup(parts, { columns, join: hashes.join });
  }

  get passwordForm(): PasswordForm {
    return this.#hashes.form;
  }

  keepHash(change: NewHash): Promise<boolean> {
    return retryingDeadlocks(() => this.#hashes.keep(this.#master, change, nowSec(this.#clock)));
  }

  /** MySQL ignores spaces at the end when it compares (docs/spec/storage.md 2.1). */
  credentials(name: string): Promise<Credentials | null> {
    return this.#lookup.find(name);
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
    const rows = users.map((user) => ({
      ...user,
      password: this.#hashes.stored(user.password, user.hash),
    }));
    await insert(tx, rows.filter(({ id }) => id !== undefined));
    await insert(tx, rows.filter(({ id }) => id === undefined));
    await this.#hashes.put(tx, await withIds(tx, rows), nowSec(this.#clock));
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

/** Those that come with a hash, as they are in the table now. */
async function withIds(tx: Transaction, users: readonly NewUser[]): Promise<HashedUser[]> {
  const found: HashedUser[] = [];
  const hashed = users.filter(({ hash }) => hash !== undefined);
  for (const some of chunks(hashed, CHECKED_NAMES)) {
    const hashes = new Map(some.map(({ name, hash }) => [name, hash!]));
    const rows = await tx.rows<{ id: number; name: string; password: string }>(
      "SELECT id, name, password FROM IMUser WHERE name IN (?)",
      [[...hashes.keys()]],
    );
    for (const { id, name, password } of rows) {
      const hash = hashes.get(name);
      if (hash !== undefined) found.push({ id, password, hash });
    }
  }
  return found;
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
