/** Reads what is committed, past all servers: a connection of its own to the cluster's database. */
import { DatabaseSync, type StatementSync } from "node:sqlite";

export interface StoredMessage {
  readonly msgId: number;
  readonly fromId: number;
  readonly text: string;
}

const TEXT = new TextDecoder();

interface Row {
  readonly msgId: number;
  readonly fromId: number;
  readonly content: Uint8Array;
}

export class Observer implements Disposable {
  readonly #db: DatabaseSync;
  readonly #single: StatementSync;
  readonly #group: StatementSync;
  /** What is stored stays as it is, so it is read once. */
  readonly #known = new Map<string, StoredMessage>();

  constructor(path: string) {
    this.#db = new DatabaseSync(path, { readOnly: true });
    this.#single = this.#db.prepare(`
      SELECT m.msgId, m.fromId, m.content
      FROM IMRelationShip r JOIN IMMessage m ON m.relateId = r.id
      WHERE r.smallId = ? AND r.bigId = ? AND m.msgId BETWEEN ? AND ? ORDER BY m.msgId`);
    this.#group = this.#db.prepare(`
      SELECT msgId, fromId, content FROM IMGroupMessage
      WHERE groupId = ? AND msgId BETWEEN ? AND ? ORDER BY msgId`);
  }

  messageAt(conversation: string, msgId: number): StoredMessage | null {
    const key = `${conversation} ${msgId}`;
    const known = this.#known.get(key) ?? this.#between(conversation, msgId, msgId)[0];
    if (known === undefined) return null;
    this.#known.set(key, known);
    return known;
  }

  /** Oldest first. */
  messages(conversation: string): readonly StoredMessage[] {
    return this.#between(conversation, 0, 0xffffffff);
  }

  /** Conversations that have a message. */
  conversations(): readonly string[] {
    const pairs = this.#db.prepare(`
      SELECT smallId || '-' || bigId AS name FROM IMRelationShip r
      WHERE EXISTS (SELECT 1 FROM IMMessage m WHERE m.relateId = r.id)
      UNION ALL SELECT DISTINCT 'g' || groupId FROM IMGroupMessage ORDER BY name`);
    return pairs.all().map((row) => String(row["name"]));
  }

  /** Ascending. */
  members(groupId: number): readonly number[] {
    const rows = this.#db.prepare(`
      SELECT userId FROM IMGroupMember WHERE groupId = ? AND status = 0 ORDER BY userId`);
    return rows.all(groupId).map((row) => Number(row["userId"]));
  }

  [Symbol.dispose](): void {
    this.#db.close();
  }

  #between(conversation: string, from: number, to: number): readonly StoredMessage[] {
    const rows = conversation.startsWith("g")
      ? this.#group.all(Number(conversation.slice(1)), from, to)
      : this.#single.all(...conversation.split("-").map(Number), from, to);
    return (rows as unknown as readonly Row[]).map(({ msgId, fromId, content }) => ({
      msgId,
      fromId,
      text: TEXT.decode(content),
    }));
  }
}
