/**
 * Avatars. Stored are absolute URLs, as clients use them as they are, or paths of msfs from the
 * original. The browser gets all pictures through the admin, so that a page asks no other host.
 */

/** Where an uploaded file is on every msfs. */
const STORED_PATH = /^\/?(g\d{1,4}\/\d{3}\/\d{3}\/[\w.-]+)$/;

/** Where the admin shows a stored avatar; `null` when there is none that it could show. */
export function pictureHref(stored: string): string | null {
  const url = URL.parse(stored);
  const isHttp = url?.protocol === "http:" || url?.protocol === "https:";
  if (url !== null && !isHttp) return null;
  const path = STORED_PATH.exec(url === null ? stored : url.pathname)?.[1];
  return path === undefined ? null : `/pictures/${path}`;
}

/** The file's URL on msfs; `null` when `path` names none. */
export function storedPicture(path: string, msfsSite: string | null): URL | null {
  const stored = STORED_PATH.exec(path)?.[1];
  return stored === undefined || msfsSite === null ? null : URL.parse(stored, msfsSite);
}

/** Shown in place of a picture: the first sign of the name, or of the last of several words. */
export function initialsOf(name: string): string {
  const words = name.trim().split(/\s+/);
  const first = [...(words[0] ?? "")][0] ?? "?";
  const last = words.length > 1 ? [...words.at(-1)!][0] ?? "" : "";
  return (first + last).toUpperCase();
}
