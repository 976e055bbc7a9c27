/** Departments: a tree of any depth. */
import { z } from "zod";
import type { DepartmentFields, DepartmentSummary } from "../../../../shared/storage/management.ts";
import { departmentColumns, id } from "../../../../shared/management/fields.ts";
import { ApiError } from "../../http/errors.ts";
import type { ApiServices } from "../call.ts";
import { changesOf, count, DONE, done, given, idParams, listOf, time } from "../fields.ts";
import { type Route, route } from "../route.ts";

const TAG = "Departments";

const departmentFields = z.strictObject({
  name: departmentColumns.departName,
  priority: departmentColumns.priority.describe("Clients show the lowest first"),
  parent_id: departmentColumns.parentId.describe("0 = at the top"),
});

const department = z.strictObject({
  id,
  name: z.string(),
  priority: z.int(),
  parent_id: z.int(),
  user_count: count.describe("People in it who have not left, without departments below it"),
  created: time,
  updated: time,
});

export const departmentRoutes: readonly Route[] = [
  route({
    method: "GET",
    path: "/api/v1/departments",
    tag: TAG,
    summary: "All departments",
    description: "By priority, then id.",
    access: "read_only",
    answer: listOf(department),
    run: async ({ services }) => ({
      items: (await services.manage.run("departments.list", null)).map(departmentView),
    }),
  }),
  route({
    method: "POST",
    path: "/api/v1/departments",
    tag: TAG,
    summary: "Add a department",
    access: "manager",
    body: z.strictObject({
      name: departmentFields.shape.name,
      priority: departmentFields.shape.priority.default(0),
      parent_id: departmentFields.shape.parent_id.default(0),
    }),
    status: 201,
    answer: department,
    errors: ["unknown_department"],
    audit: { action: "department.create", made: (made) => `department/${made.id}` },
    run: async ({ services, now }, { body }) => {
      const fields = columns(body) as DepartmentFields;
      const added = await services.manage.run("departments.add", { fields, now });
      if (!added.ok) throw new ApiError("unknown_department", { field: "parent_id" });
      return departmentView(await departmentById(services, added.value));
    },
  }),
  route({
    method: "GET",
    path: "/api/v1/departments/{id}",
    tag: TAG,
    summary: "One department",
    access: "read_only",
    params: idParams,
    answer: department,
    errors: ["unknown_department"],
    run: async ({ services }, { params }) =>
      departmentView(await departmentById(services, params.id)),
  }),
  route({
    method: "PATCH",
    path: "/api/v1/departments/{id}",
    tag: TAG,
    summary: "Rename, reorder or move a department",
    access: "manager",
    params: idParams,
    body: changesOf(departmentFields),
    answer: department,
    errors: ["unknown_department", "cycle"],
    audit: { action: "department.update", target: ({ params }) => `department/${params.id}` },
    run: async ({ services, now }, { params, body }) => {
      const request = { id: params.id, changes: columns(body), now };
      const updated = await services.manage.run("departments.update", request);
      if (!updated.ok) {
        if (updated.refusal === "unknown_department") throw new ApiError("unknown_department");
        const code = updated.refusal === "cycle" ? "cycle" : "unknown_department";
        throw new ApiError(code, { field: "parent_id" });
      }
      return departmentView(await departmentById(services, params.id));
    },
  }),
  route({
    method: "DELETE",
    path: "/api/v1/departments/{id}",
    tag: TAG,
    summary: "Delete a department",
    description: "Refused while there are departments below it or people in it.",
    access: "manager",
    params: idParams,
    answer: done,
    errors: ["unknown_department", "has_departments", "has_users"],
    audit: { action: "department.delete", target: ({ params }) => `department/${params.id}` },
    run: async ({ services, now }, { params }) => {
      const removed = await services.manage.run("departments.remove", { id: params.id, now });
      if (!removed.ok) throw new ApiError(removed.refusal);
      return DONE;
    },
  }),
];

interface GivenFields {
  readonly name?: string | undefined;
  readonly priority?: number | undefined;
  readonly parent_id?: number | undefined;
}

function columns({ name, priority, parent_id }: GivenFields): Partial<DepartmentFields> {
  return given({ departName: name, priority, parentId: parent_id });
}

function departmentView(row: DepartmentSummary): z.output<typeof department> {
  return {
    id: row.id,
    name: row.departName,
    priority: row.priority,
    parent_id: row.parentId,
    user_count: row.userCount,
    created: row.created,
    updated: row.updated,
  };
}

/** @throws {ApiError} */
async function departmentById(
  { manage }: ApiServices,
  wanted: number,
): Promise<DepartmentSummary> {
  const all = await manage.run("departments.list", null);
  const found = all.find((one) => one.id === wanted);
  if (found === undefined) throw new ApiError("unknown_department");
  return found;
}
