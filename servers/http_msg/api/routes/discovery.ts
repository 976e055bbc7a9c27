/** The discovery list that clients show (docs/spec/admin-http.md 4). */
import { z } from "zod";
import type { DiscoveryFields, DiscoveryItem } from "../../../../shared/storage/management.ts";
import { discoveryColumns, id } from "../../../../shared/management/fields.ts";
import { ApiError } from "../../http/errors.ts";
import { changesOf, DONE, done, given, idParams, listOf, time } from "../fields.ts";
import { type Route, route } from "../route.ts";

const TAG = "Discovery list";

const itemFields = z.strictObject({
  name: discoveryColumns.itemName,
  url: discoveryColumns.itemUrl,
  priority: discoveryColumns.itemPriority.describe("The lowest comes first"),
});

const item = z.strictObject({
  id,
  name: z.string(),
  url: z.string(),
  priority: z.int(),
  created: time,
  updated: time,
});

export const discoveryRoutes: readonly Route[] = [
  route({
    method: "GET",
    path: "/api/discovery",
    tag: TAG,
    summary: "The list as clients read it",
    description: "Public, in the form of the original: all values are texts.",
    access: "public",
    answer: z.array(z.strictObject({
      itemName: z.string(),
      itemUrl: z.string(),
      itemPriority: z.string(),
    })),
    run: async ({ services }) =>
      (await services.manage.run("discovery.list", null)).map((one) => ({
        itemName: one.itemName,
        itemUrl: one.itemUrl,
        itemPriority: String(one.itemPriority),
      })),
  }),
  route({
    method: "GET",
    path: "/api/v1/discovery",
    tag: TAG,
    summary: "List the items",
    access: "read_only",
    answer: listOf(item),
    run: async ({ services }) => ({
      items: (await services.manage.run("discovery.list", null)).map(itemView),
    }),
  }),
  route({
    method: "POST",
    path: "/api/v1/discovery",
    tag: TAG,
    summary: "Add an item",
    access: "manager",
    body: z.strictObject({ ...itemFields.shape, priority: itemFields.shape.priority.default(0) }),
    status: 201,
    answer: item,
    audit: { action: "discovery.create", made: (made) => `discovery/${made.id}` },
    run: async ({ services, now }, { body }) => {
      const fields = { itemName: body.name, itemUrl: body.url, itemPriority: body.priority };
      const newId = await services.manage.run("discovery.add", { fields, now });
      return { id: newId, ...body, created: now, updated: now };
    },
  }),
  route({
    method: "PATCH",
    path: "/api/v1/discovery/{id}",
    tag: TAG,
    summary: "Change an item",
    access: "manager",
    params: idParams,
    body: changesOf(itemFields),
    answer: item,
    errors: ["unknown_item"],
    audit: { action: "discovery.update", target: ({ params }) => `discovery/${params.id}` },
    run: async ({ services, now }, { params, body }) => {
      const changes: Partial<DiscoveryFields> = given({
        itemName: body.name,
        itemUrl: body.url,
        itemPriority: body.priority,
      });
      const request = { id: params.id, changes, now };
      const isDone = await services.manage.run("discovery.update", request);
      const items = isDone ? await services.manage.run("discovery.list", null) : [];
      const changed = items.find((one) => one.id === params.id);
      if (changed === undefined) throw new ApiError("unknown_item");
      return itemView(changed);
    },
  }),
  route({
    method: "DELETE",
    path: "/api/v1/discovery/{id}",
    tag: TAG,
    summary: "Remove an item",
    access: "manager",
    params: idParams,
    answer: done,
    errors: ["unknown_item"],
    audit: { action: "discovery.delete", target: ({ params }) => `discovery/${params.id}` },
    run: async ({ services, now }, { params }) => {
      const isDone = await services.manage.run("discovery.remove", { id: params.id, now });
      if (!isDone) throw new ApiError("unknown_item");
      return DONE;
    },
  }),
];

function itemView(row: DiscoveryItem): z.output<typeof item> {
  return {
    id: row.id,
    name: row.itemName,
    url: row.itemUrl,
    priority: row.itemPriority,
    created: row.created,
    updated: row.updated,
  };
}
