/** Users one by one: list, make, change, disable. */
import { z } from "zod";
import { USER_SORTS, type UserWrites } from "../../../../shared/storage/management.ts";
import { USER_STATUS_LEFT, type UserRow } from "../../../../shared/storage/types.ts";
import { sortOrder } from "../../../../shared/management/fields.ts";
import { MAX_ID } from "../../../../shared/storage/management_limits.ts";
import { ApiError } from "../../http/errors.ts";
import type { ApiCall, ApiServices } from "../call.ts";
import {
  changesOf,
  DONE,
  done,
  idParams,
  listOf,
  numberText,
  offsetOf,
  pageOf,
  pageQuery,
  searchText,
} from "../fields.ts";
import { userPassword, userPasswordFields } from "../passwords.ts";
import { type Route, route } from "../route.ts";
import {
  newRow,
  newUserFields,
  rowChanges,
  STATUS_HELP,
  user,
  userFields,
  userView,
} from "../user_view.ts";

const TAG = "Users";

/** Most names of one question, so that all of them fit the largest body. */
export const MAX_NAMES = 1500;

/** Columns by the names that the API has for them. */
const SORT_COLUMNS = { department_id: "departId" } as const;
const sorts = USER_SORTS.map((column) => column === "departId" ? "department_id" : column);

/** Several numbers, separated by commas. */
const statusList = z.string().regex(/^[0-4](,[0-4])*$/, "must be numbers from 0 to 4 like 0,1,2,4")
  .transform((text) => [...new Set(text.split(",").map(Number))]);

export const userFilter = {
  search: searchText.describe("Part of name, nick, domain, phone or email; or the id"),
  status: statusList.optional().describe(`Several separated by commas: ${STATUS_HELP}`),
  department_id: numberText({ min: 0, max: MAX_ID }).optional(),
};

export const userRoutes: readonly Route[] = [
  route({
    method: "GET",
    path: "/api/v1/users",
    tag: TAG,
    summary: "List and search users",
    access: "read_only",
    query: z.strictObject({
      ...userFilter,
      sort: z.enum(sorts as [typeof sorts[number], ...typeof sorts]).default("id"),
      order: sortOrder.default("asc"),
      ...pageQuery,
    }),
    answer: pageOf(user),
    run: async ({ services }, { query }) => {
      const { search, status, department_id, sort, order, page, page_size } = query;
      const found = await services.manage.run("users.list", {
        search,
        statuses: status ?? null,
        departId: department_id ?? null,
        afterId: 0,
        sort: sort === "department_id" ? SORT_COLUMNS[sort] : sort,
        order,
        offset: offsetOf(query),
        limit: page_size,
      });
      return { items: found.rows.map(userView), total: found.total, page, page_size };
    },
  }),
  route({
    method: "POST",
    path: "/api/v1/users/by_names",
    tag: TAG,
    summary: "Users by their login names",
    description: "Changes nothing. Those of the names that exist, in any status, by id.",
    access: "read_only",
    body: z.strictObject({ names: z.array(userFields.shape.name).min(1).max(MAX_NAMES) }),
    answer: listOf(user),
    run: async ({ services }, { body }) => ({
      items: (await services.manage.run("users.by_names", { names: body.names })).map(userView),
    }),
  }),
  route({
    method: "POST",
    path: "/api/v1/users",
    tag: TAG,
    summary: "Add a user",
    description: "Can log in at once; clients list the user with their next sync.",
    access: "manager",
    body: z.strictObject({ ...newUserFields.shape, password: userPassword }),
    status: 201,
    answer: user,
    errors: ["name_taken", "unknown_department"],
    audit: { action: "user.create", made: (made) => `user/${made.id}` },
    run: async (call, { body }) => {
      const { password, ...fields } = body;
      const row = { ...newRow(fields), ...userPasswordFields(password, call.services.random) };
      const [id] = await writeUsers(call, { add: [row], update: [] });
      return userView(await userById(call.services, id!));
    },
  }),
  route({
    method: "GET",
    path: "/api/v1/users/{id}",
    tag: TAG,
    summary: "One user",
    access: "read_only",
    params: idParams,
    answer: user,
    errors: ["unknown_user"],
    run: async ({ services }, { params }) => userView(await userById(services, params.id)),
  }),
  route({
    method: "PATCH",
    path: "/api/v1/users/{id}",
    tag: TAG,
    summary: "Change a user",
    description: "Status 3 disables as DELETE does, any other one enables again.",
    access: "manager",
    params: idParams,
    body: changesOf(userFields),
    answer: user,
    errors: ["unknown_user", "name_taken", "unknown_department", "presence_unavailable"],
    audit: { action: "user.update", target: ({ params }) => `user/${params.id}` },
    run: async (call, { params, body }) => {
      const changes = rowChanges(body);
      await writeUsers(call, { add: [], update: [{ id: params.id, changes }] });
      if (changes.status === USER_STATUS_LEFT) call.services.presence.banish(params.id);
      return userView(await userById(call.services, params.id));
    },
  }),
  route({
    method: "DELETE",
    path: "/api/v1/users/{id}",
    tag: TAG,
    summary: "Disable a user",
    description:
      "The row is kept with status 3. The user is logged out everywhere, cannot log in " +
      "any more, gets no pushes, and vanishes from the lists of clients with their next sync.",
    access: "manager",
    params: idParams,
    answer: user,
    errors: ["unknown_user", "presence_unavailable"],
    audit: { action: "user.disable", target: ({ params }) => `user/${params.id}` },
    run: async (call, { params }) => {
      await disable(call, params.id);
      return userView(await userById(call.services, params.id));
    },
  }),
  route({
    method: "PUT",
    path: "/api/v1/users/{id}/password",
    tag: TAG,
    summary: "Set the password of a user",
    access: "manager",
    params: idParams,
    body: z.strictObject({ password: userPassword }),
    answer: done,
    errors: ["unknown_user"],
    audit: { action: "user.password", target: ({ params }) => `user/${params.id}` },
    run: async (call, { params, body }) => {
      const changes = userPasswordFields(body.password, call.services.random);
      await writeUsers(call, { add: [], update: [{ id: params.id, changes }] });
      return DONE;
    },
  }),
];

/** Ids of the added users. @throws {ApiError} for what storage refuses, naming the field */
export async function writeUsers(
  { services, now }: ApiCall,
  writes: Omit<UserWrites, "now">,
): Promise<readonly number[]> {
  const written = await services.manage.run("users.write", { ...writes, now });
  if (written.ok) return written.value;
  if (written.refusal === "unknown_user") throw new ApiError("unknown_user");
  if (written.refusal === "name_taken") throw new ApiError("name_taken", { field: "name" });
  throw new ApiError("unknown_department", { field: "department_id" });
}

async function disable(call: ApiCall, id: number): Promise<void> {
  const changes = { status: USER_STATUS_LEFT };
  await writeUsers(call, { add: [], update: [{ id, changes }] });
  call.services.presence.banish(id);
}

/** @throws {ApiError} */
export async function userById({ manage }: ApiServices, id: number): Promise<UserRow> {
  const [row] = await manage.run("users.by_ids", { ids: [id] });
  if (row === undefined) throw new ApiError("unknown_user");
  return row;
}
