/**
 * An outgoing link to another server that is kept open: it is connected at once and, whenever it is
 * lost, again after the original's series of waits (docs/spec/roles.md 2.2), or a shorter one, plus up
 * to a fifth, so that the peers of a restarted server do not all come back in the same moment.
 *
 * Nothing is queued here while the link is down: {@link Peer.send} says so and the role decides.
 */
import type { Clock, Timer } from "../clock.ts";
import { type Random, withJitter } from "../random.ts";
import { closeLinks } from "./close_links.ts";
import type { Liveness } from "./liveness.ts";
import { SERVER_LINK_POLICY } from "./liveness.ts";
import { type Address, formatAddress, type Link, type LinkLimits, type Network } from "./types.ts";

/** Waits in seconds after the first, second … loss in a row; then it starts again. */
export const RECONNECT_WAITS_SEC: readonly number[] = [4, 8, 16, 32, 64];
/**
 * For links whose absence refuses logins (docs/spec/pitfalls.md P-AVL3): a server that was started
 * again is found within a second, so that service is back within two. A try costs some packets.
 */
export const SHORT_RECONNECT_WAITS_SEC: readonly number[] = [0.2, 0.4, 0.8];
const JITTER_SHARE = 0.2;
const STOPPED = "stopped";

/** Limits of server-to-server links (docs/spec/wire.md 2, docs/spec/pitfalls.md P-FRM3). */
export const SERVER_LINK_LIMITS: LinkLimits = {
  maxFrameBytes: 64 * 1024 * 1024,
  maxBacklogBytes: 256 * 1024 * 1024,
};

export interface PeerDeps {
  readonly network: Network;
  readonly clock: Clock;
  readonly random: Random;
  readonly liveness: Liveness;
}

export interface PeerHandler {
  opened(peer: Peer): void;
  frame(peer: Peer, frame: Uint8Array): void;
  /**
   * The link was lost, or a connect failed (`wasOpen` false). A new try follows by itself, unless
   * the peer was stopped.
   */
  closed(peer: Peer, reason: string, wasOpen: boolean): void;
}

export class Peer {
  readonly address: Address;
  readonly name: string;
  /** `elapsedMs` of the clock when the link opened last. */
  openedAtMs = 0;
  readonly #deps: PeerDeps;
  readonly #handler: PeerHandler;
  readonly #waitsSec: readonly number[];
  #failures = 0;
  #link: Link | null = null;
  #isOpen = false;
  #stopped = false;
  #retry: Timer | null = null;

  constructor(
    address: Address,
    handler: PeerHandler,
    deps: PeerDeps,
    waitsSec: readonly number[] = RECONNECT_WAITS_SEC,
  ) {
    this.address = address;
    this.name = formatAddress(address);
    this.#handler = handler;
    this.#deps = deps;
    this.#waitsSec = waitsSec;
    this.#connect();
  }

  get isOpen(): boolean {
    return this.#isOpen && this.#link !== null && this.#link.isOpen;
  }

  /** Whether {@link Peer.stop} was called. */
  get isStopped(): boolean {
    return this.#stopped;
  }

  get backlogBytes(): number {
    return this.#link?.backlogBytes ?? 0;
  }

  /** Sends a frame. `false` when the link is down; the frame is then not kept. */
  send(frame: Uint8Array): boolean {
    if (!this.isOpen) return false;
    this.#link!.send(frame);
    return true;
  }

  pause(): void {
    this.#link?.pause();
  }

  resume(): void {
    this.#link?.resume();
  }

  /** Closes the link for good; resolves when what was sent has left. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#retry?.cancel();
    // One that is still connecting has nothing to flush and would hold the stop up.
    if (!this.isOpen) this.#link?.abort(STOPPED);
    else await closeLinks([this.#link!], { clock: this.#deps.clock, reason: STOPPED });
  }

  #connect(): void {
    this.#retry = null;
    this.#link = this.#deps.network.connect(this.address, SERVER_LINK_LIMITS, {
      opened: (link) => this.#opened(link),
      frame: (_link, frame) => this.#handler.frame(this, frame),
      closed: (_link, reason) => this.#closed(reason),
    });
  }

  #opened(link: Link): void {
    this.#isOpen = true;
    this.#failures = 0;
    this.openedAtMs = this.#deps.clock.elapsedMs();
    this.#deps.liveness.watch(link, SERVER_LINK_POLICY);
    this.#handler.opened(this);
  }

  #closed(reason: string): void {
    const wasOpen = this.#isOpen;
    this.#isOpen = false;
    this.#link = null;
    this.#handler.closed(this, reason, wasOpen);
    if (this.#stopped) return;
    const waitSec = this.#waitsSec[this.#failures % this.#waitsSec.length]!;
    this.#failures++;
    const waitMs = withJitter(this.#deps.random, waitSec * 1000, JITTER_SHARE);
    this.#retry = this.#deps.clock.after(waitMs, () => this.#connect());
  }
}
