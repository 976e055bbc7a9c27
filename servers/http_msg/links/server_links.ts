/**
 * The links to all servers of one kind, and asking them. A question takes a random usable link; one
 * that needs a feature takes a link whose peer speaks it, and waits for the hellos that are under
 * way when there is none yet.
 *
 * For route_servers the first usable link is the one that is used, as msg_server does it: presence
 * and relays reach everybody through any of them (docs/spec/roles.md 5.3).
 */
import { CID_OTHER_ROLE_SET, CID_OTHER_STOP_RECV_PACKET, IMRoleSet } from "../../../proto/mod.ts";
import type { Logger } from "../../../shared/log/mod.ts";
import {
  type Address,
  Peer,
  type PeerDeps,
  SHORT_RECONNECT_WAITS_SEC,
} from "../../../shared/netlib/mod.ts";
import { buildFrame, commandIdOf } from "../../../shared/pdu/mod.ts";
import { randomInt } from "../../../shared/random.ts";
import { Hellos } from "./hello.ts";
import { AskError, PendingAnswers } from "./pending_answers.ts";

const ROLE_MASTER = 1;

export type ServerKind = "db_proxy" | "route_server" | "login_server";

export interface ServerLinksOptions {
  readonly kind: ServerKind;
  readonly addresses: readonly Address[];
  readonly linksPerAddress: number;
  readonly peerDeps: PeerDeps;
  readonly log: Logger;
  readonly onFrame: (peer: Peer, frame: Uint8Array) => void;
}

/** What is known of one peer. */
export interface LinkState {
  readonly address: string;
  readonly isOpen: boolean;
  /** What it calls itself; `null` for an original server, or before it said hello. */
  readonly name: string | null;
}

export interface EachAnswer {
  readonly address: string;
  readonly answer: { readonly frame: Uint8Array; readonly tookMs: number } | null;
}

export class ServerLinks {
  readonly #options: ServerLinksOptions;
  readonly #peers: readonly Peer[];
  readonly #hellos: Hellos;
  readonly #pending: PendingAnswers;
  /** Links whose server said that it stops; answers still arrive on them. */
  readonly #draining = new Set<Peer>();

  constructor(options: ServerLinksOptions) {
    this.#options = options;
    this.#hellos = new Hellos(options.peerDeps.clock);
    this.#pending = new PendingAnswers(options.peerDeps.clock);
    this.#peers = options.addresses.flatMap((address) =>
      Array.from({ length: options.linksPerAddress }, () => this.#peer(address))
    );
  }

  get hasUsableLink(): boolean {
    return this.#usable().length > 0;
  }

  get states(): readonly LinkState[] {
    return this.#peers.map((peer) => ({
      address: peer.name,
      isOpen: peer.isOpen,
      name: this.#hellos.nameOf(peer),
    }));
  }

  /** Sends a frame that has no answer. `false` when no link is open. */
  send(frame: Uint8Array): boolean {
    return this.#choose(this.#usable())?.send(frame) ?? false;
  }

  /**
   * Asks over a link whose peer speaks `feature`, or over any when that is `null`.
   * @throws {AskError}
   */
  async ask(
    feature: string | null,
    build: (attachData: Uint8Array) => Uint8Array,
    limitMs: number,
  ): Promise<Uint8Array> {
    const peer = this.#choose(await this.#speakers(feature));
    return await this.#pending.ask(peer!, build, limitMs);
  }

  /**
   * Asks every server that can be asked now and speaks `feature`, each once, however many links lead
   * there. What is between the question and a server's answer, and the frame; `null` for one that
   * does not answer in time. Servers that are not linked are left out, those that do not speak it too.
   */
  async askEach(
    feature: string,
    build: (attachData: Uint8Array) => Uint8Array,
    limitMs: number,
  ): Promise<readonly EachAnswer[]> {
    const { clock } = this.#options.peerDeps;
    const byAddress = new Map<string, Peer>();
    for (const peer of await this.#speakersOrNone(feature)) byAddress.set(peer.name, peer);
    return await Promise.all(Array.from(byAddress, async ([address, peer]) => {
      const startMs = clock.elapsedMs();
      try {
        const frame = await this.#pending.ask(peer, build, limitMs);
        return { address, answer: { frame, tookMs: clock.elapsedMs() - startMs } };
      } catch (error) {
        if (error instanceof AskError) return { address, answer: null };
        throw error;
      }
    }));
  }

  /** An answer came. @throws {FieldError} for a body that is no protobuf */
  answered(peer: Peer, frame: Uint8Array): void {
    this.#pending.answered(peer, frame);
  }

  /** CID_INTERNAL_HELLO_RSP came. */
  helloAnswered(peer: Peer, frame: Uint8Array): void {
    this.#hellos.answered(peer, frame);
    this.#options.log.debug("peer speaks", { peer: peer.name, name: this.#hellos.nameOf(peer) });
  }

  async stop(): Promise<void> {
    this.#pending.stop();
    this.#hellos.stop();
    await Promise.all(this.#peers.map((peer) => peer.stop()));
  }

  async #speakersOrNone(feature: string): Promise<readonly Peer[]> {
    try {
      return await this.#speakers(feature);
    } catch (error) {
      if (error instanceof AskError) return [];
      throw error;
    }
  }

  /** At least one. @throws {AskError} */
  async #speakers(feature: string | null): Promise<readonly Peer[]> {
    for (;;) {
      const usable = this.#usable();
      if (usable.length === 0) throw new AskError("no_link");
      if (feature === null) return usable;
      const speakers = usable.filter((peer) => this.#hellos.speaks(peer, feature));
      if (speakers.length > 0) return speakers;
      if (!usable.some((peer) => this.#hellos.isAsked(peer))) throw new AskError("not_spoken");
      await this.#hellos.changed();
    }
  }

  #usable(): readonly Peer[] {
    return this.#peers.filter((peer) => peer.isOpen && !this.#draining.has(peer));
  }

  #choose(peers: readonly Peer[]): Peer | undefined {
    if (peers.length === 0 || this.#options.kind === "route_server") return peers[0];
    return peers[randomInt(this.#options.peerDeps.random, peers.length)];
  }

  #peer(address: Address): Peer {
    const { kind, log, onFrame, peerDeps } = this.#options;
    return new Peer(
      address,
      {
        opened: (peer) => {
          log.info(`${kind} link opened`, { peer: peer.name });
          if (kind === "route_server") {
            peer.send(buildFrame(CID_OTHER_ROLE_SET, 0, IMRoleSet.encode({ master: ROLE_MASTER })));
          }
          this.#hellos.opened(peer);
        },
        frame: (peer, frame) => {
          if (commandIdOf(frame) !== CID_OTHER_STOP_RECV_PACKET) return onFrame(peer, frame);
          this.#draining.add(peer);
          log.info(`${kind} stops`, { peer: peer.name });
        },
        closed: (peer, reason, wasOpen) => {
          this.#draining.delete(peer);
          this.#hellos.lost(peer);
          this.#pending.lost(peer);
          if (wasOpen && !peer.isStopped) {
            log.warn(`${kind} link lost`, { peer: peer.name, reason });
          }
        },
      },
      peerDeps,
      SHORT_RECONNECT_WAITS_SEC,
    );
  }
}
