/**
 * Finds out whether a port still accepts connections. When a process has no file descriptor left it
 * cannot, and in Deno 2.9.6 a listening socket to which that has happened once never accepts again,
 * without a word (docs/decisions/0018-ports-are-knocked-at.md). So a port to which nobody has come for
 * a while is knocked at, and what comes of that is taken out again before anybody hears of it.
 */
import { connect, type Socket } from "node:net";
import type { Clock, Timer } from "../clock.ts";
import type { Address } from "./types.ts";

/** How often a port is looked at, in milliseconds. */
export const LOOK_MS = 1000;
/** A knock that nobody hears for so long may be an event loop that is busy … */
export const HEAR_LIMIT_MS = 1000;
/** … but not one that has had so much time after that. */
export const LATE_LIMIT_MS = 1000;

/** Where to knock at a port that is open on all addresses. */
const ANY_HOSTS: Readonly<Record<string, string>> = { "0.0.0.0": "127.0.0.1", "::": "::1" };

export interface PortWatchOptions {
  readonly clock: Clock;
  /** Where it listens, with its real port. */
  readonly address: Address;
  /** The port accepts nobody any more. */
  readonly onDeaf: () => void;
}

export class PortWatch {
  readonly #options: PortWatchOptions;
  readonly #looks: Timer;
  #knock: Socket | null = null;
  #deadline: Timer | null = null;
  /** Since the last look. */
  #hasAccepted = false;
  /** Accepted while it was not known which of them is the knock. */
  #undecided: { readonly socket: Socket; readonly take: () => void }[] = [];

  constructor(options: PortWatchOptions) {
    this.#options = options;
    this.#looks = options.clock.every(LOOK_MS, () => this.#look());
  }

  /** Has to see every socket that is accepted. Calls `take` unless it is a knock, maybe later. */
  accepted(socket: Socket, take: () => void): void {
    this.#hasAccepted = true;
    if (this.#knock === null) return take();
    this.#undecided.push({ socket, take });
    // Which port is its own it does not know before.
    if (!this.#knock.connecting) this.#decide(this.#knock.localPort);
  }

  stop(): void {
    this.#looks.cancel();
    this.#endKnock();
  }

  #look(): void {
    if (!this.#hasAccepted && this.#knock === null) this.#knockNow();
    this.#hasAccepted = false;
  }

  #knockNow(): void {
    const { address: { host, port }, clock } = this.#options;
    const knock = connect({ host: ANY_HOSTS[host] ?? host, port });
    this.#knock = knock;
    knock.on("connect", () => this.#decide(knock.localPort));
    // There may be no file descriptor for it either: that says nothing, and is tried again.
    knock.on("error", () => this.#endKnock());
    knock.on("close", () => {
      if (this.#knock === knock) this.#endKnock();
    });
    this.#deadline = clock.after(HEAR_LIMIT_MS, () => {
      this.#deadline = clock.after(LATE_LIMIT_MS, () => this.#unheard());
    });
  }

  #unheard(): void {
    this.#endKnock();
    this.#options.onDeaf();
  }

  #decide(knockPort: number | undefined): void {
    const undecided = this.#undecided;
    this.#undecided = [];
    for (const { socket, take } of undecided) {
      if (knockPort === undefined || socket.remotePort !== knockPort) {
        take();
        continue;
      }
      socket.on("error", () => {/* it is being thrown away */});
      socket.destroy();
      this.#endKnock();
    }
  }

  #endKnock(): void {
    this.#deadline?.cancel();
    this.#deadline = null;
    const knock = this.#knock;
    if (knock === null) return;
    this.#knock = null;
    this.#decide(knock.localPort);
    knock.destroy();
  }
}
