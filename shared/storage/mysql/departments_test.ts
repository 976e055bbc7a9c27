/** What the contract suite cannot see of departments. */
import { deepStrictEqual as deepEqual, rejects, strictEqual as equal } from "node:assert/strict";
import { T } from "../contract/fixtures.ts";
import { type DepartmentRow, StorageError } from "../types.ts";
import { EngineSuite } from "./test_support/engine_suite.ts";

const suite = new EngineSuite();

function department(id: number, departName: string): DepartmentRow {
  return { id, departName, priority: 1, parentId: 0, status: 0, created: T, updated: T };
}

suite.storageTest("MysqlDepartments reads and writes the original's rows", async (
  { departments },
  engines,
) => {
  await engines.sql(`INSERT INTO IMDepart
    (id, departName, priority, parentId, status, created, updated)
    VALUES (4, '研发''部', 9, 2, 1, 5, 6)`);
  const old = { id: 4, departName: "研发'部", priority: 9, parentId: 2, status: 1 };
  deepEqual(await departments.changedSince(5), [{ ...old, created: 5, updated: 6 }]);
  await departments.put([department(4, "renamed"), department(5, "new")]);
  deepEqual(await engines.sql("SELECT * FROM IMDepart ORDER BY id"), [
    department(4, "renamed"),
    department(5, "new"),
  ]);
});

suite.storageTest(
  "MysqlDepartments keeps any text, and puts all or none",
  async ({ departments }) => {
    const names = ["\\'\"%_\0\n", "😀".repeat(64), "", "x".repeat(64)];
    const rows = names.map((name, i) => department(i + 1, name));
    await departments.put(rows);
    deepEqual(await departments.changedSince(0), rows);
    const tooLong = [department(1, "changed"), department(9, "x".repeat(65))];
    await rejects(departments.put(tooLong), StorageError);
    deepEqual(await departments.changedSince(0), rows);
    await departments.put([]);
  },
);

suite.storageTest("MysqlDepartments takes long lists, of which the last of an id counts", async (
  { departments },
) => {
  const rows = Array.from({ length: 1000 }, (_, i) => department(i + 1, `dept ${i}`));
  await departments.put([...rows, department(1, "later")]);
  const stored = await departments.changedSince(0);
  equal(stored.length, 1000);
  deepEqual(stored[0], department(1, "later"));
});
