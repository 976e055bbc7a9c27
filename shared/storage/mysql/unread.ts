import { SESSION_TYPE_GROUP, SESSION_TYPE_SINGLE } from "../../../proto/ids.ts";
import type { Conversation, MessageRow, UnreadSession, UnreadStore } from "../types.ts";
import type { Conversations } from "./conversations.ts";
import type { GroupCounts } from "./group_counts.ts";
import { unreadKey } from "./message_counters.ts";
import { groupKey, singleKey } from "./message_tables.ts";
import { pairOf, type Pairs } from "./pairs.ts";
import type { EngineParts } from "./parts.ts";

export interface UnreadParts extends Pick<EngineParts, "master" | "redis"> {
  readonly pairs: Pairs;
  readonly conversations: Conversations;
  readonly counts: GroupCounts;
}

interface Counted {
  readonly sessionId: number;
  readonly count: number;
}

interface Membership {
  readonly groupId: number;
  readonly joined: number;
}

export class MysqlUnread implements UnreadStore {
  readonly #parts: UnreadParts;

  constructor(parts: UnreadParts) {
    this.#parts = parts;
  }

  async counts(userId: number): Promise<readonly UnreadSession[]> {
    const [singles, groups] = await Promise.all([this.#singles(userId), this.#groups(userId)]);
    return [...singles, ...groups];
  }

  async total(userId: number): Promise<number> {
    const [singles, groups] = await Promise.all([
      this.#singleCounts(userId),
      this.#groupCounts(userId),
    ]);
    return [...singles, ...groups].reduce((sum, { count }) => sum + count, 0);
  }

  async clear({ type, userId, sessionId }: Conversation): Promise<void> {
    if (type === SESSION_TYPE_GROUP) return await this.#parts.counts.seen(sessionId, [userId]);
    await this.#parts.redis.unread.pipeline([["hdel", unreadKey(userId), sessionId]]);
  }

  /** In the text order of the peers, as the original reads the hash (docs/spec/flows.md 11). */
  async #singleCounts(userId: number): Promise<Counted[]> {
    const [hash] = await this.#parts.redis.unread.pipeline<Record<string, string>>([
      ["hgetall", unreadKey(userId)],
    ]);
    return Object.entries(hash!)
      .sort(([a], [b]) => a < b ? -1 : 1)
      .map(([peer, count]) => ({ sessionId: Number(peer), count: Number(count) }))
      .filter(({ count }) => count > 0);
  }

  /** Newest membership first. */
  async #groupCounts(userId: number): Promise<(Counted & Membership)[]> {
    const memberships = await this.#parts.master.rows<Membership>(
      `SELECT m.groupId, MAX(m.updated) AS joined
       FROM IMGroupMember m JOIN IMGroup g ON g.id = m.groupId
       WHERE m.userId = ? AND m.status = 0 AND g.status = 0
       GROUP BY m.groupId ORDER BY joined DESC, MAX(m.id) DESC`,
      [userId],
    );
    const unseen = await this.#parts.counts.unseen(userId, memberships.map((one) => one.groupId));
    return memberships
      .map((one, at) => ({ ...one, sessionId: one.groupId, count: unseen[at]! }))
      .filter(({ count }) => count > 0);
  }

  /** Those whose last message can be read. */
  async #singles(userId: number): Promise<UnreadSession[]> {
    const { pairs, conversations } = this.#parts;
    const counted = await this.#singleCounts(userId);
    const relateIds = await pairs.find(counted.map(({ sessionId }) => pairOf(userId, sessionId)));
    const keys = relateIds.map((id) => id === null ? null : singleKey(id));
    const latest = await conversations.latest(keys.filter((key) => key !== null));
    return counted.flatMap(({ sessionId, count }, at): UnreadSession[] => {
      const message = keys[at] && latest.get(keys[at]);
      return message ? [{ type: SESSION_TYPE_SINGLE, sessionId, count, latest: message }] : [];
    });
  }

  async #groups(userId: number): Promise<UnreadSession[]> {
    const counted = await this.#groupCounts(userId);
    const keys = counted.map(({ sessionId }) => groupKey(sessionId));
    const latest = await this.#parts.conversations.latest(keys);
    return counted.map(({ sessionId, count, joined }, at) => ({
      type: SESSION_TYPE_GROUP,
      sessionId,
      count,
      latest: visibleSince(latest.get(keys[at]!), joined),
    }));
  }
}

function visibleSince(message: MessageRow | undefined, joined: number): MessageRow | null {
  return message !== undefined && message.created >= joined ? message : null;
}
