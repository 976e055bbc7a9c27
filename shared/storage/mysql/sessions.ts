/**
 * Recent sessions: the rows of IMRecentSession, and the groups of a user that were talked in since,
 * whose rows follow some seconds later (`group_sync.ts`).
 */
import { SESSION_TYPE_GROUP, SESSION_TYPE_SINGLE } from "../../../proto/ids.ts";
import type { Conversation, RecentSession, SessionStore } from "../types.ts";
import type { Conversations } from "./conversations.ts";
import type { GroupCounts } from "./group_counts.ts";
import { insertMissing } from "./insert_missing.ts";
import { unreadKey } from "./message_counters.ts";
import { type ConversationKey, groupKey, singleKey } from "./message_tables.ts";
import { pairOf, type Pairs } from "./pairs.ts";
import type { EngineParts } from "./parts.ts";

export interface SessionParts extends Pick<EngineParts, "master" | "redis"> {
  readonly pairs: Pairs;
  readonly conversations: Conversations;
  readonly counts: GroupCounts;
}

interface SessionRow {
  readonly peerId: number;
  readonly type: number;
  readonly status: number;
  readonly updated: number;
}

/** A group of the user's with its row, if it has one. */
interface GroupSession {
  readonly groupId: number;
  readonly lastChated: number;
  readonly status: number | null;
  readonly updated: number | null;
}

interface Candidate {
  readonly type: number;
  readonly sessionId: number;
  readonly updated: number;
}

const SHOWN = 0;
/** Sessions looked at in one go when some have no message that can be read. */
const PIECE = 100;

export class MysqlSessions implements SessionStore {
  readonly #parts: SessionParts;

  constructor(parts: SessionParts) {
    this.#parts = parts;
  }

