/** Which part of a conversation a user may see, and the messages of it. */
import { SESSION_TYPE_GROUP } from "../../../proto/ids.ts";
import type { Conversation } from "../types.ts";
import { AudioTable } from "./audio_table.ts";
import type { Database } from "./database.ts";
import { MessageTable, type View } from "./message_table.ts";
import type { Statement } from "./statement.ts";

export interface Visible {
  readonly table: MessageTable;
  readonly view: View;
}

/** A row of the view GroupSession. */
export interface GroupSession {
  readonly groupId: number;
  readonly joined: number;
  readonly joinMsgId: number;
  readonly seenMsgId: number;
  readonly hiddenMsgId: number;
  readonly lastMsgId: number;
  readonly lastChated: number;
}

/** A row of the view SingleSession. */
export interface SingleSession {
  readonly peerId: number;
  readonly relateId: number;
  readonly updated: number;
  readonly lastMsgId: number;
  readonly unread: number;
  readonly hiddenMsgId: number;
}

export const SINGLE_COLUMNS = "peerId, relateId, updated, lastMsgId, unread, hiddenMsgId";
export const GROUP_COLUMNS =
  "groupId, joined, joinMsgId, seenMsgId, hiddenMsgId, lastMsgId, lastChated";

export class Conversations {
  readonly singleMessages: MessageTable;
  readonly groupMessages: MessageTable;
  readonly #single: Statement<SingleSession>;
  readonly #group: Statement<GroupSession>;

  constructor(db: Database) {
    const audio = new AudioTable(db);
    this.singleMessages = new MessageTable(db, { table: "IMMessage", key: "relateId", audio });
    this.groupMessages = new MessageTable(db, { table: "IMGroupMessage", key: "groupId", audio });
    this.#single = db.prepare(`
      SELECT ${SINGLE_COLUMNS} FROM SingleSession WHERE userId = ? AND peerId = ?`);
    this.#group = db.prepare(`
      SELECT ${GROUP_COLUMNS} FROM GroupSession WHERE userId = ? AND groupId = ?`);
  }

  /** `null` for two users who never talked and for a group that the user is no member of. */
  visible({ type, userId, sessionId }: Conversation): Visible | null {
    if (type === SESSION_TYPE_GROUP) {
      const session = this.#group.get(userId, sessionId);
      return session && { table: this.groupMessages, view: groupView(session) };
    }
    const session = this.#single.get(userId, sessionId);
    return session && { table: this.singleMessages, view: singleView(session) };
  }

  /** Whether the conversation is in the user's list of recent sessions. */
  isShown({ type, userId, sessionId }: Conversation): boolean {
    if (type === SESSION_TYPE_GROUP) {
      const session = this.#group.get(userId, sessionId);
      return session !== null && isGroupShown(session);
    }
    const session = this.#single.get(userId, sessionId);
    return session !== null && session.lastMsgId > session.hiddenMsgId;
  }
}

/** There is something after the removal, if any, and something since the user joined. */
export function isGroupShown(session: GroupSession): boolean {
  return session.lastMsgId > session.hiddenMsgId && session.lastChated >= session.joined;
}

export function singleView(session: SingleSession): View {
  return { key: session.relateId, afterMsgId: 0, since: 0 };
}

export function groupView(session: GroupSession): View {
  return { key: session.groupId, afterMsgId: session.joinMsgId, since: session.joined };
}
