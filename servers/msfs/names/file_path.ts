/** From the URL of a GET to the path of a file below the root (docs/spec/admin-http.md 3.3). */
import { ok, refused, type Result } from "../../../shared/result.ts";

/**
 * `malformed`: has no second slash, or cannot be the path of a file; `forbidden`: tries to leave the
 * root, or to say something that no client has to say.
 */
export type PathRefusal = "malformed" | "forbidden";

/** Longest path below the root, in UTF-16 units; longer ones are forbidden. */
const MAX_PATH_CHARS = 1024;
/** Longest name that file systems take, in bytes. */
const MAX_SEGMENT_BYTES = 255;

/** What stands in a URL between the host and the query, as it was sent. */
export function rawPathOf(url: string): string {
  return url.replace(/^[a-z]+:\/\/[^/?#]*/i, "").replace(/[?#].*$/s, "");
}

/**
 * The path below the root that `rawPath` names: everything up to its second slash is left out (`g0`
 * by convention), as in the original. Percent signs are decoded once, segment by segment, so that
 * an encoded slash cannot make a segment of its own.
 */
export function filePathOf(rawPath: string): Result<string, PathRefusal> {
  const secondSlash = rawPath.indexOf("/", 1);
  if (secondSlash < 0) return refused("malformed");
  if (rawPath.length > MAX_PATH_CHARS) return refused("forbidden");
  const segments: string[] = [];
  // What is left out must not say `..` either, as the original refuses it anywhere.
  for (const raw of rawPath.slice(1).split("/")) {
    const segment = decoded(raw);
    if (segment === null || !isHarmless(segment)) return refused("forbidden");
    segments.push(segment);
  }
  const below = segments.slice(1);
  return below.includes("") ? refused("malformed") : ok(below.join("/"));
}

function decoded(raw: string): string | null {
  try {
    return decodeURIComponent(raw);
  } catch {
    return null; // A lone percent sign, or bytes that are no UTF-8.
  }
}

/** Names that begin with a dot are ours (uploads under way) or somebody's secret. */
function isHarmless(segment: string): boolean {
  // deno-lint-ignore no-control-regex -- control characters are what is looked for
  return !/[\x00-\x1f\x7f/\\]|^\.|\.\./.test(segment) &&
    new TextEncoder().encode(segment).length <= MAX_SEGMENT_BYTES;
}

/**
 * Some clients ask for `<URL of an avatar>_100x100.jpg`, left over from the company's own image
 * host. The path of the avatar itself, or null for any other path (docs/spec/admin-http.md 3.2).
 */
export function originalOf(path: string): string | null {
  return /^(.*[^/])_\d{1,4}x\d{1,4}\.jpg$/.exec(path)?.[1] ?? null;
}
