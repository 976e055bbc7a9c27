/** Groups and their members. */
import { z } from "zod";
import {
  GROUP_MODIFY_TYPE_ADD,
  GROUP_MODIFY_TYPE_DEL,
  GROUP_TYPE_NORMAL,
  GROUP_TYPE_TMP,
  type GroupModifyType,
} from "../../../../proto/mod.ts";
import { GROUP_SORTS, type GroupSummary } from "../../../../shared/storage/management.ts";
import { groupColumns, id, sortOrder } from "../../../../shared/management/fields.ts";
import { MAX_ID } from "../../../../shared/storage/management_limits.ts";
import { ApiError } from "../../http/errors.ts";
import { announceMembers } from "../../announce_members.ts";
import type { ApiServices } from "../call.ts";
import {
  changesOf,
  count,
  DONE,
  done,
  given,
  idList,
  idParams,
  numberText,
  offsetOf,
  pageOf,
  pageQuery,
  searchText,
  time,
} from "../fields.ts";
import { addGroup, allMembers, changeGroupMembers } from "../group_changes.ts";
import { type Route, route } from "../route.ts";

const TAG = "Groups";
const MEMBER_TAG = "Members of groups";

/** The sort columns by the names that the API has for them. */
const SORTS = {
  id: "id",
  name: "name",
  creator_id: "creator",
  created: "created",
  last_message: "lastChated",
} as const satisfies Record<string, typeof GROUP_SORTS[number]>;
const sortNames = Object.keys(SORTS) as (keyof typeof SORTS)[];

const TYPES = { normal: GROUP_TYPE_NORMAL, temporary: GROUP_TYPE_TMP } as const;
const groupType = z.enum(["normal", "temporary"]);

const group = z.strictObject({
  id,
  name: z.string(),
  avatar: z.string(),
  type: groupType,
  creator_id: z.int().min(0).describe("0 = made by the administration"),
  version: z.int(),
  member_count: count,
  created: time,
  last_message: time.describe("0 = never"),
});

const groupFields = z.strictObject(groupColumns);

const member = z.strictObject({
  user_id: id,
  name: z.string(),
  nick: z.string(),
  avatar: z.string().describe("URL of a picture; empty for none"),
  joined: time,
});

const memberChanges = z.strictObject({ add: idList.optional(), remove: idList.optional() })
  .refine(({ add, remove }) => add !== undefined || remove !== undefined, "must have add or remove")
  .refine(
    ({ add = [], remove = [] }) => !add.some((one) => remove.includes(one)),
    "the same id must not be in add and remove",
  );

