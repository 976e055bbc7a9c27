/**
 * Links to push_servers (docs/spec/roles.md 4.4): pushes go over the one that opened last. A push
 * that cannot leave at once is dropped; messages never wait for one.
 */
import type { Logger } from "../../../shared/log/mod.ts";
import { type Address, Peer, type PeerDeps } from "../../../shared/netlib/mod.ts";

/** Unsent bytes at which a push_server is too far behind for more. */
export const MAX_PUSH_BACKLOG_BYTES = 8 * 1024 * 1024;

export interface PushLinksOptions {
  readonly addresses: readonly Address[];
  readonly peerDeps: PeerDeps;
  readonly log: Logger;
  readonly onFrame: (peer: Peer, frame: Uint8Array) => void;
}

export class PushLinks {
  readonly #options: PushLinksOptions;
  readonly #peers: readonly Peer[];
  /** Open links, the one that opened last at the end. */
  #open: readonly Peer[] = [];

  constructor(options: PushLinksOptions) {
    this.#options = options;
    this.#peers = options.addresses.map((address) => this.#peer(address));
  }

  /** Whether anything can be pushed: nobody needs to think about pushes otherwise. */
  get hasOpenLink(): boolean {
    return this.#open.length > 0;
  }

  /** `false` when no push_server is connected, or the one there is too far behind. */
  send(frame: Uint8Array): boolean {
    const peer = this.#open.at(-1);
    return peer !== undefined && peer.backlogBytes <= MAX_PUSH_BACKLOG_BYTES && peer.send(frame);
  }

  async stop(): Promise<void> {
    await Promise.all(this.#peers.map((peer) => peer.stop()));
  }

  #peer(address: Address): Peer {
    const { log, peerDeps, onFrame } = this.#options;
    return new Peer(address, {
      opened: (peer) => {
        this.#open = [...this.#open, peer];
        log.info("push_server link opened", { peer: peer.name });
      },
      frame: onFrame,
      closed: (peer, reason, wasOpen) => {
        this.#open = this.#open.filter((other) => other !== peer);
        if (wasOpen && !peer.isStopped) {
          log.warn("push_server link lost", { peer: peer.name, reason });
        }
      },
    }, peerDeps);
  }
}
