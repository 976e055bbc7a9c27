/** IMMessage and IMGroupMessage: the same table but for what a conversation is keyed by. */
import { isAudioMessage } from "../../message_class.ts";
import type { MessageRow, NewMessage } from "../types.ts";
import type { AudioTable } from "./audio_table.ts";
import type { Database } from "./database.ts";
import { idChunks } from "./id_lists.ts";
import type { Statement } from "./statement.ts";

/** The part of a conversation that one user may see. */
export interface View {
  /** Relation id or group id. */
  readonly key: number;
  /** Messages up to this id are out of sight… */
  readonly afterMsgId: number;
  /** …and so are those that were created before this time. */
  readonly since: number;
}

const MAX_MSG_ID = 0xffff_ffff;
const NO_CONTENT = new Uint8Array(0);

export class MessageTable {
  readonly #audio: AudioTable;
  readonly #insert: Statement<object>;
  readonly #page: Statement<MessageRow>;
  readonly #byIds: Statement<MessageRow>;
  readonly #latestId: Statement<{ msgId: number }>;

  constructor(db: Database, { table, key, audio }: {
    table: "IMMessage" | "IMGroupMessage";
    key: "relateId" | "groupId";
    audio: AudioTable;
  }) {
    const visible = `${key} = ?1 AND msgId > ?2 AND created >= ?3 AND status = 0`;
    const columns = "msgId, fromId, type, content, created";
    this.#audio = audio;
    this.#insert = db.prepare(`
      INSERT INTO ${table} (${key}, msgId, fromId, type, status, created, content)
      VALUES (?, ?, ?, ?, 0, ?, ?)`);
    this.#page = db.prepare(`
      SELECT ${columns} FROM ${table} WHERE ${visible} AND msgId <= ?4
      ORDER BY msgId DESC LIMIT ?5`);
    this.#byIds = db.prepare(`
      SELECT ${columns} FROM ${table}
      WHERE ${visible} AND msgId IN (SELECT value FROM json_each(?4))`);
    this.#latestId = db.prepare(`
      SELECT msgId FROM ${table} WHERE ${visible} ORDER BY msgId DESC LIMIT 1`);
  }

  insert(id: { key: number; msgId: number }, message: NewMessage): void {
    const { fromId, type, created, content } = message;
    const stored = isAudioMessage(type) ? this.#audio.insert(message) : content;
    this.#insert.run(id.key, id.msgId, fromId, type, created, stored);
  }

  /** Newest first, from `beginId` (0 = the latest) down. */
  page(view: View, { beginId, limit }: { beginId: number; limit: number }): MessageRow[] {
    const begin = beginId === 0 ? MAX_MSG_ID : beginId;
    return this.#page.all(view.key, view.afterMsgId, view.since, begin, Math.max(0, limit))
      .map((row) => this.#withSound(row));
  }

  /** Newest first. */
  byIds(view: View, msgIds: readonly number[]): MessageRow[] {
    return idChunks(msgIds)
      .flatMap((chunk) => this.#byIds.all(view.key, view.afterMsgId, view.since, chunk))
      .sort((a, b) => b.msgId - a.msgId)
      .map((row) => this.#withSound(row));
  }

  latestId(view: View): number {
    return this.#latestId.get(view.key, view.afterMsgId, view.since)?.msgId ?? 0;
  }

  /**
   * For lists of sessions. The content of an audio message is left empty: a label is shown for it
   * (docs/spec/pitfalls.md Q-AUD), and a hundred sounds of a megabyte would be read for nothing.
   */
  latest(view: View): MessageRow | null {
    const [row] = this.#page.all(view.key, view.afterMsgId, view.since, MAX_MSG_ID, 1);
    if (row === undefined) return null;
    return isAudioMessage(row.type) ? { ...row, content: NO_CONTENT } : row;
  }

  #withSound(row: MessageRow): MessageRow {
    return isAudioMessage(row.type) ? { ...row, content: this.#audio.content(row.content) } : row;
  }
}