export const groupRoutes: readonly Route[] = [
  route({
    method: "GET",
    path: "/api/v1/groups",
    tag: TAG,
    summary: "List and search groups",
    access: "read_only",
    query: z.strictObject({
      search: searchText.describe("Part of the name; or the id"),
      type: groupType.optional(),
      member_id: numberText({ min: 1, max: MAX_ID }).optional().describe("Groups of this user"),
      sort: z.enum(sortNames as [keyof typeof SORTS, ...(keyof typeof SORTS)[]]).default("id"),
      order: sortOrder.default("asc"),
      ...pageQuery,
    }),
    answer: pageOf(group),
    run: async ({ services }, { query }) => {
      const { search, type, member_id, sort, order, page, page_size } = query;
      const found = await services.manage.run("groups.list", {
        search,
        type: type === undefined ? null : TYPES[type],
        memberId: member_id ?? null,
        sort: SORTS[sort],
        order,
        offset: offsetOf(query),
        limit: page_size,
      });
      return { items: found.rows.map(groupView), total: found.total, page, page_size };
    },
  }),
  route({
    method: "POST",
    path: "/api/v1/groups",
    tag: TAG,
    summary: "Make a group",
    description: "Its members are told at once.",
    access: "manager",
    body: z.strictObject({
      ...groupFields.shape,
      avatar: groupFields.shape.avatar.default(""),
      type: groupType.default("normal"),
      member_ids: idList.describe("Unknown users and those who left are ignored"),
    }),
    status: 201,
    answer: group,
    errors: ["unknown_user"],
    audit: { action: "group.create", made: (made) => `group/${made.id}` },
    run: async ({ services }, { body }) => {
      const { name, avatar, type, member_ids } = body;
      const request = { name, avatar, type: TYPES[type], members: member_ids };
      const groupId = await addGroup(services, request);
      return groupView(await groupById(services, groupId));
    },
  }),
  route({
    method: "GET",
    path: "/api/v1/groups/{id}",
    tag: TAG,
    summary: "One group",
    access: "read_only",
    params: idParams,
    answer: group,
    errors: ["unknown_group"],
    run: async ({ services }, { params }) => groupView(await groupById(services, params.id)),
  }),
  route({
    method: "PATCH",
    path: "/api/v1/groups/{id}",
    tag: TAG,
    summary: "Rename a group, change its picture or its owner",
    description: "Its members are told that it changed; clients then ask for what is new.",
    access: "manager",
    params: idParams,
    body: changesOf(
      z.strictObject({
        ...groupFields.shape,
        creator_id: id.describe("Who may change members from a client"),
      }),
    ),
    answer: group,
    errors: ["unknown_group", "unknown_user"],
    audit: { action: "group.update", target: ({ params }) => `group/${params.id}` },
    run: async ({ services }, { params, body }) => {
      const { name, avatar, creator_id } = body;
      const changes = given({ name, avatar, creator: creator_id });
      const updated = await services.manage.run("groups.update", { id: params.id, changes });
      if (!updated.ok) {
        if (updated.refusal === "unknown_group") throw new ApiError("unknown_group");
        throw new ApiError("unknown_user", { field: "creator_id" });
      }
      const cur = await allMembers(services, params.id);
      announce(services, { groupId: params.id, type: GROUP_MODIFY_TYPE_ADD, cur, chg: [] });
      return groupView(await groupById(services, params.id));
    },
  }),
  route({
    method: "DELETE",
    path: "/api/v1/groups/{id}",
    tag: TAG,
    summary: "Delete a group",
    description: "Its members are removed and told; it takes no messages any more.",
    access: "manager",
    params: idParams,
    answer: done,
    errors: ["unknown_group"],
    audit: { action: "group.delete", target: ({ params }) => `group/${params.id}` },
    run: async ({ services, now }, { params }) => {
      const dismissed = await services.manage.run("groups.dismiss", { id: params.id, now });
      if (!dismissed.ok) throw new ApiError(dismissed.refusal);
      const gone = { groupId: params.id, cur: [], chg: dismissed.value };
      announce(services, { ...gone, type: GROUP_MODIFY_TYPE_DEL });
      return DONE;
    },
  }),
  route({
    method: "GET",
    path: "/api/v1/groups/{id}/members",
    tag: MEMBER_TAG,
    summary: "Members of a group",
    access: "read_only",
    params: idParams,
    query: z.strictObject(pageQuery),
    answer: pageOf(member),
    errors: ["unknown_group"],
    run: async ({ services }, { params, query }) => {
      await groupById(services, params.id);
      const { page, page_size } = query;
      const found = await services.manage.run("groups.members", {
        id: params.id,
        offset: offsetOf(query),
        limit: page_size,
      });
      // A db_proxy of an earlier release tells no picture.
      const items = (found?.rows ?? []).map(({ userId, avatar = "", ...rest }) => ({
        user_id: userId,
        avatar,
        ...rest,
      }));
      return { items, total: found?.total ?? 0, page, page_size };
    },
  }),
  route({
    method: "PATCH",
    path: "/api/v1/groups/{id}/members",
    tag: MEMBER_TAG,
    summary: "Add and remove members",
    description: "Members before and after are told at once. Who is unknown, left, or a member " +
      "already is not added; a group whose last member is removed has no members but exists.",
    access: "manager",
    params: idParams,
    body: memberChanges,
    answer: z.strictObject({
      added: z.array(id),
      removed: z.array(id),
      member_count: count,
    }),
    errors: ["unknown_group", "nothing_changed"],
    audit: { action: "group.members", target: ({ params }) => `group/${params.id}` },
    run: async ({ services }, { params, body }) => {
      await groupById(services, params.id);
      const changed = await changeGroupMembers(services, params.id, {
        add: body.add ?? [],
        remove: body.remove ?? [],
      });
      return { ...changed, member_count: (await allMembers(services, params.id)).length };
    },
  }),
];

function groupView(row: GroupSummary): z.output<typeof group> {
  return {
    id: row.id,
    name: row.name,
    avatar: row.avatar,
    type: row.type === GROUP_TYPE_NORMAL ? "normal" : "temporary",
    creator_id: row.creator,
    version: row.version,
    member_count: row.memberCount,
    created: row.created,
    last_message: row.lastChated,
  };
}

/** @throws {ApiError} */
export async function groupById({ manage }: ApiServices, wanted: number): Promise<GroupSummary> {
  const found = await manage.run("groups.by_id", { id: wanted });
  if (found === null) throw new ApiError("unknown_group");
  return found;
}

function announce(
  { routes }: ApiServices,
  { groupId, type, cur, chg }: {
    groupId: number;
    type: GroupModifyType;
    cur: readonly number[];
    chg: readonly number[];
  },
): void {
  announceMembers(routes, {
    user_id: 0,
    change_type: type,
    group_id: groupId,
    cur_user_id_list: cur,
    chg_user_id_list: chg,
  });
}
