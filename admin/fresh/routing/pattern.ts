/** Paths of route files as URL patterns, and which of two is tried first. */

/** A part of a file's path, without what only groups files. */
function urlParts(path: string): string[] {
  const parts = path.split("/").filter((part) => !/^\(.*\)$/.test(part));
  return parts.at(-1) === "index" ? parts.slice(0, -1) : parts;
}

/**
 * `users/[id]/index` is `/users/:id`, `files/[...path]` is `/files/:path*`, and `(app)/users` is
 * `/users`. The path has no extension.
 * @throws {SyntaxError} for brackets that are not around a whole part
 */
export function patternOf(path: string): string {
  const pattern = urlParts(path).map((part) => {
    const rest = /^\[\.\.\.(\w+)\]$/.exec(part)?.[1];
    if (rest !== undefined) return `:${rest}*`;
    const name = /^\[(\w+)\]$/.exec(part)?.[1];
    if (name !== undefined) return `:${name}`;
    if (/[[\]{}():*?+]/.test(part)) {
      throw new SyntaxError(`Cannot make a URL of '${path}': '${part}' is not [name] or [...name]`);
    }
    return part;
  });
  return `/${pattern.join("/")}`;
}

/** 0 for a fixed part, 1 for a parameter, 2 for "everything else". */
function weight(part: string): number {
  if (!part.startsWith(":")) return 0;
  return part.endsWith("*") ? 2 : 1;
}

/** For sorting: `/users/new` comes before `/users/:id`, which comes before `/:rest*`. */
export function comparePatterns(one: string, other: string): number {
  const [a, b] = [one.split("/"), other.split("/")];
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const difference = weight(a[i]!) - weight(b[i]!);
    if (difference !== 0) return difference;
  }
  return b.length - a.length || (one < other ? -1 : one > other ? 1 : 0);
}
