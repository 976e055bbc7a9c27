/**
 * Group messages on their way to the members (docs/spec/flows.md 9).
 *
 * Members are asked from db_proxy for every message, as they may have changed since the last one.
 * One query per group is under way at a time: messages that are stored meanwhile wait for the next
 * one and share its answer. So a busy group costs few queries, its messages are delivered in the
 * order they were stored, and nobody who was added before a message misses it.
 */
import type { Clock, Timer } from "../../../shared/clock.ts";
import {
  ATTACH_TYPE_HANDLE_AND_PDU,
  buildFrame,
  encodePduAttach,
} from "../../../shared/pdu/mod.ts";
import { CID_GROUP_INFO_REQUEST, IMGroupInfoListReq } from "../../../proto/mod.ts";

/** Messages of one group that wait for a query or for its answer; of more the oldest are left out. */
export const MAX_WAITING_PER_GROUP = 10_000;

/**
 * A query without an answer, as when MySQL or Redis was away for a moment, is sent again after this
 * time, and then after twice as long each time up to the second value: a db_proxy that is slow must
 * not get more to do.
 */
const QUERY_TIMEOUT_MS = { first: 1500, most: 3000 } as const;
/** How often that is looked at while there are queries. */
const CHECK_MS = 500;

/** A stored group message. */
export interface GroupMessage {
  /** From a client here, or relayed to us by route_server. */
  readonly origin: "client" | "route";
  readonly authorId: number;
  readonly groupId: number;
  readonly msgId: number;
  /** The author's connection here; 0 when there is none. */
  readonly handle: number;
  /** IMMsgData without attach_data. */
  readonly body: Uint8Array;
}

/** What db_proxy said about a group. */
export interface MembersAnswer {
  readonly groupId: number;
  /** The author on whose behalf it was asked. */
  readonly authorId: number;
  /** The message it was asked for. */
  readonly msgId: number;
  /** `null` when there is no such group, or its author is no member of it (any more). */
  readonly members: readonly number[] | null;
}

interface GroupState {
  /** Covered by the query under way; never empty. */
  asked: readonly GroupMessage[];
  askedAtMs: number;
  /** How long the query under way may take until it is sent again. */
  patienceMs: number;
  /** Stored after the query left. */
  waiting: GroupMessage[];
}

export interface GroupFanOutOptions {
  readonly clock: Clock;
  /** Sends a query to db_proxy; `false` when no link is open. */
  readonly ask: (frame: Uint8Array) => boolean;
}

export class GroupFanOut {
  readonly #groups = new Map<number, GroupState>();
  readonly #options: GroupFanOutOptions;
  #retry: Timer | null = null;

  constructor(options: GroupFanOutOptions) {
    this.#options = options;
  }

  /** Takes a stored message; {@link answered} hands it out once the members are known. */
  add(message: GroupMessage): void {
    const state = this.#groups.get(message.groupId);
    if (state === undefined) {
      this.#ask(message.groupId, [message]);
      this.#retry ??= this.#options.clock.after(CHECK_MS, () => this.#retryOverdue());
      return;
    }
    state.waiting.push(message);
    if (state.waiting.length > MAX_WAITING_PER_GROUP) state.waiting.shift();
  }

  /** An answer arrived: returns the messages to deliver to the members now, oldest first. */
  answered({ groupId, authorId, msgId, members }: MembersAnswer): readonly GroupMessage[] {
    const state = this.#groups.get(groupId);
    // The answer to a query that was sent twice comes twice; the second may be older than a message.
    if (state === undefined || state.asked[0]!.msgId !== msgId) return [];
    // Refused for one author: what others wrote is asked again in the name of the next of them.
    const again = members === null
      ? state.asked.filter((message) => message.authorId !== authorId)
      : [];
    const next = [...again, ...state.waiting];
    if (next.length > 0) this.#ask(groupId, next);
    else this.#groups.delete(groupId);
    return members === null ? [] : state.asked;
  }

  /** db_proxy links changed: queries that were under way may be lost, so all are sent again. */
  askAgain(): void {
    for (const state of this.#groups.values()) this.#query(state);
  }

  stop(): void {
    this.#retry?.cancel();
    this.#groups.clear();
  }

  #ask(groupId: number, messages: readonly GroupMessage[]): void {
    const asked = messages.slice(-MAX_WAITING_PER_GROUP);
    const patienceMs = QUERY_TIMEOUT_MS.first;
    const state: GroupState = { asked, askedAtMs: 0, patienceMs, waiting: [] };
    this.#groups.set(groupId, state);
    this.#query(state);
  }

  /** Asks on behalf of the first message; what came after it waits for the next query. */
  #query(state: GroupState): void {
    state.askedAtMs = this.#options.clock.elapsedMs();
    const { authorId, groupId, handle, body } = state.asked[0]!;
    const request = IMGroupInfoListReq.encode({
      user_id: authorId,
      group_version_list: [{ group_id: groupId, version: 0 }],
      attach_data: encodePduAttach(ATTACH_TYPE_HANDLE_AND_PDU, handle, body),
    });
    this.#options.ask(buildFrame(CID_GROUP_INFO_REQUEST, 0, request));
  }

  /** A query that db_proxy could not answer is repeated as long as there are messages for it. */
  #retryOverdue(): void {
    this.#retry = null;
    const nowMs = this.#options.clock.elapsedMs();
    for (const state of this.#groups.values()) {
      if (nowMs - state.askedAtMs < state.patienceMs) continue;
      state.patienceMs = Math.min(2 * state.patienceMs, QUERY_TIMEOUT_MS.most);
      this.#query(state);
    }
    if (this.#groups.size > 0) {
      this.#retry = this.#options.clock.after(CHECK_MS, () => this.#retryOverdue());
    }
  }
}
