/**
 * Users as lines of a text: a login name, or with `#` and the id behind it, as the picker writes
 * them. Works without scripts, and what is wrong is named line by line.
 */
import type { Api } from "./api.ts";

/** Most names that the API looks up at once. */
const NAMES_AT_ONCE = 1500;
/** Longest login name, in characters: longer lines are nobody's. */
const MAX_NAME_CHARS = 32;
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
  if (lines.length > MAX_LINES) return { ok: false, reason: "too_many" };
  const found = await idsOfNames(api, names.filter(canBeName));
  const unknown = names.filter((name) => !found.has(name));
  if (unknown.length > 0) return { ok: false, reason: "unknown", names: unknown };
  const ids = lines.map((line) => idIn(line) ?? found.get(line)!);
  return { ok: true, ids: [...new Set(ids)] };
}

function idIn(line: string): number | null {
  const id = /(?:^|\s)#([1-9]\d{0,9})$/.exec(line)?.[1];
  return id === undefined ? null : Number(id);
}

async function idsOfNames(
  api: Api,
  names: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const found = new Map<string, number>();
  for (let at = 0; at < names.length; at += NAMES_AT_ONCE) {
    const { items } = await api.call("POST /users/by_names", {
      body: { names: names.slice(at, at + NAMES_AT_ONCE) },
    });
    for (const { id, name } of items) found.set(name, id);
  }
  return found;
}

/** The API refuses a whole question for one name that cannot be. */
function canBeName(line: string): boolean {
  return [...line].length <= MAX_NAME_CHARS && !/[\p{Cc}\p{Cs}\ufffd]/u.test(line);
}
