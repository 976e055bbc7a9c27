/**
 * All terminals and what their users write. Who writes what to whom comes from the seed; when the
 * next one is written depends on when the servers answer.
 */
import { CLIENT_TYPE_ANDROID, CLIENT_TYPE_WINDOWS } from "../../../proto/mod.ts";
import { TcpNetwork } from "../../../shared/netlib/mod.ts";
import { systemClock } from "../../../shared/clock.ts";
import { type Random, randomInt, seededRandom } from "../../../shared/random.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { ONLINE, strangerOf, TALKS, WITH_PHONE } from "./cast.ts";
import { pairName } from "./conversations.ts";
import { Journal } from "./journal.ts";
import { findMsgServer } from "./lookup.ts";
import { Terminal } from "./terminal.ts";

/** A user writes so many messages at a time, and then waits for so long. */
const BURST = { from: 1, to: 6 };
const PAUSE_MS = { from: 50, to: 350 };
/** Messages of one user that may wait for their ack. */
const WINDOW = 64;
/** So that stored messages take room on disks that are to be full. */
const PADDING = 1200;
/** One of so many bursts goes to somebody the user has never written to. */
const STRANGER_SHARE = 12;

export class Crowd implements AsyncDisposable {
  readonly journal = new Journal();
  readonly terminals: readonly Terminal[];
  readonly #seed: number;
  readonly #running: Promise<unknown>;
  readonly #places = new Map<number, number>();
  #isTalking = true;

  constructor(cluster: Cluster, seed: number) {
    this.#seed = seed;
    const network = new TcpNetwork(systemClock);
    const terminal = (userId: number, kind: "pc" | "phone"): Terminal =>
      new Terminal({
        userId,
        kind,
        clientType: kind === "pc" ? CLIENT_TYPE_WINDOWS : CLIENT_TYPE_ANDROID,
        network,
        lookup: (signal) => findMsgServer(cluster, network, signal),
        journal: this.journal,
      });
    this.terminals = [
      ...ONLINE.map((userId) => terminal(userId, "pc")),
      ...WITH_PHONE.map((userId) => terminal(userId, "phone")),
    ];
    this.#running = Promise.all(this.terminals.map((one) => one.run()));
  }

  get allOnline(): boolean {
    return this.terminals.every((terminal) => terminal.isOnline);
  }

  pcOf(userId: number): Terminal {
    return this.terminals.find(({ id }) => id === `${userId}/pc`)!;
  }

  /** Everybody writes until {@link quiet}. */
  async talk(): Promise<void> {
    await Promise.all(
      Object.entries(TALKS).map(([userId, targets]) => this.#talk(Number(userId), targets)),
    );
  }

  /** Nobody writes any more. */
  quiet(): void {
    this.#isTalking = false;
  }

  /** Sends one message; tells what was sent, or `null` when the user is not online. */
  say(userId: number, conversation: string, padding = ""): string | null {
    const place = this.#places.get(userId) ?? 0;
    this.#places.set(userId, place + 1);
    const text = `${userId} says ${place} in ${conversation}${padding}`;
    return this.pcOf(userId).send(conversation, text, place) ? text : null;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.quiet();
    await Promise.all(this.terminals.map((terminal) => terminal.stop()));
    await this.#running;
  }

  async #talk(userId: number, targets: readonly string[]): Promise<void> {
    const random = seededRandom(this.#seed * 1000 + userId);
    const terminal = this.pcOf(userId);
    while (this.#isTalking) {
      const count = BURST.from + randomInt(random, BURST.to - BURST.from + 1);
      const isStrange = randomInt(random, STRANGER_SHARE) === 0;
      const stranger = isStrange ? strangerOf(userId) : null;
      for (let i = 0; i < count; i++) {
        const padding = paddingOf(random);
        const target = stranger === null
          ? targets[randomInt(random, targets.length)]!
          : pairName(userId, stranger);
        if (terminal.isOnline && terminal.unanswered < WINDOW) this.say(userId, target, padding);
      }
      const pauseMs = PAUSE_MS.from + randomInt(random, PAUSE_MS.to - PAUSE_MS.from);
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }
}

function paddingOf(random: Random): string {
  return randomInt(random, 4) === 0 ? ` ${".".repeat(randomInt(random, PADDING))}` : "";
}
