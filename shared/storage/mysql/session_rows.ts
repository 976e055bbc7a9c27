/**
 * IMRecentSession: the rows that messages touch. Ids are remembered, as rows are hidden but never
 * deleted, once they are settled (settled_rows.ts); whether one is hidden is not, as anybody may hide it
 * at any time.
 */
import { LruMap } from "../../lru_map.ts";
import type { Conversation } from "../types.ts";
import { chunks } from "./id_lists.ts";
import { insertMissing } from "./insert_missing.ts";
import type { EngineParts } from "./parts.ts";
import { SettledRows } from "./settled_rows.ts";

/** Sessions remembered: about 20 MB. */
const MAX_REMEMBERED = 200_000;
/** Sessions of one statement. */
const CHUNK = 200;

interface SessionIdRow {
  readonly id: number;
  readonly userId: number;
  readonly peerId: number;
  readonly type: number;
  readonly created: number;
}

export class SessionRows {
  readonly #master: EngineParts["master"];
  readonly #settled: SettledRows;
  readonly #ids = new LruMap<string, number>({ maxWeight: MAX_REMEMBERED });

  constructor(parts: Pick<EngineParts, "master" | "clock">) {
    this.#master = parts.master;
    const columns = ["userId", "peerId", "type"];
    this.#settled = new SettledRows(parts, { table: "IMRecentSession", columns });
  }

  /** Row ids in the order of the conversations; those that have no row get one, hidden or not. */
  async ensure(conversations: readonly Conversation[], now: number): Promise<number[]> {
    const found = await this.#read(conversations);
    const missing = new Map<string, Conversation>();
    for (const one of conversations) {
      if (this.#idOf(one, found) === undefined) missing.set(nameOf(one), one);
    }
    if (missing.size > 0) {
      await insertMissing(this.#master, {
        table: "IMRecentSession",
        rows: Array.from(missing.values(), ({ userId, sessionId: peerId, type }) => ({
          columns: { userId, peerId, type, status: 0, created: now, updated: now },
          unless: { userId, peerId, type },
        })),
      });
    }
    const made = await this.#read([...missing.values()]);
    return conversations.map((one) => this.#idOf(one, found) ?? this.#idOf(one, made)!);
  }

  #idOf(one: Conversation, read: ReadonlyMap<string, number>): number | undefined {
    return read.get(nameOf(one)) ?? this.#ids.get(nameOf(one));
  }

  /** Of several rows of a session the shown one is taken, then the one that was changed last. */
  async #read(conversations: readonly Conversation[]): Promise<ReadonlyMap<string, number>> {
    const unknown = new Map<string, Conversation>();
    for (const one of conversations) {
      if (this.#ids.get(nameOf(one)) === undefined) unknown.set(nameOf(one), one);
    }
    const read = new Map<string, number>();
    if (unknown.size === 0) return read;
    const settledBefore = await this.#settled.before();
    const keys = Array.from(
      unknown.values(),
      ({ userId, sessionId, type }) => `(${userId},${sessionId},${type})`,
    );
    for (const some of chunks(keys, CHUNK)) {
      const rows = await this.#master.rows<SessionIdRow>(`
        SELECT id, userId, peerId, type, created FROM IMRecentSession
        WHERE (userId, peerId, type) IN (${some.join(",")})
        ORDER BY status DESC, updated, id`);
      for (const { id, userId, peerId, type, created } of rows) {
        const name = nameOf({ userId, sessionId: peerId, type });
        read.set(name, id);
        if (created < settledBefore) this.#ids.set(name, id);
      }
    }
    return read;
  }
}

function nameOf({ userId, sessionId, type }: Conversation): string {
  return `${userId}-${sessionId}-${type}`;
}
