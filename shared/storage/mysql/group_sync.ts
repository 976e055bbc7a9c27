/**
 * The original's group session sync (docs/spec/flows.md 17): members' rows of IMRecentSession follow
 * the messages of their groups within seconds. This suite shows a group session at once, whatever its
 * row says; the rows are for db_proxy_servers of the original's kind, which read nothing else.
 *
 * The mark T in Redis says until when everything is done. Rounds look further back than that, as a
 * message may be committed some time after it was created (docs/spec/pitfalls.md P-SYN0); groups that
 * have had no message since their last round cost nothing.
 */
import { SESSION_TYPE_GROUP } from "../../../proto/ids.ts";
import { nowSec, type Timer } from "../../clock.ts";
import { LruMap } from "../../lru_map.ts";
import { retryingDeadlocks } from "./deadlocks.ts";
import { idChunks } from "./id_lists.ts";
import type { Memberships } from "./memberships.ts";
import type { EngineParts } from "./parts.ts";

const PERIOD_MS = 5000;
/** How late a message may be committed, in seconds: as long as msg_servers keep it, and as much. */
const LOOK_BACK_SEC = 60;
/** Groups of one round; if there are more, the next round goes on. */
const MAX_GROUPS = 10_000;
const MARK = "last_update_group";

interface ChattedGroup {
  readonly id: number;
  readonly lastChated: number;
}

export class GroupSync {
  readonly #parts: EngineParts;
  readonly #memberships: Memberships;
  /** Until which message of a group its rows are done. */
  readonly #done = new LruMap<number, number>({ maxWeight: 5 * MAX_GROUPS });
  #timer: Timer | null = null;
  #round: Promise<void> = Promise.resolve();
  #isRunning = false;

  constructor(parts: EngineParts, memberships: Memberships) {
    this.#parts = parts;
    this.#memberships = memberships;
  }

  start(): void {
    this.#timer = this.#parts.clock.every(PERIOD_MS, () => {
      if (!this.#isRunning) this.#round = this.#tryRound();
    });
  }

  /** Resolves when the round under way is done; there will be no other. */
  async stop(): Promise<void> {
    this.#timer?.cancel();
    await this.#round;
  }

  /** One round. @throws {StorageError} when MySQL or Redis is away; the next round does its work */
  async run(): Promise<void> {
    const now = nowSec(this.#parts.clock);
    const mark = await this.#mark();
    // Without a mark there is nothing to catch up with (docs/spec/pitfalls.md P-SYN2).
    const groups = mark === null ? [] : await this.#chattedSince(mark - LOOK_BACK_SEC);
    for (const group of groups) {
      if (this.#done.get(group.id) === group.lastChated) continue;
      await this.#syncGroup(group);
      this.#done.set(group.id, group.lastChated);
    }
    const isAll = groups.length < MAX_GROUPS;
    const reached = isAll ? now : groups[groups.length - 1]!.lastChated;
    await this.#parts.redis.unread.pipeline([["set", MARK, Math.max(reached, mark ?? 0)]]);
  }

  async #tryRound(): Promise<void> {
    this.#isRunning = true;
    try {
      await this.run();
    } catch (error) {
      this.#parts.log.warn("group sessions are not synchronized", { reason: String(error) });
    } finally {
      this.#isRunning = false;
    }
  }

  async #mark(): Promise<number | null> {
    const [text] = await this.#parts.redis.unread.pipeline<string | null>([["get", MARK]]);
    return text === null || text === undefined ? null : Number(text);
  }

  #chattedSince(time: number): Promise<ChattedGroup[]> {
    return this.#parts.master.rows<ChattedGroup>(
      `SELECT id, lastChated FROM IMGroup WHERE status = 0 AND lastChated > 0 AND lastChated >= ?
       ORDER BY lastChated LIMIT ?`,
      [Math.max(0, time), MAX_GROUPS],
    );
  }

  async #syncGroup({ id, lastChated }: ChattedGroup): Promise<void> {
    const members = await this.#memberships.members(id);
    const userIds = Array.from(members ?? [])
      .filter(([, joined]) => joined <= lastChated)
      .map(([userId]) => userId);
    const { master } = this.#parts;
    // In pieces, so that nobody waits long for the locks.
    for (const some of idChunks(userIds)) {
      // A session that was removed after the message stays so; a newer message brings it back.
      await retryingDeadlocks(() =>
        master.run(
          `UPDATE IMRecentSession SET status = 0, updated = ?
           WHERE userId IN (?) AND peerId = ? AND type = ? AND updated < ?`,
          [lastChated, some, id, SESSION_TYPE_GROUP, lastChated],
        )
      );
      await retryingDeadlocks(() =>
        master.run(
          `INSERT IGNORE INTO IMRecentSession (userId, peerId, type, status, created, updated)
           SELECT DISTINCT m.userId, m.groupId, ?, 0, ?, ? FROM IMGroupMember m
           WHERE m.groupId = ? AND m.userId IN (?) AND m.status = 0 AND NOT EXISTS (
             SELECT 1 FROM IMRecentSession s
             WHERE s.userId = m.userId AND s.peerId = m.groupId AND s.type = ?)`,
          [SESSION_TYPE_GROUP, lastChated, lastChated, id, some, SESSION_TYPE_GROUP],
        )
      );
    }
  }
}