  async recent(userId: number, since: number, limit: number): Promise<readonly RecentSession[]> {
    const [singles, groups] = await Promise.all([
      this.#singles(userId, since),
      this.#groups(userId, since),
    ]);
    const candidates = [...singles, ...groups].sort((a, b) =>
      b.updated - a.updated || a.type - b.type || a.sessionId - b.sessionId
    );
    const recent: RecentSession[] = [];
    for (let at = 0; at < candidates.length && recent.length < limit; at += PIECE) {
      recent.push(...await this.#withLatest(userId, candidates.slice(at, at + PIECE)));
    }
    return recent.slice(0, limit);
  }

  async remove({ type, userId, sessionId }: Conversation, now: number): Promise<boolean> {
    return type === SESSION_TYPE_GROUP
      ? await this.#removeGroup(userId, sessionId, now)
      : await this.#removeSingle(userId, sessionId, now);
  }

  async #singles(userId: number, since: number): Promise<Candidate[]> {
    const rows = await this.#parts.master.rows<SessionRow>(
      `SELECT peerId, MAX(updated) AS updated FROM IMRecentSession
       WHERE userId = ? AND type = ? AND status = ? GROUP BY peerId HAVING updated > ?`,
      [userId, SESSION_TYPE_SINGLE, SHOWN, since],
    );
    return rows.map(({ peerId, updated }) => (
      { type: SESSION_TYPE_SINGLE, sessionId: peerId, updated }
    ));
  }

  async #groups(userId: number, since: number): Promise<Candidate[]> {
    const rows = await this.#groupSessions(userId);
    const isNewer = ({ updated, lastChated }: GroupSession): boolean =>
      Math.max(updated ?? 0, lastChated) > since;
    const shown = await this.#shown(userId, rows.filter(isNewer));
    return shown.map(({ groupId, lastChated, status, updated }) => ({
      type: SESSION_TYPE_GROUP,
      sessionId: groupId,
      updated: status === SHOWN ? Math.max(updated!, lastChated) : lastChated,
    })).filter(({ updated }) => updated > since);
  }

  /** Groups with a message since the user joined. */
  #groupSessions(userId: number, groupId?: number): Promise<GroupSession[]> {
    return this.#parts.master.rows<GroupSession>(
      `SELECT m.groupId, MAX(g.lastChated) AS lastChated, MIN(s.status) AS status,
         MAX(s.updated) AS updated
       FROM IMGroupMember m
       JOIN IMGroup g ON g.id = m.groupId
       LEFT JOIN IMRecentSession s ON s.userId = m.userId AND s.peerId = m.groupId AND s.type = ?
       WHERE m.userId = ? AND m.status = 0 AND g.status = 0 AND g.lastChated >= m.updated
         ${groupId === undefined ? "" : "AND m.groupId = ?"}
       GROUP BY m.groupId`,
      [SESSION_TYPE_GROUP, userId, ...(groupId === undefined ? [] : [groupId])],
    );
  }

  /**
   * Without those that the user removed and that have had no message since. A message of the very
   * second of the removal is told apart by what the user has not seen.
   */
  async #shown(userId: number, groups: readonly GroupSession[]): Promise<GroupSession[]> {
    const isRemoved = ({ status, updated, lastChated }: GroupSession): boolean =>
      status !== null && status !== SHOWN && lastChated <= updated!;
    const removed = groups.filter(isRemoved).map(({ groupId }) => groupId);
    const unseen = await this.#parts.counts.unseen(userId, removed);
    return groups.filter((group) =>
      !isRemoved(group) || unseen[removed.indexOf(group.groupId)]! > 0
    );
  }

  async #withLatest(userId: number, candidates: readonly Candidate[]): Promise<RecentSession[]> {
    const { pairs, conversations } = this.#parts;
    const isSingle = ({ type }: Candidate): boolean => type === SESSION_TYPE_SINGLE;
    const singles = candidates.filter(isSingle);
    const relateIds = await pairs.find(singles.map(({ sessionId }) => pairOf(userId, sessionId)));
    const keys = new Map<Candidate, ConversationKey>();
    for (const one of candidates) if (!isSingle(one)) keys.set(one, groupKey(one.sessionId));
    for (const [at, one] of singles.entries()) {
      if (relateIds[at] !== null) keys.set(one, singleKey(relateIds[at]!));
    }
    const latest = await conversations.latest([...keys.values()]);
    return candidates.flatMap((one) => {
      const key = keys.get(one);
      const message = key && latest.get(key);
      return message ? [{ ...one, latest: message }] : [];
    });
  }

  async #removeSingle(userId: number, peerId: number, now: number): Promise<boolean> {
    const { affectedRows } = await this.#parts.master.run(
      `UPDATE IMRecentSession SET status = 1, updated = GREATEST(updated, ?)
       WHERE userId = ? AND peerId = ? AND type = ? AND status = ?`,
      [now, userId, peerId, SESSION_TYPE_SINGLE, SHOWN],
    );
    if (affectedRows === 0) return false;
    await this.#parts.redis.unread.pipeline([["hdel", unreadKey(userId), peerId]]);
    return true;
  }

  async #removeGroup(userId: number, groupId: number, now: number): Promise<boolean> {
    const [session] = await this.#shown(userId, await this.#groupSessions(userId, groupId));
    if (session === undefined) return false;
    const updated = Math.max(now, session.lastChated);
    await this.#parts.counts.seen(groupId, [userId]);
    await insertMissing(this.#parts.master, {
      table: "IMRecentSession",
      rows: [{
        columns: {
          ...{ userId, peerId: groupId, type: SESSION_TYPE_GROUP },
          ...{ status: 1, created: now, updated },
        },
        unless: { userId, peerId: groupId, type: SESSION_TYPE_GROUP },
      }],
    });
    await this.#parts.master.run(
      `UPDATE IMRecentSession SET status = 1, updated = GREATEST(updated, ?)
       WHERE userId = ? AND peerId = ? AND type = ?`,
      [updated, userId, groupId, SESSION_TYPE_GROUP],
    );
    return true;
  }
}
