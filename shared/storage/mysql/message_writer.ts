/**
 * Stores messages, many at a time (docs/spec/flows.md 8 and 9). What waits while a batch is being
 * stored is the next batch, so a batch costs a fixed number of round trips however many messages it
 * has:
 *
 *     who may write where → ids from Redis → one MySQL transaction → unread counters in Redis
 *
 * A message counts as stored when the transaction is committed. Batches follow one another, so that
 * messages of a conversation become visible in the order of their ids; the next one begins with the
 * commit, while its own messages are told of once they are counted too. Refused messages take no id.
 */
import { SESSION_TYPE_GROUP, SESSION_TYPE_SINGLE } from "../../../proto/ids.ts";
import { isGroupMessage } from "../../message_class.ts";
import { ok, refused, type Result } from "../../result.ts";
import type { AppendRefusal, Conversation, NewMessage } from "../types.ts";
import { BatchError, WriteCombiner } from "../write_combiner.ts";
import type { ActiveUsers } from "./active_users.ts";
import type { CountedBatch } from "./count_journal.ts";
import { retryingDeadlocks } from "./deadlocks.ts";
import { isDuplicate } from "./errors.ts";
import { transaction } from "./insert_missing.ts";
import type { LiveGroups } from "./live_groups.ts";
import type { MessageCounters } from "./message_counters.ts";
import type { MessageIds } from "./message_ids.ts";
import {
  type ConversationKey,
  counterKey,
  groupKey,
  insertMessages,
  singleKey,
  type StoredMessage,
} from "./message_tables.ts";
import { pairOf, type Pairs } from "./pairs.ts";
import type { EngineParts } from "./parts.ts";
import type { SessionRows } from "./session_rows.ts";

/** Most messages of one transaction. More gain nothing and make the others wait, as measured. */
export const MAX_BATCH = 200;
/** Most messages that wait; further ones are refused. Half a second of work. */
export const MAX_WAITING = 20_000;
/** Who waits for longer has given up and sends again: what was not begun by then is refused. */
const MAX_WAIT_MS = 10_000;

export interface MessageWriterParts extends Pick<EngineParts, "master" | "clock"> {
  readonly activeUsers: ActiveUsers;
  readonly liveGroups: LiveGroups;
  readonly pairs: Pairs;
  readonly sessionRows: SessionRows;
  readonly ids: MessageIds;
  readonly counters: MessageCounters;
}

/** A message that may be stored, and what it belongs to. */
interface Accepted {
  readonly message: NewMessage;
  readonly key: ConversationKey;
  /** Rows of IMRecentSession that it moves to the top. */
  readonly sessionIds: readonly number[];
}

type Outcome = Result<number, AppendRefusal>;

interface Settled {
  readonly outcome: Outcome;
  /** Resolves when what the batch adds to unread counters is in Redis, or has to wait for it. */
  readonly counted: Promise<void>;
}

export class MessageWriter {
  readonly #parts: MessageWriterParts;
  readonly #combiner: WriteCombiner<NewMessage, Settled>;

