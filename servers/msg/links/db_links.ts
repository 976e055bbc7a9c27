/**
 * Links to db_proxy_servers (docs/spec/roles.md 4.4). With n addresses and k links to each, the
 * first half of the addresses is the login group, the rest the other group; a request takes a link
 * of its group, or of the other one when its own has none.
 *
 * Messages of one conversation take the same link as long as it is usable, and move to another one
 * only when all those before have been answered or the link is lost, so that they are stored in the
 * order they were sent (docs/spec/pitfalls.md P-ORD1). While no link is open messages and read acks
 * wait here, and leave in order when one opens; everything else is answered by the caller at once
 * (P-AVL1).
 */
import { CID_OTHER_STOP_RECV_PACKET } from "../../../proto/mod.ts";
import type { Clock, Timer } from "../../../shared/clock.ts";
import type { Logger } from "../../../shared/log/mod.ts";
import {
  type Address,
  Peer,
  type PeerDeps,
  SHORT_RECONNECT_WAITS_SEC,
} from "../../../shared/netlib/mod.ts";
import { commandIdOf } from "../../../shared/pdu/mod.ts";
import { type Random, randomInt } from "../../../shared/random.ts";
import { ConversationLinks } from "../state/conversation_links.ts";

/** Which half of the db_proxy_servers a request prefers. */
export type DbGroup = "login" | "other";

/** Messages that wait for a link: at most this many, of this size together, and this long each. */
export const MAX_WAITING_MESSAGES = 10_000;
export const MAX_WAITING_BYTES = 64 * 1024 * 1024;
export const MAX_WAITING_MS = 30_000;

export interface DbLinksOptions {
  readonly addresses: readonly Address[];
  /** Links to each address. */
  readonly linksPerAddress: number;
  readonly peerDeps: PeerDeps;
  readonly log: Logger;
  readonly onFrame: (peer: Peer, frame: Uint8Array) => void;
  /** A link opened: what could not be asked before can be asked now. */
  readonly onOpened: () => void;
  /** A link was lost: what was asked over it will not be answered. */
  readonly onLost: () => void;
  /** So many messages waited for too long and are dropped: they will not be answered. */
  readonly onExpired: (count: number) => void;
}

/** What is sent in order: a message is answered, a notice is not. */
export type OrderedKind = "message" | "notice";

interface WaitingMessage {
  readonly key: number;
  readonly kind: OrderedKind;
  readonly frame: Uint8Array;
  readonly sinceMs: number;
}

export class DbLinks {
  readonly #options: DbLinksOptions;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #groups: Readonly<Record<DbGroup, readonly Peer[]>>;
  /** Links that take requests, per group; kept up to date by {@link DbLinks.#refresh}. */
  #usable: Readonly<Record<DbGroup, readonly Peer[]>> = { login: [], other: [] };
  /** Links whose server said that it stops; answers still arrive on them. */
  readonly #draining = new Set<Peer>();
  readonly #conversations = new ConversationLinks<Peer>();
  #waiting: WaitingMessage[] = [];
  /** How many wait, by key. */
  #waitingByKey = new Map<number, number>();
  #waitingBytes = 0;
  #expiry: Timer | null = null;

