import { deepStrictEqual as deepEqual } from "node:assert/strict";
import type { DepartmentRow } from "../types.ts";
import { type Contract, contractTest } from "./contract_test_case.ts";
import { T } from "./fixtures.ts";

function department(id: number, changes: Partial<DepartmentRow> = {}): DepartmentRow {
  const times = { created: T, updated: T };
  return {
    id,
    departName: `dept ${id}`,
    priority: id,
    parentId: 0,
    status: 0,
    ...times,
    ...changes,
  };
}

export function departmentContract(contract: Contract): void {
  contractTest(contract, {
    title: "departments.changedSince() is exclusive, in id order and of any status",
    run: async (storage) => {
      const old = department(1);
      const fresh = department(3, { updated: T + 1 });
      const deleted = department(2, { updated: T + 2, status: 1, parentId: 3 });
      await storage.departments.put([fresh, old, deleted]);
      deepEqual(await storage.departments.changedSince(0), [old, deleted, fresh]);
      deepEqual(await storage.departments.changedSince(T), [deleted, fresh]);
      deepEqual(await storage.departments.changedSince(T + 2), []);
    },
  });

  contractTest(contract, {
    title: "departments.put() replaces by id",
    run: async (storage) => {
      await storage.departments.put([department(1), department(2)]);
      const renamed = department(1, { departName: "研发'部", priority: 9, updated: T + 9 });
      await storage.departments.put([renamed]);
      deepEqual(await storage.departments.changedSince(0), [renamed, department(2)]);
    },
  });
}
