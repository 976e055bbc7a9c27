/** The history of a conversation, found by the names of who is in it. */
import { type Answer, type Api, ApiError } from "./api.ts";
import type { TextKey } from "./i18n/mod.ts";
import { numberOf } from "./query.ts";

/** Each sender of a page is looked up. */
const PAGE_SIZE = 30;

export interface Conversation {
  /** The oldest first. */
  readonly messages: Answer<"GET /messages">["items"];
  /** Nicks by user id. */
  readonly names: Readonly<Record<number, string>>;
  /** Where older ones begin; `null`: these were the oldest. */
  readonly before: number | null;
}

export type ConversationRead =
  | { readonly ok: true; readonly conversation: Conversation }
  | { readonly ok: false; readonly field: "user" | "peer" | "group"; readonly key: TextKey };

export async function readConversation(
  api: Api,
  { user, peer, group, url }: {
    readonly user: string;
    readonly peer: string;
    readonly group: string;
    readonly url: URL;
  },
): Promise<ConversationRead> {
  const before_id = numberOf(url, "before", { min: 1, max: 0xffff_ffff, fallback: 0 });
  const paging = { limit: PAGE_SIZE, ...(before_id > 0 && { before_id }) };
  if (group !== "") {
    const group_id = /^[1-9]\d{0,9}$/.test(group) ? Number(group) : null;
    if (group_id === null) return { ok: false, field: "group", key: "messages.unknown_group" };
    const { items } = await api.call("GET /messages", { query: { group_id, ...paging } });
    return { ok: true, conversation: await conversationOf(api, items) };
  }
  const user_id = await userId(api, user);
  if (user_id === null) return { ok: false, field: "user", key: "messages.unknown_user" };
  const peer_id = await userId(api, peer);
  if (peer_id === null) return { ok: false, field: "peer", key: "messages.unknown_user" };
  const { items } = await api.call("GET /messages", { query: { user_id, peer_id, ...paging } });
  return { ok: true, conversation: await conversationOf(api, items) };
}

async function conversationOf(
  api: Api,
  items: Answer<"GET /messages">["items"],
): Promise<Conversation> {
  const ids = [...new Set(items.map(({ from_user_id }) => from_user_id))];
  const names = await Promise.all(ids.map(async (id) => [id, await nameOf(api, id)] as const));
  return {
    messages: items.toReversed(),
    names: Object.fromEntries(names),
    before: items.length === PAGE_SIZE ? items.at(-1)!.id : null,
  };
}

async function nameOf(api: Api, id: number): Promise<string> {
  try {
    const { nick, name } = await api.call("GET /users/{id}", { path: { id } });
    return nick || name;
  } catch (error) {
    if (error instanceof ApiError && error.code === "unknown_user") return `#${id}`;
    throw error;
  }
}

/** By login name, or by id. */
async function userId(api: Api, text: string): Promise<number | null> {
  if (text === "") return null;
  const { items } = await api.call("GET /users", { query: { search: text, page_size: 200 } });
  const byName = items.find(({ name }) => name === text);
  return (byName ?? items.find(({ id }) => String(id) === text))?.id ?? null;
}
