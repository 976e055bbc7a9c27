/**
 * The message tables: eight for single and eight for group messages, the same but for names
 * (docs/spec/storage.md 2.5 and 2.6). Content is read and written as bytes; nothing decodes it.
 */
import {
  MSG_TYPE_GROUP_AUDIO,
  MSG_TYPE_GROUP_TEXT,
  MSG_TYPE_SINGLE_AUDIO,
  MSG_TYPE_SINGLE_TEXT,
  SESSION_TYPE_GROUP,
  SESSION_TYPE_SINGLE,
} from "../../../proto/ids.ts";
import { MESSAGE_TABLES } from "./schema.ts";

/** Where the messages of a conversation are. */
export interface ConversationKey {
  /** SESSION_TYPE_SINGLE or SESSION_TYPE_GROUP. */
  readonly type: number;
  /** Relation id or group id. */
  readonly id: number;
}

/**
 * What the original takes for an id when Redis fails; such rows are in old data. They are no messages
 * of anybody, and no id may come after them (docs/spec/pitfalls.md P-MSG2).
 */
export const NO_MSG_ID = 0xffff_ffff;

interface TableKind {
  readonly prefix: string;
  /** Column of the relation or group. */
  readonly key: string;
  readonly author: string;
  /** Index that has the messages of a conversation by id. */
  readonly index: string;
  /** What is no message of these types is skipped (docs/spec/flows.md 12). */
  readonly types: readonly number[];
  /** Start of the Redis key of the message id counter (docs/spec/storage.md 5.1). */
  readonly counter: string;
}

const SINGLE: TableKind = {
  prefix: "IMMessage_",
  key: "relateId",
  author: "fromId",
  index: "idx_relateId_status_msgId_created",
  types: [MSG_TYPE_SINGLE_TEXT, MSG_TYPE_SINGLE_AUDIO],
  counter: "msg_id_",
};

const GROUP: TableKind = {
  prefix: "IMGroupMessage_",
  key: "groupId",
  author: "userId",
  index: "idx_groupId_msgId_status_created",
  types: [MSG_TYPE_GROUP_TEXT, MSG_TYPE_GROUP_AUDIO],
  counter: "group_msg_id_",
};

function kindOf(type: number): TableKind {
  return type === SESSION_TYPE_GROUP ? GROUP : SINGLE;
}

export function singleKey(relateId: number): ConversationKey {
  return { type: SESSION_TYPE_SINGLE, id: relateId };
}

export function groupKey(groupId: number): ConversationKey {
  return { type: SESSION_TYPE_GROUP, id: groupId };
}

/** Redis key of the conversation's message id counter; also its name in memory. */
export function counterKey({ type, id }: ConversationKey): string {
  return `${kindOf(type).counter}${id}`;
}

export function tableOf({ type, id }: ConversationKey): string {
  return `${kindOf(type).prefix}${id % MESSAGE_TABLES}`;
}

/**
 * A SELECT of visible messages up to its conditions: the caller adds more of them and the order.
 * `column` comes before those of the message.
 */
export function selectVisible(key: ConversationKey, column?: string): string {
  const kind = kindOf(key.type);
  return `SELECT ${
    column === undefined ? "" : `${column}, `
  }msgId, ${kind.author} AS fromId, type, CAST(COALESCE(content, '') AS BINARY) AS content, created
    FROM ${tableOf(key)} FORCE INDEX (${kind.index})
    WHERE ${kind.key} = ${key.id} AND status = 0 AND msgId < ${NO_MSG_ID}
      AND type IN (${kind.types.join(",")})`;
}

/**
 * SELECTs the highest id ever stored in the conversation, hidden messages included. Each MAX is one
 * look at the end of an index, however long the conversation is.
 */
export function selectMaxId(key: ConversationKey): string {
  const kind = kindOf(key.type);
  const max = (condition: string): string =>
    `COALESCE((SELECT MAX(msgId) FROM ${tableOf(key)}
      WHERE ${kind.key} = ${key.id} AND msgId < ${NO_MSG_ID}${condition}), 0)`;
  const maxId = key.type === SESSION_TYPE_GROUP
    ? max("")
    : `GREATEST(${max(" AND status = 0")}, ${max(" AND status = 1")})`;
  return `SELECT '${counterKey(key)}' AS counter, ${maxId} AS maxId`;
}

export interface StoredMessage {
  readonly key: ConversationKey;
  readonly msgId: number;
  readonly fromId: number;
  readonly toId: number;
  readonly type: number;
  /** Valid UTF-8. */
  readonly content: Uint8Array;
  readonly created: number;
}

/** One INSERT for each table that the messages belong to. */
export function insertMessages(messages: readonly StoredMessage[]): string[] {
  const rowsByTable = new Map<string, StoredMessage[]>();
  for (const message of messages) {
    const table = tableOf(message.key);
    const rows = rowsByTable.get(table);
    if (rows === undefined) rowsByTable.set(table, [message]);
    else rows.push(message);
  }
  return Array.from(rowsByTable, ([table, rows]) => {
    const isGroup = rows[0]!.key.type === SESSION_TYPE_GROUP;
    const columns = isGroup ? "groupId, userId" : "relateId, fromId, toId";
    const values = rows.map((row) => {
      const { key, fromId, toId, msgId, type, created } = row;
      const ids = isGroup ? `${key.id},${fromId}` : `${key.id},${fromId},${toId}`;
      return `(${ids},${msgId},${utf8Literal(row.content)},${type},0,${created},${created})`;
    });
    return `INSERT INTO ${table} (${columns}, msgId, content, type, status, updated, created)
      VALUES ${values.join(",")}`;
  });
}

/**
 * Bytes of a text as a literal: in hexadecimal there is nothing to escape, and what is stored are
 * exactly these bytes, or in strict mode an error.
 */
function utf8Literal(bytes: Uint8Array): string {
  return `_utf8mb4 X'${bytes.toHex()}'`;
}
