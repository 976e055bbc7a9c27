/** Cookies of the admin: which there are, how they are read and written. */

export interface CookiePlace {
  /** Behind TLS: the browser then sends them over TLS only. */
  readonly secureCookies: boolean;
}

/** The administrator's token; gone with the browser session at the latest. */
export const SESSION_COOKIE = "teamtalk_admin";
/** What the next page says about what was done. */
export const FLASH_COOKIE = "teamtalk_flash";
export const LANG_COOKIE = "teamtalk_lang";
export const THEME_COOKIE = "teamtalk_theme";

/** A choice of language or theme is kept for a year. */
export const CHOICE_AGE_SEC = 365 * 24 * 3600;

/** Values of a request by name; what cannot be decoded is left out. */
export function readCookies(headers: Headers): ReadonlyMap<string, string> {
  const pairs = (headers.get("cookie") ?? "").split(";").flatMap((part) => {
    const at = part.indexOf("=");
    if (at < 0) return [];
    try {
      return [[part.slice(0, at).trim(), decodeURIComponent(part.slice(at + 1).trim())] as const];
    } catch {
      return []; // Not one of ours: ours are encoded.
    }
  });
  return new Map(pairs);
}

export interface NewCookie {
  readonly name: string;
  readonly value: string;
  /** Absent: until the browser is closed. 0 deletes it. */
  readonly maxAgeSec?: number;
}

/** A value of `Set-Cookie`: unreadable for scripts, and never sent for a link from elsewhere. */
export function cookieHeader({ name, value, maxAgeSec }: NewCookie, place: CookiePlace): string {
  return [
    `${name}=${encodeURIComponent(value)}`,
    "Path=/",
    "HttpOnly",
    "SameSite=Strict",
    ...(place.secureCookies ? ["Secure"] : []),
    ...(maxAgeSec === undefined ? [] : [`Max-Age=${maxAgeSec}`]),
  ].join("; ");
}
