import { ok, refused, type Result } from "../../../result.ts";
import type { DepartmentAdmin, DepartmentFields, DepartmentSummary } from "../../management.ts";
import { USER_STATUS_LEFT } from "../../types.ts";
import { retryingDeadlocks } from "../deadlocks.ts";
import type { EngineParts } from "../parts.ts";
import type { Transaction } from "../statements.ts";
import { assignments } from "./filters.ts";

/** Departments that are not deleted, by id, with the time that a change has to have. */
interface Tree {
  readonly parents: ReadonlyMap<number, number>;
  readonly time: number;
}

export class MysqlDepartmentAdmin implements DepartmentAdmin {
  readonly #master: EngineParts["master"];

  constructor({ master }: Pick<EngineParts, "master">) {
    this.#master = master;
  }

  list(): Promise<readonly DepartmentSummary[]> {
    return this.#master.rows<DepartmentSummary>(
      `SELECT d.id, d.departName, d.priority, d.parentId, d.created, d.updated,
         coalesce(u.userCount, 0) AS userCount
       FROM IMDepart d LEFT JOIN (
         SELECT departId, count(*) AS userCount FROM IMUser
         WHERE coalesce(status, 0) <> ? GROUP BY departId
       ) u ON u.departId = d.id
       WHERE d.status = 0 ORDER BY d.priority, d.id`,
      [USER_STATUS_LEFT],
    );
  }

  add(
    { departName, priority, parentId }: DepartmentFields,
    now: number,
  ): Promise<Result<number, "unknown_parent">> {
    return this.#change<Result<number, "unknown_parent">>(now, async (tx, { parents, time }) => {
      if (parentId !== 0 && !parents.has(parentId)) return refused("unknown_parent");
      const { insertId } = await tx.run(
        `INSERT INTO IMDepart (departName, priority, parentId, status, created, updated)
         VALUES (?, ?, ?, 0, ?, ?)`,
        [departName, priority, parentId, time, time],
      );
      return ok(insertId);
    });
  }

  update(
    id: number,
    { departName, priority, parentId }: Partial<DepartmentFields>,
    now: number,
  ): Promise<Result<null, "unknown_department" | "unknown_parent" | "cycle">> {
    type Outcome = Result<null, "unknown_department" | "unknown_parent" | "cycle">;
    return this.#change<Outcome>(now, async (tx, { parents, time }) => {
      if (!parents.has(id)) return refused("unknown_department");
      if (parentId !== undefined && parentId !== 0) {
        if (!parents.has(parentId)) return refused("unknown_parent");
        if (isBelow(parents, parentId, id)) return refused("cycle");
      }
      const { sql, values } = assignments({ departName, priority, parentId, updated: time })!;
      await tx.run(`UPDATE IMDepart SET ${sql} WHERE id = ?`, [...values, id]);
      return ok(null);
    });
  }

  remove(
    id: number,
    now: number,
  ): Promise<Result<null, "unknown_department" | "has_departments" | "has_users">> {
    type Outcome = Result<null, "unknown_department" | "has_departments" | "has_users">;
    return this.#change<Outcome>(now, async (tx, { parents, time }) => {
      if (!parents.has(id)) return refused("unknown_department");
      if ([...parents.values()].includes(id)) return refused("has_departments");
      const person = await tx.row(
        "SELECT id FROM IMUser WHERE departId = ? AND coalesce(status, 0) <> ? LIMIT 1",
        [id, USER_STATUS_LEFT],
      );
      if (person !== null) return refused("has_users");
      await tx.run("UPDATE IMDepart SET status = 1, updated = ? WHERE id = ?", [time, id]);
      return ok(null);
    });
  }

  /** Holds the whole table, which is small: the rules are about the tree. */
  #change<T>(now: number, make: (tx: Transaction, tree: Tree) => Promise<T>): Promise<T> {
    return retryingDeadlocks(() =>
      this.#master.transaction(async (tx) => {
        const rows = await tx.rows<
          { id: number; parentId: number; status: number; updated: number }
        >(
          "SELECT id, parentId, status, updated FROM IMDepart FOR UPDATE",
        );
        const shown = rows.filter(({ status }) => status === 0);
        const newest = rows.reduce((latest, row) => Math.max(latest, row.updated), 0);
        return await make(tx, {
          parents: new Map(shown.map(({ id, parentId }) => [id, parentId])),
          // Clients ask for what is later than the newest they have seen.
          time: Math.max(now, newest + 1),
        });
      })
    );
  }
}

/** Whether the department is `top` or below it; old data may have a cycle of its own. */
function isBelow(parents: ReadonlyMap<number, number>, id: number, top: number): boolean {
  const seen = new Set<number>();
  for (let at = id; at !== 0 && !seen.has(at); at = parents.get(at) ?? 0) {
    if (at === top) return true;
    seen.add(at);
  }
  return false;
}
