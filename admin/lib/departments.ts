/** Departments as a tree, in the order in which clients show them. */
import type { Department } from "./api.ts";
import type { Choice } from "../components/field.tsx";

export interface DepartmentNode {
  readonly department: Department;
  readonly children: readonly DepartmentNode[];
}

/** What hangs below nothing known, or below itself, is at the top: nothing is hidden. */
export function departmentTree(departments: readonly Department[]): readonly DepartmentNode[] {
  const byParent = Map.groupBy(departments, ({ parent_id }) => parent_id);
  const placed = new Set<number>();
  const below = (parent: number): DepartmentNode[] =>
    (byParent.get(parent) ?? []).filter(({ id }) => !placed.has(id)).map((department) => {
      placed.add(department.id);
      return { department, children: below(department.id) };
    });
  const top = below(0);
  for (const department of departments) {
    if (placed.has(department.id)) continue;
    placed.add(department.id);
    top.push({ department, children: below(department.id) });
  }
  return top;
}

/** For a select, indented by depth; those at or below `except` are left out. */
export function departmentChoices(
  departments: readonly Department[],
  except: number | null = null,
): Choice[] {
  const list = (nodes: readonly DepartmentNode[], depth: number): Choice[] =>
    nodes.filter(({ department }) => department.id !== except).flatMap((node) => [
      { value: node.department.id, label: `${"\u2003".repeat(depth)}${node.department.name}` },
      ...list(node.children, depth + 1),
    ]);
  return list(departmentTree(departments), 0);
}
