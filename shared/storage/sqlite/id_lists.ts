/** Lists of ids as a parameter: `id IN (SELECT value FROM json_each(?))`, in bounded pieces. */

/** Most ids in one statement (docs/spec/pitfalls.md P-LIM6). */
const MAX_IDS = 500;

/** The distinct ids, ascending, as JSON arrays of at most {@link MAX_IDS}. */
export function idChunks(ids: readonly number[]): string[] {
  const sorted = [...new Set(ids)].sort((a, b) => a - b);
  const chunks: string[] = [];
  for (let i = 0; i < sorted.length; i += MAX_IDS) {
    chunks.push(JSON.stringify(sorted.slice(i, i + MAX_IDS)));
  }
  return chunks;
}
