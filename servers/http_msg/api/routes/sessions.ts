/** Who is online, on which server and terminal; logging users out. */
import { z } from "zod";
import { id, MAX_PAGE_SIZE } from "../../../../shared/management/fields.ts";
import { MAX_ID } from "../../../../shared/storage/management_limits.ts";
import {
  CLIENT_TYPE_ANDROID,
  CLIENT_TYPE_IOS,
  CLIENT_TYPE_MAC,
  CLIENT_TYPE_WINDOWS,
} from "../../../../proto/mod.ts";
import { count, DONE, done, numberText } from "../fields.ts";
import { type Route, route } from "../route.ts";
import { userById } from "./users.ts";

const TAG = "Sessions of users";

/** Names for the client types of docs/spec/wire.md 6. */
const CLIENT_NAMES: Readonly<Record<number, string>> = {
  [CLIENT_TYPE_WINDOWS]: "windows",
  [CLIENT_TYPE_MAC]: "mac",
  [CLIENT_TYPE_IOS]: "ios",
  [CLIENT_TYPE_ANDROID]: "android",
};

export function clientName(type: number): string {
  return CLIENT_NAMES[type] ?? String(type);
}

const terminal = z.strictObject({
  client: z.string().describe("windows, mac, ios or android"),
  server: z.string().nullable().describe("The msg_server; null for one that tells no name"),
});

const onlineUser = z.strictObject({
  user_id: id,
  name: z.string(),
  nick: z.string(),
  terminals: z.array(terminal),
});

const userIds = z.string().regex(/^\d{1,10}(,\d{1,10}){0,199}$/, "must be up to 200 ids like 3,17")
  .transform((text) => text.split(",").map(Number).filter((one) => one >= 1 && one <= MAX_ID));

export const sessionRoutes: readonly Route[] = [
  route({
    method: "GET",
    path: "/api/v1/sessions",
    tag: TAG,
    summary: "Who is online, where",
    description: "By user id; `next_after` of one answer is `after` of the next.",
    access: "read_only",
    query: z.strictObject({
      user_ids: userIds.optional().describe("Only these users, separated by commas"),
      after: numberText({ min: 0, max: MAX_ID }).default(0).describe("Users with a higher id"),
      limit: numberText({ min: 1, max: MAX_PAGE_SIZE }).default(50),
    }),
    answer: z.strictObject({
      items: z.array(onlineUser),
      online_users: count.describe("All that are online, of those asked for"),
      next_after: z.int().nullable().describe("null = these were the last"),
    }),
    errors: ["presence_unavailable", "presence_not_capable"],
    run: async ({ services }, { query }) => {
      const found = await services.presence.sessions({
        userIds: query.user_ids ?? [],
        afterUserId: query.after,
        limit: query.limit,
      });
      const byUser = Map.groupBy(found.terminal_list, ({ user_id }) => user_id);
      const ids = [...byUser.keys()];
      const rows = ids.length === 0 ? [] : await services.manage.run("users.by_ids", { ids });
      const users = new Map(rows.map((row) => [row.id, row]));
      return {
        items: ids.map((user_id) => ({
          user_id,
          name: users.get(user_id)?.name ?? "",
          nick: users.get(user_id)?.nick ?? "",
          terminals: byUser.get(user_id)!.map(({ client_type, server_name }) => ({
            client: clientName(client_type),
            server: server_name === "" ? null : server_name,
          })),
        })),
        online_users: found.user_cnt,
        next_after: ids.length < query.limit ? null : ids.at(-1)!,
      };
    },
  }),
  route({
    method: "DELETE",
    path: "/api/v1/sessions/{user_id}",
    tag: TAG,
    summary: "Log a user out",
    description: "On all terminals, or on those of one class. The user may log in again.",
    access: "manager",
    params: z.strictObject({ user_id: numberText({ min: 1, max: MAX_ID }) }),
    query: z.strictObject({
      terminals: z.enum(["all", "pc", "mobile"]).default("all"),
    }),
    answer: done,
    errors: ["unknown_user", "presence_unavailable"],
    audit: { action: "session.end", target: ({ params }) => `user/${params.user_id}` },
    run: async ({ services }, { params, query }) => {
      await userById(services, params.user_id);
      const { terminals } = query;
      services.presence.forceOffline(
        params.user_id,
        terminals === "all" ? ["pc", "mobile"] : [terminals],
      );
      return DONE;
    },
  }),
];
