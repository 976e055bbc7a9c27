/**
 * What the users of a run said, what they were told about it, and what they saw of each other.
 * Everything that must not be is a violation, noticed in the step in which it happens.
 */
import type { SessionType } from "../../proto/mod.ts";
import { SESSION_TYPE_GROUP } from "../../proto/mod.ts";
import type { Membership } from "./membership.ts";
import type { Observer } from "./observer.ts";

/** A conversation, the same for all who take part: "1-7" or "g3". */
export type ConversationName = string;

export function conversationOf(userId: number, type: SessionType, id: number): ConversationName {
  if (type === SESSION_TYPE_GROUP) return `g${id}`;
  return `${Math.min(userId, id)}-${Math.max(userId, id)}`;
}

export interface Said {
  readonly text: string;
  readonly author: number;
  /** The login that it was said in; two of one author may be at different msg_servers. */
  readonly login: string;
  readonly conversation: ConversationName;
  /** Place among all that was said. */
  readonly place: number;
  /** `null` without an ack: it may be stored or not. */
  ackedId: number | null;
}

/** One logged-in connection, for what it must see once and in order. */
export interface Terminal {
  readonly userId: number;
  /** The highest id seen of each login in each conversation. */
  readonly lastIds: Map<string, number>;
}

export class Ledger {
  readonly said = new Map<string, Said>();
  readonly violations: string[] = [];
  /** Live deliveries seen. */
  delivered = 0;
  acked = 0;
  readonly #observer: Observer;
  readonly #groups: ReadonlyMap<number, Membership>;
  readonly #ids = new Map<ConversationName, Map<number, string>>();

  constructor(observer: Observer, groups: ReadonlyMap<number, Membership>) {
    this.#observer = observer;
    this.#groups = groups;
  }

  get groupIds(): Iterable<number> {
    return this.#groups.keys();
  }

  /** Of a group of this run. */
  membershipOf(groupId: number): Membership {
    return this.#groups.get(groupId)!;
  }

  say(author: number, login: string, conversation: ConversationName): Said {
    const place = this.said.size;
    const text = `${author}>${conversation}#${place}`;
    const entry: Said = { text, author, login, conversation, place, ackedId: null };
    this.said.set(entry.text, entry);
    return entry;
  }

  /** An ack tells that the message is stored, under an id that no other one has. */
  wasAcked(said: Said, msgId: number): void {
    this.acked++;
    said.ackedId = msgId;
    const stored = this.#observer.messageAt(said.conversation, msgId);
    if (stored === null || stored.text !== said.text || stored.fromId !== said.author) {
      const found = stored === null ? "nothing" : `"${stored.text}" of ${stored.fromId}`;
      this.violated(`false ack: "${said.text}" as ${msgId}, stored is ${found}`);
    }
    if (!this.#takesPart(said.author, said)) {
      this.violated(`user ${said.author} had "${said.text}" acknowledged`);
    }
    this.#isAlone(said.conversation, msgId, said.text);
  }

  /** What is delivered was stored, is for this user, and comes once and in order. */
  wasDelivered(
    terminal: Terminal,
    { conversation, msgId, text }: {
      readonly conversation: ConversationName;
      readonly msgId: number;
      readonly text: string;
    },
  ): void {
    this.delivered++;
    const said = this.said.get(text);
    if (said === undefined || said.conversation !== conversation) {
      return this.violated(`"${text}" was not said in ${conversation}`);
    }
    if (!this.#takesPart(terminal.userId, said)) {
      this.violated(`user ${terminal.userId} got "${text}" of ${conversation}`);
    }
    if (this.#observer.messageAt(conversation, msgId)?.text !== text) {
      this.violated(`"${text}" was delivered as ${msgId}, and is not stored so`);
    }
    // From different msg_servers messages take different ways: order is promised per login.
    const stream = `${conversation} of ${said.login}`;
    const lastId = terminal.lastIds.get(stream) ?? 0;
    if (msgId === lastId) this.violated(`doubled: "${text}" to user ${terminal.userId}`);
    if (msgId < lastId) {
      this.violated(`order: user ${terminal.userId} got ${stream} ${msgId} after ${lastId}`);
    }
    terminal.lastIds.set(stream, Math.max(lastId, msgId));
  }

  violated(what: string): void {
    this.violations.push(what);
  }

  #isAlone(conversation: ConversationName, msgId: number, text: string): void {
    let ids = this.#ids.get(conversation);
    if (ids === undefined) this.#ids.set(conversation, ids = new Map());
    const other = ids.get(msgId);
    if (other !== undefined) this.violated(`"${text}" and "${other}" are both ${msgId}`);
    ids.set(msgId, text);
  }

  /** Whether the user may have been there when it was said, or later. */
  #takesPart(userId: number, { conversation, place }: Said): boolean {
    if (conversation.startsWith("g")) {
      return this.#groups.get(Number(conversation.slice(1)))?.mayHaveSeen(userId, place) ?? false;
    }
    return conversation.split("-").includes(String(userId));
  }
}
