/**
 * Which peers speak more than the original's protocol (docs/internal.md 1). Each link is said hello
 * to when it opens; until the answer, or {@link HELLO_LIMIT_MS} without one, it is not known.
 */
import { CID_INTERNAL_HELLO, IMInternalHello, IMInternalHelloRsp } from "../../../proto/mod.ts";
import type { Clock, Timer } from "../../../shared/clock.ts";
import { ROLE_HTTP_MSG_SERVER } from "../../../shared/management/features.ts";
import { checkHello } from "../../../shared/management/hello.ts";
import type { Peer } from "../../../shared/netlib/mod.ts";
import { bodyOf, buildFrame } from "../../../shared/pdu/mod.ts";

/** A peer that does not answer for so long is an original one, until it answers after all. */
export const HELLO_LIMIT_MS = 2000;

const SERVER_NAME = "http_msg_server";

interface Spoken {
  readonly name: string;
  readonly features: ReadonlySet<string>;
}

export class Hellos {
  readonly #clock: Clock;
  readonly #spoken = new Map<Peer, Spoken>();
  readonly #asked = new Map<Peer, Timer>();
  #waiting: (() => void)[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The link opened: says hello. */
  opened(peer: Peer): void {
    peer.send(buildFrame(
      CID_INTERNAL_HELLO,
      0,
      IMInternalHello.encode({ role: ROLE_HTTP_MSG_SERVER, server_name: SERVER_NAME }),
    ));
    this.#asked.set(
      peer,
      this.#clock.after(HELLO_LIMIT_MS, () => {
        this.#asked.delete(peer);
        this.#wake();
      }),
    );
  }

  /** CID_INTERNAL_HELLO_RSP. @throws {ProtocolError} for one that nobody says */
  answered(peer: Peer, frame: Uint8Array): void {
    const hello = IMInternalHelloRsp.decode(bodyOf(frame));
    checkHello(hello);
    const { server_name: name, feature_list } = hello;
    this.#settle(peer);
    this.#spoken.set(peer, { name, features: new Set(feature_list) });
    this.#wake();
  }

  lost(peer: Peer): void {
    this.#settle(peer);
    this.#spoken.delete(peer);
    this.#wake();
  }

  speaks(peer: Peer, feature: string): boolean {
    return this.#spoken.get(peer)?.features.has(feature) ?? false;
  }

  /** What the peer calls itself; `null` when it has not said so. */
  nameOf(peer: Peer): string | null {
    return this.#spoken.get(peer)?.name ?? null;
  }

  /** Whether the peer may still answer in time. */
  isAsked(peer: Peer): boolean {
    return this.#asked.has(peer);
  }

  /** Resolves when something was learned about a peer, or when nothing more will be. */
  changed(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  stop(): void {
    for (const timer of this.#asked.values()) timer.cancel();
    this.#asked.clear();
    this.#wake();
  }

  #settle(peer: Peer): void {
    this.#asked.get(peer)?.cancel();
    this.#asked.delete(peer);
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
