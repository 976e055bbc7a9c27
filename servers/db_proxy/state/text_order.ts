/** Ids sorted as decimal texts: 1, 10, 2 (docs/spec/pitfalls.md Q-ORD2). */
export function sortedAsText(ids: Iterable<number>): number[] {
  return Array.from(ids, String).sort().map(Number);
}

/** Ids ascending, each once. */
export function sortedUnique(ids: Iterable<number>): number[] {
  return [...new Set(ids)].sort((a, b) => a - b);
}
