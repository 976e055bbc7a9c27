/**
 * IMRelationShip: the pairs of users that have talked. A row is made with the first message of a pair
 * and never goes, so its id is remembered, once it is settled (settled_rows.ts). Where old data has
 * several rows for a pair (docs/spec/pitfalls.md P-MSG6), the one that the original reads is taken: the
 * last in the order of its index.
 */
import { LruMap } from "../../lru_map.ts";
import type { EngineParts } from "./parts.ts";
import { chunks } from "./id_lists.ts";
import { insertMissing } from "./insert_missing.ts";
import { SettledRows } from "./settled_rows.ts";

/** Pairs remembered: about 10 MB. */
const MAX_REMEMBERED = 100_000;
/** Pairs of one statement. */
const CHUNK = 200;

export interface Pair {
  readonly smallId: number;
  readonly bigId: number;
}

interface RelationRow extends Pair {
  readonly id: number;
  readonly created: number;
}

export function pairOf(userId: number, peerId: number): Pair {
  return { smallId: Math.min(userId, peerId), bigId: Math.max(userId, peerId) };
}

export class Pairs {
  readonly #master: EngineParts["master"];
  readonly #settled: SettledRows;
  readonly #ids = new LruMap<string, number>({ maxWeight: MAX_REMEMBERED });

  constructor(parts: Pick<EngineParts, "master" | "clock">) {
    this.#master = parts.master;
    const columns = ["smallId", "bigId"];
    this.#settled = new SettledRows(parts, { table: "IMRelationShip", columns });
  }

  /** Relation ids in the order of the pairs, `null` for two who never talked. */
  async find(pairs: readonly Pair[]): Promise<(number | null)[]> {
    const unknown = new Map<string, Pair>();
    for (const pair of pairs) {
      if (this.#ids.get(nameOf(pair)) === undefined) unknown.set(nameOf(pair), pair);
    }
    const found = await this.#read([...unknown.values()]);
    return pairs.map((pair) => found.get(nameOf(pair)) ?? this.#ids.get(nameOf(pair)) ?? null);
  }

  /** Relation ids in the order of the pairs; those that have none get one. */
  async ensure(pairs: readonly Pair[], now: number): Promise<number[]> {
    const ids = await this.find(pairs);
    const missing = new Map<string, Pair>();
    for (const [at, pair] of pairs.entries()) {
      if (ids[at] === null) missing.set(nameOf(pair), pair);
    }
    if (missing.size === 0) return ids as number[];
    await insertMissing(this.#master, {
      table: "IMRelationShip",
      rows: Array.from(missing.values(), ({ smallId, bigId }) => ({
        columns: { smallId, bigId, status: 0, created: now, updated: now },
        unless: { smallId, bigId },
      })),
    });
    return await this.find(pairs) as number[];
  }

  async #read(pairs: readonly Pair[]): Promise<ReadonlyMap<string, number>> {
    const found = new Map<string, number>();
    if (pairs.length === 0) return found;
    const settledBefore = await this.#settled.before();
    for (const some of chunks(pairs, CHUNK)) {
      const list = some.map(({ smallId, bigId }) => `(${smallId},${bigId})`).join(",");
      const rows = await this.#master.rows<RelationRow>(`
        SELECT id, smallId, bigId, created FROM IMRelationShip
        WHERE (smallId, bigId) IN (${list}) ORDER BY status DESC, updated, id`);
      for (const row of rows) {
        found.set(nameOf(row), row.id);
        if (row.created < settledBefore) this.#ids.set(nameOf(row), row.id);
      }
    }
    return found;
  }
}

function nameOf({ smallId, bigId }: Pair): string {
  return `${smallId}-${bigId}`;
}
