/** Long lists in bounded pieces: rows and ids of one statement, commands of one pipeline. */

/** Most ids in one statement (docs/spec/pitfalls.md P-LIM6). */
const MAX_IDS = 500;

/** The distinct ids, ascending, in lists of at most {@link MAX_IDS}. */
export function idChunks(ids: Iterable<number>): (readonly number[])[] {
  return chunks([...new Set(ids)].sort((a, b) => a - b), MAX_IDS);
}

/** The items in their order, in lists of at most `size`. */
export function chunks<T>(items: readonly T[], size: number): (readonly T[])[] {
  const pieces: (readonly T[])[] = [];
  for (let at = 0; at < items.length; at += size) pieces.push(items.slice(at, at + size));
  return pieces;
}
