/** Who is online. Pages that show it beside something else do without while it is not known. */
import { type Api, ApiError } from "./api.ts";

/** Client types by user id, of those who are online; `null` while no route_server tells. */
export async function onlineAmong(
  api: Api,
  userIds: readonly number[],
): Promise<Readonly<Record<number, readonly string[]>> | null> {
  if (userIds.length === 0) return {};
  const query = { user_ids: userIds.join(","), limit: userIds.length };
  try {
    const { items } = await api.call("GET /sessions", { query });
    return Object.fromEntries(
      items.map((
        { user_id, terminals },
      ) => [user_id, [...new Set(terminals.map(({ client }) => clientName(client)))]]),
    );
  } catch (error) {
    if (error instanceof ApiError && error.code.startsWith("presence_")) return null;
    throw error;
  }
}

const CLIENT_NAMES: Readonly<Record<string, string>> = {
  windows: "Windows",
  mac: "Mac",
  ios: "iOS",
  android: "Android",
};

export function clientName(client: string): string {
  return CLIENT_NAMES[client] ?? client;
}
