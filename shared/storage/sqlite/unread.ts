import { SESSION_TYPE_GROUP, SESSION_TYPE_SINGLE } from "../../../proto/ids.ts";
import type { Conversation, UnreadSession, UnreadStore } from "../types.ts";
import {
  type Conversations,
  GROUP_COLUMNS,
  type GroupSession,
  groupView,
  SINGLE_COLUMNS,
  type SingleSession,
  singleView,
} from "./conversations.ts";
import type { Database } from "./database.ts";
import type { Statement } from "./statement.ts";

export class SqliteUnread implements UnreadStore {
  readonly #db: Database;
  readonly #conversations: Conversations;
  readonly #singles: Statement<SingleSession>;
  readonly #groups: Statement<GroupSession>;
  readonly #total: Statement<{ total: number }>;
  readonly #clearSingle: Statement<object>;
  readonly #clearGroup: Statement<object>;

  constructor(db: Database, conversations: Conversations) {
    this.#db = db;
    this.#conversations = conversations;
    // The order of the fields of the original's Redis hash: 1, 10, 2 (docs/spec/flows.md 11).
    this.#singles = db.prepare(`
      SELECT ${SINGLE_COLUMNS} FROM SingleSession WHERE userId = ? AND unread > 0
      ORDER BY CAST(peerId AS TEXT)`);
    this.#groups = db.prepare(`
      SELECT ${GROUP_COLUMNS} FROM GroupSession WHERE userId = ? AND lastMsgId > seenMsgId
      ORDER BY joined DESC, memberId DESC`);
    // The same sessions as in the two lists above.
    this.#total = db.prepare(`
      SELECT
        (SELECT coalesce(sum(unread), 0) FROM SingleSession WHERE userId = ?1) +
        (SELECT coalesce(sum(max(lastMsgId - seenMsgId, 0)), 0) FROM GroupSession
          WHERE userId = ?1) AS total`);
    // What is read already is left alone: a transaction that changes nothing costs no disk access.
    this.#clearSingle = db.prepare(`
      UPDATE IMRelationShip SET
        smallUnread = iif(smallId = ?1, 0, smallUnread),
        bigUnread = iif(bigId = ?1, 0, bigUnread)
      WHERE smallId = min(?1, ?2) AND bigId = max(?1, ?2) AND smallUnread + bigUnread > 0`);
    this.#clearGroup = db.prepare(`
      UPDATE IMGroupMember SET seenMsgId = g.lastMsgId
      FROM IMGroup g
      WHERE g.id = groupId AND userId = ? AND groupId = ? AND seenMsgId < g.lastMsgId`);
  }

  counts(userId: number): Promise<readonly UnreadSession[]> {
    return this.#db.read(() => [...this.#singleCounts(userId), ...this.#groupCounts(userId)]);
  }

  total(userId: number): Promise<number> {
    return this.#db.read(() => this.#total.get(userId)!.total);
  }

  clear({ type, userId, sessionId }: Conversation): Promise<void> {
    const clear = type === SESSION_TYPE_GROUP ? this.#clearGroup : this.#clearSingle;
    return this.#db.write(() => void clear.run(userId, sessionId));
  }

  #singleCounts(userId: number): UnreadSession[] {
    return this.#singles.all(userId).flatMap((session) => {
      const latest = this.#conversations.singleMessages.latest(singleView(session));
      if (latest === null) return [];
      const { peerId: sessionId, unread: count } = session;
      return { type: SESSION_TYPE_SINGLE, sessionId, count, latest };
    });
  }

  #groupCounts(userId: number): UnreadSession[] {
    return this.#groups.all(userId).map((session) => ({
      type: SESSION_TYPE_GROUP,
      sessionId: session.groupId,
      count: session.lastMsgId - session.seenMsgId,
      latest: this.#conversations.groupMessages.latest(groupView(session)),
    }));
  }
}
