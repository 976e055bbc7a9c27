/** Which part of a conversation a user may see, and the messages of it. */
import { SESSION_TYPE_GROUP } from "../../../proto/ids.ts";
import { isAudioMessage } from "../../message_class.ts";
import { LruMap } from "../../lru_map.ts";
import type { Conversation, MessageRow } from "../types.ts";
import { idChunks } from "./id_lists.ts";
import type { Memberships } from "./memberships.ts";
import {
  type ConversationKey,
  groupKey,
  selectVisible,
  singleKey,
  tableOf,
} from "./message_tables.ts";
import { pairOf, type Pairs } from "./pairs.ts";
import type { EngineParts } from "./parts.ts";

/** The part of a conversation that one user may see. */
export interface View {
  readonly key: ConversationKey;
  /** Messages up to this id are out of sight… */
  readonly afterMsgId: number;
  /** …and so are those that were created before this time. */
  readonly since: number;
}

/** A row with the place of its conversation in the list that was asked for. */
interface LatestRow extends MessageRow {
  readonly at: number;
}

/** Conversations asked for by one statement. */
const CHUNK = 100;
/** Memberships whose first message is remembered. */
const MAX_REMEMBERED = 50_000;
/** Messages since a member joined that are looked at for the lowest id. */
const FIRST_ROWS = 200;
const MAX_MSG_ID = 0xffff_ffff;
const NO_CONTENT = new Uint8Array(0);

export class Conversations {
  readonly #parts: Pick<EngineParts, "master">;
  readonly #pairs: Pairs;
  readonly #memberships: Memberships;
  /** Id below what a member may see, by group, member and time of joining. */
  readonly #beforeJoin = new LruMap<string, number>({ maxWeight: MAX_REMEMBERED });

  constructor(
    parts: Pick<EngineParts, "master">,
    { pairs, memberships }: { readonly pairs: Pairs; readonly memberships: Memberships },
  ) {
    this.#parts = parts;
    this.#pairs = pairs;
    this.#memberships = memberships;
  }

  /** `null` for two users who never talked and for a group that the user is no member of. */
  async visible({ type, userId, sessionId }: Conversation): Promise<View | null> {
    if (type !== SESSION_TYPE_GROUP) {
      const [relateId] = await this.#pairs.find([pairOf(userId, sessionId)]);
      if (relateId === null) return null;
      return { key: singleKey(relateId!), afterMsgId: 0, since: 0 };
    }
    const joined = await this.#memberships.joinTime(sessionId, userId);
    if (joined === null) return null;
    const afterMsgId = await this.#lastBefore(sessionId, joined);
    return { key: groupKey(sessionId), afterMsgId, since: joined };
  }

  /** Newest first, from `beginId` (0 = the latest) down. */
  page(view: View, { beginId, limit }: { beginId: number; limit: number }): Promise<MessageRow[]> {
    const begin = beginId === 0 ? MAX_MSG_ID : beginId;
    return this.#rows(view, `AND msgId <= ${begin}`, limit);
  }

  /** Newest first. */
  async byIds(view: View, msgIds: readonly number[]): Promise<MessageRow[]> {
    const rows: MessageRow[] = [];
    for (const ids of idChunks(msgIds)) {
      rows.push(...await this.#rows(view, `AND msgId IN (${ids.join(",")})`, ids.length));
    }
    return rows.sort((a, b) => b.msgId - a.msgId);
  }

  async latestId(view: View): Promise<number> {
    return (await this.#rows(view, "", 1))[0]?.msgId ?? 0;
  }

  /**
   * For lists of sessions: the newest message of each conversation that has one. The content of an
   * audio message is left empty: a label is shown for it.
   */
  async latest(
    keys: readonly ConversationKey[],
  ): Promise<ReadonlyMap<ConversationKey, MessageRow>> {
    const latest = new Map<ConversationKey, MessageRow>();
    for (let first = 0; first < keys.length; first += CHUNK) {
      const selects = keys.slice(first, first + CHUNK).map((key, at) =>
        `(${selectVisible(key, `${first + at} AS at`)} ORDER BY msgId DESC LIMIT 1)`
      );
      const rows = await this.#parts.master.rows<LatestRow>(selects.join(" UNION ALL "));
      for (const { at, ...row } of rows) {
        const content = isAudioMessage(row.type) ? NO_CONTENT : row.content;
        latest.set(keys[at]!, { ...row, content });
      }
    }
    return latest;
  }

  /**
   * The order is that of the index, whose status is the same in all: a page is read from its end, and
   * costs the same in a long conversation. Ordered by id alone the whole of it would be sorted.
   */
  #rows(view: View, condition: string, limit: number): Promise<MessageRow[]> {
    return this.#parts.master.rows<MessageRow>(
      `${selectVisible(view.key)} AND msgId > ? AND created >= ? ${condition}
       ORDER BY msgId DESC, created DESC, id DESC LIMIT ?`,
      [view.afterMsgId, view.since, Math.max(0, limit)],
    );
  }

  /**
   * Id below the first message since the time: history is searched from there, so that a newcomer's
   * short page does not read the whole group. Ids and times need not be in the same order where
   * several servers write, so the lowest id of {@link FIRST_ROWS} counts, and only as many are
   * remembered as final.
   */
  async #lastBefore(groupId: number, time: number): Promise<number> {
    const name = `${groupId}-${time}`;
    const remembered = this.#beforeJoin.get(name);
    if (remembered !== undefined) return remembered;
    const first = await this.#parts.master.rows<{ msgId: number }>(
      `SELECT msgId FROM ${tableOf(groupKey(groupId))} FORCE INDEX (idx_groupId_status_created)
       WHERE groupId = ? AND status = 0 AND created >= ? ORDER BY created LIMIT ${FIRST_ROWS}`,
      [groupId, time],
    );
    const lowest = first.reduce((least, { msgId }) => Math.min(least, msgId), MAX_MSG_ID);
    if (first.length < FIRST_ROWS) return first.length === 0 ? 0 : lowest - 1;
    this.#beforeJoin.set(name, lowest - 1);
    return lowest - 1;
  }
}
