import type { DepartmentRow, DepartmentStore } from "../types.ts";
import { chunks } from "./id_lists.ts";
import type { EngineParts } from "./parts.ts";

const COLUMNS = "id, departName, priority, parentId, status, created, updated";
/** Rows of one INSERT. */
const PUT_ROWS = 200;

export class MysqlDepartments implements DepartmentStore {
  readonly #master: EngineParts["master"];
  readonly #slave: EngineParts["slave"];

  constructor({ master, slave }: Pick<EngineParts, "master" | "slave">) {
    this.#master = master;
    this.#slave = slave;
  }

  changedSince(since: number): Promise<readonly DepartmentRow[]> {
    return this.#slave.rows<DepartmentRow>(
      `SELECT ${COLUMNS} FROM IMDepart WHERE updated > ? ORDER BY id`,
      [since],
    );
  }

  put(departments: readonly DepartmentRow[]): Promise<void> {
    return this.#master.transaction(async (tx) => {
      for (const some of chunks(departments, PUT_ROWS)) {
        await tx.run(
          `INSERT INTO IMDepart (${COLUMNS})
           VALUES ${some.map(() => "(?, ?, ?, ?, ?, ?, ?)").join(", ")}
           ON DUPLICATE KEY UPDATE departName = VALUES(departName), priority = VALUES(priority),
             parentId = VALUES(parentId), status = VALUES(status), created = VALUES(created),
             updated = VALUES(updated)`,
          some.flatMap(({ id, departName, priority, parentId, status, created, updated }) => [
            id,
            departName,
            priority,
            parentId,
            status,
            created,
            updated,
          ]),
        );
      }
    });
  }
}
