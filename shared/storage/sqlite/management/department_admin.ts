import { ok, refused, type Result } from "../../../result.ts";
import type { DepartmentAdmin, DepartmentFields, DepartmentSummary } from "../../management.ts";
import { USER_STATUS_LEFT } from "../../types.ts";
import type { Database } from "../database.ts";
import type { Statement } from "../statement.ts";

interface Place {
  readonly parentId: number;
}

export class SqliteDepartmentAdmin implements DepartmentAdmin {
  readonly #db: Database;
  readonly #list: Statement<DepartmentSummary>;
  readonly #place: Statement<Place>;
  readonly #newest: Statement<{ time: number }>;
  readonly #insert: Statement<object>;
  readonly #update: Statement<object>;
  readonly #remove: Statement<object>;
  readonly #child: Statement<object>;
  readonly #person: Statement<object>;

  constructor(db: Database) {
    this.#db = db;
    this.#list = db.prepare(`
      SELECT id, departName, priority, parentId, created, updated, (
          SELECT count(*) FROM IMUser u WHERE u.departId = d.id AND u.status <> ${USER_STATUS_LEFT}
        ) AS userCount
      FROM IMDepart d WHERE status = 0 ORDER BY priority, id`);
    this.#place = db.prepare("SELECT parentId FROM IMDepart WHERE id = ? AND status = 0");
    this.#newest = db.prepare("SELECT coalesce(max(updated), 0) AS time FROM IMDepart");
    this.#insert = db.prepare(`
      INSERT INTO IMDepart (departName, priority, parentId, status, created, updated)
      VALUES (?1, ?2, ?3, 0, ?4, ?4)`);
    this.#update = db.prepare(`
      UPDATE IMDepart SET departName = coalesce(?2, departName), priority = coalesce(?3, priority),
        parentId = coalesce(?4, parentId), updated = ?5
      WHERE id = ?1`);
    this.#remove = db.prepare("UPDATE IMDepart SET status = 1, updated = ?2 WHERE id = ?1");
    this.#child = db.prepare("SELECT id FROM IMDepart WHERE parentId = ? AND status = 0 LIMIT 1");
    this.#person = db.prepare(`
      SELECT id FROM IMUser WHERE departId = ? AND status <> ${USER_STATUS_LEFT} LIMIT 1`);
  }

  list(): Promise<readonly DepartmentSummary[]> {
    return this.#db.read(() => this.#list.all());
  }

  add(
    { departName, priority, parentId }: DepartmentFields,
    now: number,
  ): Promise<Result<number, "unknown_parent">> {
    return this.#db.write(() => {
      if (parentId !== 0 && this.#place.get(parentId) === null) return refused("unknown_parent");
      return ok(this.#insert.insert(departName, priority, parentId, this.#time(now)));
    });
  }

  update(
    id: number,
    { departName, priority, parentId }: Partial<DepartmentFields>,
    now: number,
  ): Promise<Result<null, "unknown_department" | "unknown_parent" | "cycle">> {
    return this.#db.write(() => {
      if (this.#place.get(id) === null) return refused("unknown_department");
      if (parentId !== undefined && parentId !== 0) {
        if (this.#place.get(parentId) === null) return refused("unknown_parent");
        if (this.#isBelow(parentId, id)) return refused("cycle");
      }
      this.#update.run(
        id,
        departName ?? null,
        priority ?? null,
        parentId ?? null,
        this.#time(now),
      );
      return ok(null);
    });
  }

  remove(
    id: number,
    now: number,
  ): Promise<Result<null, "unknown_department" | "has_departments" | "has_users">> {
    return this.#db.write(() => {
      if (this.#place.get(id) === null) return refused("unknown_department");
      if (this.#child.get(id) !== null) return refused("has_departments");
      if (this.#person.get(id) !== null) return refused("has_users");
      this.#remove.run(id, this.#time(now));
      return ok(null);
    });
  }

  /** Whether the department is this one or below it; old data may have a cycle of its own. */
  #isBelow(id: number, top: number): boolean {
    const seen = new Set<number>();
    for (let at = id; at !== 0 && !seen.has(at); at = this.#place.get(at)?.parentId ?? 0) {
      if (at === top) return true;
      seen.add(at);
    }
    return false;
  }

  /** Clients ask for what is later than the newest they have seen, so it has to be later. */
  #time(now: number): number {
    return Math.max(now, this.#newest.get()!.time + 1);
  }
}
