/** Answers of pages that are no page: redirects, with what the next page is to say. */
import { cookieHeader, type CookiePlace, FLASH_COOKIE } from "./cookies.ts";
import { type Flash, flashText, type Undo } from "./flash.ts";
import type { TextKey } from "./i18n/mod.ts";

/** The browser asks for `path` with GET, whatever it did before. */
export function seeOther(path: string, cookies: readonly string[] = []): Response {
  const headers = new Headers({ location: path });
  for (const cookie of cookies) headers.append("set-cookie", cookie);
  return new Response(null, { status: 303, headers });
}

/** A message that is gone after this time, should no page show it. */
const FLASH_AGE_SEC = 60;

/** Goes to `path`, which says what was done. */
export function done(
  path: string,
  { key, values = {}, kind = "done", undo = null, place }: {
    readonly key: TextKey;
    readonly values?: Flash["values"];
    readonly kind?: Flash["kind"];
    /** What takes it back, for something that would be missed. */
    readonly undo?: Undo | null;
    readonly place: CookiePlace;
  },
): Response {
  const value = flashText({ kind, key, values, undo });
  return seeOther(path, [
    cookieHeader({ name: FLASH_COOKIE, value, maxAgeSec: FLASH_AGE_SEC }, place),
  ]);
}

/** A path of this site, so that a link cannot lead elsewhere after signing in. */
export function localPath(text: string | null): string {
  if (text === null || !/^\/(?![/\\])[\x21-\x7e]*$/.test(text)) return "/";
  return text;
}