  constructor(options: DbLinksOptions) {
    this.#options = options;
    this.#clock = options.peerDeps.clock;
    this.#random = options.peerDeps.random;
    const half = Math.floor(options.addresses.length / 2);
    this.#groups = {
      login: this.#connect(options.addresses.slice(0, half)),
      other: this.#connect(options.addresses.slice(half)),
    };
  }

  get hasOpenLink(): boolean {
    return this.#usable.login.some((peer) => peer.isOpen);
  }

  /** Unsent bytes on the fullest link: how far db_proxy is behind. */
  get backlogBytes(): number {
    let most = 0;
    for (const peer of this.#usable.login) most = Math.max(most, peer.backlogBytes);
    for (const peer of this.#usable.other) most = Math.max(most, peer.backlogBytes);
    return most;
  }

  /** Sends a request over a random link of the group. `false` when no link is open. */
  send(group: DbGroup, frame: Uint8Array): boolean {
    const usable = this.#usable[group];
    if (usable.length === 0) return false;
    const first = randomInt(this.#random, usable.length);
    // A link that is being lost stays in the list until its `closed`; the next one takes its place.
    return usable.some((_, i) => usable[(first + i) % usable.length]!.send(frame));
  }

  /**
   * Sends what must stay in order with others of the same `key`, or keeps it until a link opens.
   * `false` when too much is waiting: it is then not sent, and its sender gets no ack.
   */
  sendInOrder(key: number, frame: Uint8Array, kind: OrderedKind): boolean {
    const next: WaitingMessage = { key, kind, frame, sinceMs: this.#clock.elapsedMs() };
    if (!this.#waitingByKey.has(key) && this.#sendNow(next)) return true;
    const isFull = this.#waiting.length >= MAX_WAITING_MESSAGES ||
      this.#waitingBytes + frame.length > MAX_WAITING_BYTES;
    if (isFull) return false;
    this.#waiting.push(next);
    this.#waitingBytes += frame.length;
    this.#waitingByKey.set(key, (this.#waitingByKey.get(key) ?? 0) + 1);
    this.#expiry ??= this.#clock.after(MAX_WAITING_MS, () => this.#expire());
    return true;
  }

  /** A message of this key was answered: what waited for that can leave. */
  answered(key: number, peer: Peer): void {
    if (this.#conversations.answered(key, peer) && this.#waitingByKey.has(key)) this.#sendWaiting();
  }

  async stop(): Promise<void> {
    this.#expiry?.cancel();
    this.#keepWaiting([]);
    await Promise.all(this.#all().map((peer) => peer.stop()));
  }

  #connect(addresses: readonly Address[]): Peer[] {
    const peers: Peer[] = [];
    for (const address of addresses) {
      for (let i = 0; i < this.#options.linksPerAddress; i++) peers.push(this.#peer(address));
    }
    return peers;
  }

  #peer(address: Address): Peer {
    const { log, onFrame, onOpened, onLost, peerDeps } = this.#options;
    return new Peer(
      address,
      {
        opened: (peer) => {
          this.#draining.delete(peer);
          this.#refresh();
          log.info("db_proxy link opened", { peer: peer.name });
          this.#sendWaiting();
          onOpened();
        },
        frame: (peer, frame) => {
          if (commandIdOf(frame) !== CID_OTHER_STOP_RECV_PACKET) return onFrame(peer, frame);
          this.#draining.add(peer);
          this.#refresh();
        },
        closed: (peer, reason, wasOpen) => {
          this.#draining.delete(peer);
          this.#conversations.lost(peer);
          this.#refresh();
          this.#sendWaiting();
          if (!wasOpen || peer.isStopped) return;
          log.warn("db_proxy link lost", { peer: peer.name, reason });
          onLost();
        },
      },
      peerDeps,
      SHORT_RECONNECT_WAITS_SEC,
    );
  }

  #all(): readonly Peer[] {
    return [...this.#groups.login, ...this.#groups.other];
  }

  #refresh(): void {
    const isUsable = (peer: Peer): boolean => peer.isOpen && !this.#draining.has(peer);
    const login = this.#groups.login.filter(isUsable);
    const other = this.#groups.other.filter(isUsable);
    this.#usable = {
      login: login.length > 0 ? login : other,
      other: other.length > 0 ? other : login,
    };
  }

  /** Sends what waits, as far as there are links; what is left stays in order. */
  #sendWaiting(): void {
    if (this.#usable.other.length === 0 || this.#waiting.length === 0) return;
    this.#keepWaiting(this.#waiting.filter((waiting) => !this.#sendNow(waiting)));
    if (this.#waiting.length > 0) return;
    this.#expiry?.cancel();
    this.#expiry = null;
  }

  /** A link that is being lost takes nothing, although it is usable until its `closed`. */
  #sendNow({ key, kind, frame }: WaitingMessage): boolean {
    const bound = this.#conversations.of(key);
    if (bound !== null && this.#draining.has(bound)) return false;
    const peer = bound ?? this.#linkOf(key);
    if (peer === undefined || !peer.send(frame)) return false;
    if (kind === "message") this.#conversations.sent(key, peer);
    return true;
  }

  /**
   * The link of a conversation: its own place in the group, or the next usable one after that. When
   * a link comes or goes only the conversations of that link move.
   */
  #linkOf(key: number): Peer | undefined {
    const usable = this.#usable.other;
    const places = this.#groups.other.includes(usable[0]!) ? this.#groups.other : usable;
    for (let i = 0; i < places.length; i++) {
      const peer = places[(key + i) % places.length]!;
      if (usable.includes(peer)) return peer;
    }
    return undefined;
  }

  #keepWaiting(messages: WaitingMessage[]): void {
    this.#waiting = messages;
    this.#waitingBytes = messages.reduce((sum, { frame }) => sum + frame.length, 0);
    this.#waitingByKey = new Map();
    for (const { key } of messages) {
      this.#waitingByKey.set(key, (this.#waitingByKey.get(key) ?? 0) + 1);
    }
  }

  /** Drops what waited too long; its senders see the missing ack. */
  #expire(): void {
    this.#expiry = null;
    const bound = this.#clock.elapsedMs() - MAX_WAITING_MS;
    const kept = this.#waiting.filter((message) => message.sinceMs > bound);
    const dropped = this.#waiting.slice(0, this.#waiting.length - kept.length);
    this.#keepWaiting(kept);
    if (dropped.length > 0) {
      this.#options.log.warn("dropped, no db_proxy link", { count: dropped.length });
      const isMessage = ({ kind }: WaitingMessage) => kind === "message";
      this.#options.onExpired(dropped.filter(isMessage).length);
    }
    const oldest = kept[0];
    if (oldest !== undefined) {
      this.#expiry = this.#clock.after(oldest.sinceMs - bound, () => this.#expire());
    }
  }
}
