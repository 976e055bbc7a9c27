/**
 * Users as lines of a text: a login name, or with `#` and the id behind it, as the picker writes
 * them. Works without scripts, and what is wrong is named line by line.
 */
import type { Api } from "./api.ts";

/** Most lines that have to be looked up by name: each asks the API once. */
const MAX_LOOKUPS = 40;
/** Most members that the API takes at once. */
export const MAX_LINES = 5000;

export type MemberList =
  | { readonly ok: true; readonly ids: readonly number[] }
  | { readonly ok: false; readonly reason: "none" | "too_many" }
  | { readonly ok: false; readonly reason: "unknown"; readonly names: readonly string[] };

export async function readMembers(api: Api, text: string): Promise<MemberList> {
  const lines = [...new Set(text.split(/\r?\n/).map((line) => line.trim()))]
    .filter((line) => line !== "");
  if (lines.length === 0) return { ok: false, reason: "none" };
  const names = lines.filter((line) => idIn(line) === null);
  if (names.length > MAX_LOOKUPS || lines.length > MAX_LINES) {
    return { ok: false, reason: "too_many" };
  }
  const found = new Map<string, number>();
  for (const name of names) {
    const id = await idOfName(api, name);
    if (id !== null) found.set(name, id);
  }
  const unknown = names.filter((name) => !found.has(name));
  if (unknown.length > 0) return { ok: false, reason: "unknown", names: unknown };
  const ids = lines.map((line) => idIn(line) ?? found.get(line)!);
  return { ok: true, ids: [...new Set(ids)] };
}

function idIn(line: string): number | null {
  const id = /(?:^|\s)#([1-9]\d{0,9})$/.exec(line)?.[1];
  return id === undefined ? null : Number(id);
}

async function idOfName(api: Api, name: string): Promise<number | null> {
  const { items } = await api.call("GET /users", {
    query: { search: [...name].slice(0, 64).join(""), page_size: 200 },
  });
  return items.find((user) => user.name === name)?.id ?? null;
}