  constructor(parts: MessageWriterParts) {
    this.#parts = parts;
    this.#combiner = new WriteCombiner<NewMessage, Settled>({
      commit: (batch) => this.#commit(batch),
      clock: parts.clock,
      maxBatch: MAX_BATCH,
      maxWaiting: MAX_WAITING,
      maxWaitMs: MAX_WAIT_MS,
    });
  }

  /**
   * Resolves with the message's id once it is committed and its receivers' unread counters have it.
   * The content must be valid UTF-8.
   */
  async store(message: NewMessage): Promise<Outcome> {
    const { outcome, counted } = await this.#combiner.submit(message);
    await counted;
    return outcome;
  }

  /** Why the message would not be stored, or `null`: for what is not worth preparing otherwise. */
  async refusal(message: NewMessage): Promise<AppendRefusal | null> {
    return (await this.#refusals([message]))[0]!;
  }

  drain(): Promise<void> {
    return this.#combiner.drain();
  }

  async #commit(batch: readonly NewMessage[]): Promise<readonly Settled[]> {
    const { counters } = this.#parts;
    await counters.settle();
    const refusals = await this.#refusals(batch);
    const accepted = await this.#accepted(batch.filter((_, at) => refusals[at] === null));
    const additions = counters.begin(accepted.map(({ message: { type, fromId, toId } }) => (
      { isGroup: isGroupMessage(type), fromId, toId }
    )));
    const ids = await this.#storeAll(accepted, additions);
    const counted = counters.add(additions);
    let next = 0;
    return refusals.map((refusal) => (
      { outcome: refusal === null ? ok(ids[next++]!) : refused(refusal), counted }
    ));
  }

  /** For each message why it must not be stored, or `null`. */
  async #refusals(batch: readonly NewMessage[]): Promise<(AppendRefusal | null)[]> {
    const singles = batch.filter(({ type }) => !isGroupMessage(type));
    const groups = batch.filter(({ type }) => isGroupMessage(type));
    const [receivers, groupRefusals] = await Promise.all([
      this.#parts.activeUsers.among(singles.map(({ toId }) => toId)),
      this.#parts.liveGroups.refusals(groups),
    ]);
    const known = new Set(receivers);
    let group = 0;
    return batch.map(({ type, toId }) => {
      if (isGroupMessage(type)) return groupRefusals[group++]!;
      return known.has(toId) ? null : "unknown_receiver";
    });
  }

  async #accepted(messages: readonly NewMessage[]): Promise<readonly Accepted[]> {
    if (messages.length === 0) return [];
    const { pairs, sessionRows } = this.#parts;
    const now = messages.reduce((time, { created }) => Math.max(time, created), 0);
    const singles = messages.filter(({ type }) => !isGroupMessage(type));
    const sessions = messages.flatMap(({ type, fromId, toId }): Conversation[] =>
      isGroupMessage(type) ? [{ type: SESSION_TYPE_GROUP, userId: fromId, sessionId: toId }] : [
        { type: SESSION_TYPE_SINGLE, userId: fromId, sessionId: toId },
        { type: SESSION_TYPE_SINGLE, userId: toId, sessionId: fromId },
      ]
    );
    const [sessionIds, relateIds] = await Promise.all([
      sessionRows.ensure(sessions, now),
      pairs.ensure(singles.map(({ fromId, toId }) => pairOf(fromId, toId)), now),
    ]);
    let session = 0;
    let single = 0;
    return messages.map((message) => {
      const isGroup = isGroupMessage(message.type);
      const first = session;
      session += isGroup ? 1 : 2;
      return {
        message,
        key: isGroup ? groupKey(message.toId) : singleKey(relateIds[single++]!),
        sessionIds: sessionIds.slice(first, session),
      };
    });
  }

  /** Stores all or none, and returns their ids. */
  async #storeAll(
    accepted: readonly Accepted[],
    additions: CountedBatch,
  ): Promise<readonly number[]> {
    if (accepted.length === 0) return [];
    try {
      return await this.#tryToStore(accepted, additions);
    } catch (error) {
      if (!isDuplicate(error)) throw error;
      // A counter of Redis was behind the table: it is compared with the table once more.
      this.#parts.ids.forget();
      return await this.#tryToStore(accepted, additions);
    }
  }

  async #tryToStore(
    accepted: readonly Accepted[],
    additions: CountedBatch,
  ): Promise<readonly number[]> {
    const ids = await this.#takeIds(accepted);
    const stored = accepted.map(({ message, key }, at): StoredMessage => (
      { ...message, key, msgId: ids[at]! }
    ));
    const script = transaction([
      ...await this.#parts.counters.statements(additions),
      ...insertMessages(stored),
      ...touchSessions(accepted),
      ...touchGroups(accepted),
    ]);
    try {
      await retryingDeadlocks(() => this.#parts.master.script(script));
    } catch (error) {
      // The server was away or silent: it may have done it all the same.
      if (error instanceof BatchError) this.#parts.counters.unsure(additions);
      throw error;
    }
    return ids;
  }

  /** Ids in the order of the messages, consecutive within a conversation. */
  async #takeIds(accepted: readonly Accepted[]): Promise<number[]> {
    const counts = new Map<string, { key: ConversationKey; count: number }>();
    for (const { key } of accepted) {
      const wanted = counts.get(counterKey(key));
      if (wanted === undefined) counts.set(counterKey(key), { key, count: 1 });
      else wanted.count++;
    }
    const wanted = [...counts.values()];
    const first = await this.#parts.ids.take(wanted);
    const next = new Map(wanted.map(({ key }, at) => [counterKey(key), first[at]!]));
    return accepted.map(({ key }) => {
      const id = next.get(counterKey(key))!;
      next.set(counterKey(key), id + 1);
      return id;
    });
  }
}

/** Sessions are shown again and move to the time of their newest message, never back. */
function touchSessions(accepted: readonly Accepted[]): string[] {
  const times = newestTimes(
    accepted.flatMap(({ message, sessionIds }) => sessionIds.map((id) => [id, message.created])),
  );
  return Array.from(idsByTime(times), ([time, ids]) => `
    UPDATE IMRecentSession SET status = 0, updated = GREATEST(updated, ${time})
    WHERE id IN (${ids.join(",")})`);
}

function touchGroups(accepted: readonly Accepted[]): string[] {
  const times = newestTimes(
    accepted.filter(({ key }) => key.type === SESSION_TYPE_GROUP)
      .map(({ key, message }) => [key.id, message.created]),
  );
  return Array.from(idsByTime(times), ([time, ids]) => `
    UPDATE IMGroup SET lastChated = GREATEST(lastChated, ${time}) WHERE id IN (${ids.join(",")})`);
}

function newestTimes(entries: readonly (readonly number[])[]): Map<number, number> {
  const times = new Map<number, number>();
  for (const [id, time] of entries) times.set(id!, Math.max(times.get(id!) ?? 0, time!));
  return times;
}

/** Ids ascending for each time, so that writers lock rows in the same order. */
function idsByTime(times: ReadonlyMap<number, number>): Map<number, number[]> {
  const ids = new Map<number, number[]>();
  for (const [id, time] of [...times].sort(([a], [b]) => a - b)) {
    const list = ids.get(time);
    if (list === undefined) ids.set(time, [id]);
    else list.push(id);
  }
  return ids;
}
