import type { DepartmentRow, DepartmentStore } from "../types.ts";
import type { Database } from "./database.ts";
import type { Statement } from "./statement.ts";

const COLUMNS = "id, departName, priority, parentId, status, created, updated";

export class SqliteDepartments implements DepartmentStore {
  readonly #db: Database;
  readonly #changedSince: Statement<DepartmentRow>;
  readonly #put: Statement<object>;

  constructor(db: Database) {
    this.#db = db;
    this.#changedSince = db.prepare(`
      SELECT ${COLUMNS} FROM IMDepart WHERE updated > ? ORDER BY id`);
    this.#put = db.prepare(`REPLACE INTO IMDepart (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)`);
  }

  changedSince(since: number): Promise<readonly DepartmentRow[]> {
    return this.#db.read(() => this.#changedSince.all(since));
  }

  put(departments: readonly DepartmentRow[]): Promise<void> {
    return this.#db.write(() => {
      for (const { id, departName, priority, parentId, status, created, updated } of departments) {
        this.#put.run(id, departName, priority, parentId, status, created, updated);
      }
    });
  }
}
