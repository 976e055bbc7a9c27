import { SESSION_TYPE_GROUP, SESSION_TYPE_SINGLE } from "../../../proto/ids.ts";
import type { Conversation, RecentSession, SessionStore } from "../types.ts";
import {
  type Conversations,
  GROUP_COLUMNS,
  type GroupSession,
  groupView,
  isGroupShown,
  SINGLE_COLUMNS,
  type SingleSession,
  singleView,
  type Visible,
} from "./conversations.ts";
import type { Database } from "./database.ts";
import type { Statement } from "./statement.ts";

interface Candidate extends Visible {
  readonly type: number;
  readonly sessionId: number;
  readonly updated: number;
}

export class SqliteSessions implements SessionStore {
  readonly #db: Database;
  readonly #conversations: Conversations;
  readonly #singles: Statement<SingleSession>;
  readonly #groups: Statement<GroupSession>;
  readonly #hideSingle: Statement<object>;
  readonly #hideGroup: Statement<object>;

  constructor(db: Database, conversations: Conversations) {
    this.#db = db;
    this.#conversations = conversations;
    this.#singles = db.prepare(`
      SELECT ${SINGLE_COLUMNS} FROM SingleSession
      WHERE userId = ? AND updated > ? AND lastMsgId > hiddenMsgId`);
    this.#groups = db.prepare(`
      SELECT ${GROUP_COLUMNS} FROM GroupSession WHERE userId = ? AND lastChated > ?`);
    this.#hideSingle = db.prepare(`
      UPDATE IMRelationShip SET
        smallHidden = iif(smallId = ?1, lastMsgId, smallHidden),
        bigHidden = iif(bigId = ?1, lastMsgId, bigHidden),
        smallUnread = iif(smallId = ?1, 0, smallUnread),
        bigUnread = iif(bigId = ?1, 0, bigUnread)
      WHERE smallId = min(?1, ?2) AND bigId = max(?1, ?2)`);
    this.#hideGroup = db.prepare(`
      UPDATE IMGroupMember SET hiddenMsgId = g.lastMsgId, seenMsgId = g.lastMsgId
      FROM IMGroup g WHERE g.id = groupId AND userId = ? AND groupId = ?`);
  }

  recent(userId: number, since: number, limit: number): Promise<readonly RecentSession[]> {
    return this.#db.read(() => {
      const recent: RecentSession[] = [];
      for (const { type, sessionId, updated, table, view } of this.#candidates(userId, since)) {
        if (recent.length >= limit) break;
        const latest = table.latest(view);
        if (latest !== null) recent.push({ type, sessionId, updated, latest });
      }
      return recent;
    });
  }

  /** `now` is not needed: what was stored before the removal is told apart by message id. */
  remove(conversation: Conversation): Promise<boolean> {
    return this.#db.write(() => {
      if (!this.#conversations.isShown(conversation)) return false;
      const { type, userId, sessionId } = conversation;
      const hide = type === SESSION_TYPE_GROUP ? this.#hideGroup : this.#hideSingle;
      hide.run(userId, sessionId);
      return true;
    });
  }

  /** Shown sessions, newest first; of the same second the single ones first, by ascending id. */
  #candidates(userId: number, since: number): Candidate[] {
    const singles = this.#singles.all(userId, since).map((session): Candidate => ({
      type: SESSION_TYPE_SINGLE,
      sessionId: session.peerId,
      updated: session.updated,
      table: this.#conversations.singleMessages,
      view: singleView(session),
    }));
    const groups = this.#groups.all(userId, since).filter(isGroupShown).map((
      session,
    ): Candidate => ({
      type: SESSION_TYPE_GROUP,
      sessionId: session.groupId,
      updated: session.lastChated,
      table: this.#conversations.groupMessages,
      view: groupView(session),
    }));
    return [...singles, ...groups].sort((a, b) =>
      b.updated - a.updated || a.type - b.type || a.sessionId - b.sessionId
    );
  }
}
