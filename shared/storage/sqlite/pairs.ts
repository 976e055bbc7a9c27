/**
 * The pairs of users that talk to each other: id and message counter of each pair, remembered
 * between messages, and what the messages of the running transaction change in the pair's row.
 */
import { LruMap } from "../../lru_map.ts";
import type { Database, Memory } from "./database.ts";
import type { Statement } from "./statement.ts";

/** A row of IMRelationShip as far as appending needs it. */
interface Pair {
  readonly id: number;
  lastMsgId: number;
  /** What is not yet in the row; all 0 when the pair is not in the list of changed ones. */
  updated: number;
  smallUnread: number;
  bigUnread: number;
}

interface PairKey {
  readonly smallId: number;
  readonly bigId: number;
  /** For a pair's first message. */
  readonly created: number;
}

export interface SingleMessage {
  readonly fromId: number;
  readonly toId: number;
  readonly created: number;
}

export class Pairs implements Memory {
  readonly #db: Database;
  readonly #remembered: LruMap<string, Pair>;
  #changed: Pair[] = [];
  readonly #find: Statement<{ id: number; lastMsgId: number }>;
  readonly #insert: Statement<object>;
  readonly #update: Statement<object>;

  constructor(db: Database, maxRemembered: number) {
    this.#db = db;
    this.#remembered = new LruMap({ maxWeight: maxRemembered });
    this.#find = db.prepare(`
      SELECT id, lastMsgId FROM IMRelationShip WHERE smallId = ? AND bigId = ?`);
    this.#insert = db.prepare(`
      INSERT INTO IMRelationShip (smallId, bigId, created, updated) VALUES (?1, ?2, ?3, ?3)`);
    // `updated` stands still when the clocks of two msg_servers differ: it never goes back.
    this.#update = db.prepare(`
      UPDATE IMRelationShip SET lastMsgId = ?, updated = max(updated, ?),
        smallUnread = smallUnread + ?, bigUnread = bigUnread + ?
      WHERE id = ?`);
    db.remember(this);
  }

  /** Counts a message of the pair and gives it its id. */
  next({ fromId, toId, created }: SingleMessage): { relateId: number; msgId: number } {
    const smallId = Math.min(fromId, toId);
    const pair = this.#get({ smallId, bigId: Math.max(fromId, toId), created });
    if (pair.updated === 0) this.#changed.push(pair);
    pair.updated = Math.max(pair.updated, created, 1);
    if (toId === smallId) pair.smallUnread++;
    else pair.bigUnread++;
    return { relateId: pair.id, msgId: ++pair.lastMsgId };
  }

  flush(): void {
    for (const pair of this.#changed) {
      const { id, lastMsgId, updated, smallUnread, bigUnread } = pair;
      this.#update.run(lastMsgId, updated, smallUnread, bigUnread, id);
      pair.updated = pair.smallUnread = pair.bigUnread = 0;
    }
    this.#changed = [];
  }

  forget(): void {
    this.#remembered.clear();
    this.#changed = [];
  }

  #get({ smallId, bigId, created }: PairKey): Pair {
    const key = `${smallId}-${bigId}`;
    const remembered = this.#remembered.get(key);
    if (remembered !== undefined) return remembered;
    // A pair may have been pushed out of memory with changes of this very transaction.
    this.#db.flush();
    const row = this.#find.get(smallId, bigId);
    const pair: Pair = {
      id: row?.id ?? this.#insert.insert(smallId, bigId, created),
      lastMsgId: row?.lastMsgId ?? 0,
      updated: 0,
      smallUnread: 0,
      bigUnread: 0,
    };
    this.#remembered.set(key, pair);
    return pair;
  }
}
