/**
 * IMRecentSession: the rows that messages touch. Ids are remembered, as rows are hidden but never
 * deleted, once they are settled (pairs.ts); whether one is hidden is not, as anybody may hide it at any time.
 */
import { nowSec } from "../../clock.ts";
import { LruMap } from "../../lru_map.ts";
import type { Conversation } from "../types.ts";
import { chunks } from "./id_lists.ts";
import { insertMissing } from "./insert_missing.ts";
import { SETTLED_S } from "./pairs.ts";
import type { EngineParts } from "./parts.ts";

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
  readonly #clock: EngineParts["clock"];
  readonly #ids = new LruMap<string, number>({ maxWeight: MAX_REMEMBERED });

  constructor({ master, clock }: Pick<EngineParts, "master" | "clock">) {
    this.#master = master;
    this.#clock = clock;
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
    const settledBefore = nowSec(this.#clock) - SETTLED_S;
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
