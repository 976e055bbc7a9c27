/**
 * Rendezvous hashing: who has the highest weight for a key takes care of it. Everybody who knows the
 * same candidates finds the same one without asking, and when a candidate comes or goes only the
 * keys move that are or were its own.
 */

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** The candidates, best one first. `nameOf` has to give the same name on every server. */
export function byWeight<T>(
  key: number,
  candidates: readonly T[],
  nameOf: (candidate: T) => string,
): T[] {
  return candidates
    .map((candidate) => ({ candidate, weight: weightOf(key, nameOf(candidate)) }))
    .sort((a, b) => b.weight - a.weight)
    .map(({ candidate }) => candidate);
}

/** FNV-1a, mixed once more because keys and names differ in a few bits only; 32 bits. */
function weightOf(key: number, name: string): number {
  let hash = FNV_OFFSET;
  for (const unit of `${key} ${name}`) {
    hash = Math.imul(hash ^ unit.codePointAt(0)!, FNV_PRIME);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
