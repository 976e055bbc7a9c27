import { ok, refused, type Result } from "../../../result.ts";
import { containing, idIn } from "../../like_pattern.ts";
import type {
  Page,
  PasswordFields,
  SortOrder,
  UserDirectory,
  UserFields,
  UserQuery,
  UserUpdate,
  UserWriteRefusal,
  UserWrites,
} from "../../management.ts";
import { HASH_ELSEWHERE } from "../../password_form.ts";
import { USER_STATUS_LEFT, type UserRow } from "../../types.ts";
import { idChunks } from "../id_lists.ts";
import { UserChanges } from "../user_changes.ts";
import type { Statement, Value } from "../statement.ts";
import type { ManagementParts } from "./mod.ts";

const COLUMNS = `id, sex, name, domain, nick, phone, email, avatar, departId, status, sign_info,
  created, updated`;

const FILTER = `
  id > ?1
  AND (?2 = '' OR id = ?3 OR name LIKE ?4 ESCAPE '\\' OR nick LIKE ?4 ESCAPE '\\'
    OR domain LIKE ?4 ESCAPE '\\' OR phone LIKE ?4 ESCAPE '\\' OR email LIKE ?4 ESCAPE '\\')
  AND (?5 IS NULL OR status IN (SELECT value FROM json_each(?5)))
  AND (?6 IS NULL OR departId = ?6)`;

/** In the order of the values in {@link SqliteUserDirectory.write}. */
const WRITTEN = [
  "sex",
  "name",
  "domain",
  "nick",
  "phone",
  "email",
  "avatar",
  "departId",
  "status",
  "sign_info",
  "password",
  "salt",
  "hash",
] as const;

export class SqliteUserDirectory implements UserDirectory {
  readonly #parts: ManagementParts;
  readonly #changes: UserChanges;
  readonly #count: Statement<{ count: number }>;
  /** One per column and direction, made when it is first asked for. */
  readonly #lists = new Map<string, Statement<UserRow>>();
  readonly #byIds: Statement<UserRow>;
  readonly #byNames: Statement<UserRow>;
  readonly #named: Statement<{ id: number }>;
  readonly #exists: Statement<{ id: number }>;
  readonly #department: Statement<{ id: number }>;
  readonly #insert: Statement<object>;
  readonly #update: Statement<object>;
  readonly #eraseToken: Statement<object>;

  constructor(parts: ManagementParts) {
    const { db } = parts;
    this.#parts = parts;
    this.#changes = new UserChanges(db);
    this.#count = db.prepare(`SELECT count(*) AS count FROM IMUser WHERE ${FILTER}`);
    this.#byIds = db.prepare(`
      SELECT ${COLUMNS} FROM IMUser WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id`);
    this.#byNames = db.prepare(`
      SELECT ${COLUMNS} FROM IMUser WHERE name IN (SELECT value FROM json_each(?)) ORDER BY id`);
    this.#named = db.prepare("SELECT id FROM IMUser WHERE name = ?");
    this.#exists = db.prepare("SELECT id FROM IMUser WHERE id = ?");
    this.#department = db.prepare("SELECT id FROM IMDepart WHERE id = ? AND status = 0");
    const marks = WRITTEN.map((_, i) => `?${i + 2}`);
    this.#insert = db.prepare(`
      INSERT INTO IMUser (created, updated, ${WRITTEN.join(", ")})
      VALUES (?1, ?1, ${marks.join(", ")})`);
    // A value that is null stays what it is.
    const sets = WRITTEN.map((column, i) => `${column} = coalesce(?${i + 2}, ${column})`);
    this.#update = db.prepare(`
      UPDATE IMUser SET updated = ?1, ${sets.join(", ")} WHERE id = ?${WRITTEN.length + 2}`);
    this.#eraseToken = db.prepare("DELETE FROM DeviceToken WHERE userId = ?");
  }

  list(query: UserQuery): Promise<Page<UserRow>> {
    const filter: Value[] = [
      query.afterId,
      query.search,
      idIn(query.search),
      containing(query.search),
      query.statuses === null ? null : JSON.stringify(query.statuses),
      query.departId,
    ];
    return this.#parts.db.read(() => ({
      total: this.#count.get(...filter)!.count,
      rows: this.#list(query.sort, query.order).all(...filter, query.limit, query.offset),
    }));
  }

  byIds(ids: readonly number[]): Promise<readonly UserRow[]> {
    return this.#parts.db.read(() => idChunks(ids).flatMap((chunk) => this.#byIds.all(chunk)));
  }

  byNames(names: readonly string[]): Promise<readonly UserRow[]> {
    return this.#parts.db.read(() => this.#byNames.all(JSON.stringify(names)));
  }

  write({ add, update, now }: UserWrites): Promise<Result<readonly number[], UserWriteRefusal>> {
    return this.#parts.db.write(() => {
      const refusal = this.#refusal({ add, update });
      if (refusal !== null) return refused(refusal);
      const { time, happened } = this.#changes.at(now);
      const ids = add.map((user) => this.#insert.insert(time, ...valuesOf(user)));
      for (const { id, changes } of update) {
        this.#update.run(time, ...valuesOf(changes), id);
        if (changes.status === USER_STATUS_LEFT) this.#eraseToken.run(id);
        if (changes.status !== undefined) this.#parts.activeUsers.forget();
      }
      happened();
      return ok(ids);
    });
  }

  #refusal({ add, update }: Pick<UserWrites, "add" | "update">): UserWriteRefusal | null {
    if (update.some(({ id }) => this.#exists.get(id) === null)) return "unknown_user";
    const departments = [...add, ...update.map(({ changes }) => changes)]
      .flatMap(({ departId }) => departId ?? []);
    if ([...new Set(departments)].some((id) => this.#department.get(id) === null)) {
      return "unknown_department";
    }
    const named: readonly Pick<UserUpdate, "id" | "changes">[] = [
      ...add.map((user) => ({ id: 0, changes: user })),
      ...update.filter(({ changes }) => changes.name !== undefined),
    ];
    const names = new Set(named.map(({ changes }) => changes.name));
    if (names.size < named.length) return "name_taken";
    const isTaken = named.some(({ id, changes }) => {
      const holder = this.#named.get(changes.name!);
      return holder !== null && holder.id !== id;
    });
    return isTaken ? "name_taken" : null;
  }

  #list(sort: string, order: SortOrder): Statement<UserRow> {
    const key = `${sort} ${order}`;
    let statement = this.#lists.get(key);
    if (statement === undefined) {
      statement = this.#parts.db.prepare(`
        SELECT ${COLUMNS} FROM IMUser WHERE ${FILTER} ORDER BY ${key}, id LIMIT ?7 OFFSET ?8`);
      this.#lists.set(key, statement);
    }
    return statement;
  }
}

/** In the order of {@link WRITTEN}; `null` for what is not given. A new password replaces its hash. */
function valuesOf(fields: Partial<UserFields & PasswordFields>): Value[] {
  const { password, hash } = fields;
  const stored = password === undefined
    ? fields
    : { ...fields, password: hash === undefined ? password : HASH_ELSEWHERE, hash: hash ?? "" };
  return WRITTEN.map((column) => stored[column] ?? null);
}
