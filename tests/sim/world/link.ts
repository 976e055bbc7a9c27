/**
 * One end of a simulated TCP connection: frames arrive whole, in order and late; the connection may
 * be held up, cut off, or end with a process.
 */
import type { Link, LinkHandler, LinkLimits } from "../../../shared/netlib/mod.ts";
import type { SimProcess } from "./process.ts";
import type { SimNetwork } from "./network.ts";

interface Parcel {
  readonly dueMs: number;
  /** `null` is the end of the stream. */
  readonly frame: Uint8Array | null;
}

export class SimLink implements Link {
  readonly id: number;
  readonly transport = "tcp";
  readonly remote: string;
  provenRole: string | null = null;
  readonly process: SimProcess;
  maxFrameBytes: number;
  silentSec = 0;
  quietSec = 0;
  peer: SimLink | null = null;
  handler: LinkHandler | null = null;
  readonly #network: SimNetwork;
  readonly #maxBacklogBytes: number;
  #input: Parcel[] = [];
  #inputBytes = 0;
  #lastDueMs = 0;
  #isScheduled = false;
  #isStarted = false;
  #isPaused = false;
  #isOpen = true;
  #allRead: (() => void)[] = [];

  constructor(
    network: SimNetwork,
    process: SimProcess,
    { id, remote, limits }: { id: number; remote: string; limits: LinkLimits },
  ) {
    this.#network = network;
    this.process = process;
    this.id = id;
    this.remote = remote;
    this.maxFrameBytes = limits.maxFrameBytes;
    this.#maxBacklogBytes = limits.maxBacklogBytes;
  }

  get isOpen(): boolean {
    return this.#isOpen && this.process.isAlive;
  }

  get backlogBytes(): number {
    return this.peer?.pendingBytes ?? 0;
  }

  /** Bytes that were sent to this end and not read. */
  get pendingBytes(): number {
    return this.#inputBytes;
  }

  start(): void {
    if (!this.isOpen) return;
    this.#isStarted = true;
    this.#call(() => this.handler?.opened?.(this));
    this.#schedule();
  }

  send(frame: Uint8Array): void {
    if (!this.isOpen || this.peer === null) return;
    if (this.backlogBytes > this.#maxBacklogBytes) return this.abort("reader is too slow");
    this.quietSec = 0;
    this.peer.#arrive(frame);
  }

  whenDrained(): Promise<void> {
    const peer = this.peer;
    if (!this.isOpen || peer === null || peer.#inputBytes === 0) return Promise.resolve();
    return new Promise((resolve) => peer.#allRead.push(resolve));
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    this.#schedule();
  }

  close(reason: string): void {
    if (!this.isOpen) return;
    this.shut(reason);
    if (this.peer !== null) this.peer.#arrive(null);
  }

  whenGone(): Promise<void> {
    return Promise.resolve();
  }

  abort(reason: string): void {
    if (!this.isOpen) return;
    this.shut(reason);
    this.peer?.reset();
  }

  /** The other side is gone without a word; this one learns of it when the news gets through. */
  reset(): void {
    this.#input = [];
    this.#inputBytes = 0;
    this.#arrive(null);
  }

  /** Ends this end; its handler hears of it in a later turn. */
  shut(reason: string): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#input = [];
    this.#inputBytes = 0;
    this.#tellAllRead();
    if (this.peer !== null) this.peer.#tellAllRead();
    this.#network.forget(this);
    this.process.soon(() => this.handler?.closed(this, reason));
  }

  /** Called when the way is free again. */
  released(): void {
    this.#schedule();
  }

  #arrive(frame: Uint8Array | null): void {
    if (!this.isOpen) return;
    this.#lastDueMs = Math.max(this.#lastDueMs, this.#network.arrivalMs(this));
    this.#input.push({ dueMs: this.#lastDueMs, frame });
    this.#inputBytes += frame?.length ?? 0;
    this.#schedule();
  }

  #schedule(): void {
    const first = this.#input[0];
    if (this.#isScheduled || first === undefined || !this.#isReading) return;
    this.#isScheduled = true;
    this.#network.scheduler.at(first.dueMs, this.process, () => {
      this.#isScheduled = false;
      this.#deliver();
    });
  }

  get #isReading(): boolean {
    return this.isOpen && this.#isStarted && !this.#isPaused;
  }

  #deliver(): void {
    if (this.#network.isHeld(this)) return;
    while (this.#isReading && this.#input.length > 0) {
      const { dueMs, frame } = this.#input[0]!;
      if (dueMs > this.#network.scheduler.nowMs) break;
      this.#input.shift();
      if (frame === null) return this.shut("closed by the other side");
      this.#inputBytes -= frame.length;
      this.silentSec = 0;
      this.#network.scheduler.note(frame.length);
      if (frame.length > this.maxFrameBytes) return this.abort("frame is too long");
      if (this.#inputBytes === 0) this.#tellAllRead();
      this.#call(() => this.handler?.frame(this, frame));
    }
    this.#schedule();
  }

  #call(step: () => void): void {
    try {
      step();
    } catch (error) {
      this.abort(error instanceof Error ? error.message : String(error));
    }
  }

  #tellAllRead(): void {
    for (const resolve of this.#allRead.splice(0)) resolve();
  }
}
