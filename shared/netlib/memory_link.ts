/**
 * A link to another role of the same process. Frames cross by reference, a turn's worth at a time:
 * a frame is never delivered inside the call that sent it, so that both sides see the same order as
 * over TCP. The limits of a TCP link hold here too.
 *
 * What was sent waits at the receiving end: first in `#inbox`, then, taken over whole, in `#batch`,
 * which is delivered from `#next` on. A pause leaves both where they are; nothing is moved. The
 * sender's close is the end of the inbox (`#inputEnded`), so that it takes effect after the frames
 * before it, and after a pause.
 */
import type { Clock } from "../clock.ts";
import { FramingError } from "../pdu/decoder.ts";
import type { FlushQueue } from "./flush_queue.ts";
import { reasonOf } from "./reason.ts";
import type { Link, LinkHandler, LinkLimits } from "./types.ts";

export interface MemoryLinkOptions {
  readonly id: number;
  readonly remote: string;
  readonly limits: LinkLimits;
  readonly clock: Clock;
  readonly flushQueue: FlushQueue;
}

export class MemoryLink implements Link {
  readonly id: number;
  readonly transport = "memory";
  readonly remote: string;
  maxFrameBytes: number;
  provenRole: string | null = null;
  silentSec = 0;
  quietSec = 0;
  readonly #clock: Clock;
  readonly #flushQueue: FlushQueue;
  readonly #maxBacklogBytes: number;
  #handler: LinkHandler | null = null;
  #peer: MemoryLink | null = null;
  #inbox: Uint8Array[] = [];
  #batch: Uint8Array[] = [];
  #next = 0;
  /** Size of the frames in inbox and batch that were not delivered yet. */
  #unreadBytes = 0;
  /** Resolved when there are none. */
  #allRead: (() => void)[] = [];
  #inputEnded = false;
  #scheduled = false;
  #started = false;
  #paused = false;
  #open = true;

  constructor(options: MemoryLinkOptions) {
    this.id = options.id;
    this.remote = options.remote;
    this.maxFrameBytes = options.limits.maxFrameBytes;
    this.#maxBacklogBytes = options.limits.maxBacklogBytes;
    this.#clock = options.clock;
    this.#flushQueue = options.flushQueue;
  }

  /** Joins two ends. Frames may be sent from now on; they wait until the other end is started. */
  static join(one: MemoryLink, other: MemoryLink): void {
    one.#peer = other;
    other.#peer = one;
  }

  /** Names the handler, so that it learns of a close; frames wait for {@link start}. */
  attach(handler: LinkHandler): void {
    this.#handler = handler;
  }

  /** Begins to deliver, after `opened` of the handler. */
  start(): void {
    if (!this.#open) return;
    try {
      this.#handler?.opened?.(this);
    } catch (error) {
      this.abort(reasonOf(error));
    }
    this.#started = true;
    this.#scheduleIfNeeded();
  }

  get isOpen(): boolean {
    return this.#open;
  }

  get backlogBytes(): number {
    return this.#peer === null ? 0 : this.#peer.#unreadBytes;
  }

  send(frame: Uint8Array): void {
    const peer = this.#peer;
    if (!this.#open || peer === null || !peer.#open) return;
    if (peer.#unreadBytes > this.#maxBacklogBytes) return this.abort("reader is too slow");
    this.quietSec = 0;
    peer.#inbox.push(frame);
    peer.#unreadBytes += frame.length;
    peer.#scheduleIfNeeded();
  }

  /** What is sent meanwhile has to be read too. */
  whenDrained(): Promise<void> {
    const peer = this.#peer;
    if (!this.#open || peer === null || peer.#unreadBytes === 0) return Promise.resolve();
    return new Promise((resolve) => peer.#allRead.push(resolve));
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#scheduleIfNeeded();
  }

  /** Delivers what had arrived when the turn began; called by the flush queue. */
  flush(): void {
    this.#scheduled = false;
    if (!this.#isDelivering) return;
    if (this.#next === this.#batch.length) {
      this.#batch = this.#inbox;
      this.#inbox = [];
      this.#next = 0;
    }
    try {
      while (this.#isDelivering && this.#next < this.#batch.length) {
        this.#deliver(this.#batch[this.#next++]!);
      }
    } catch (error) {
      this.abort(reasonOf(error));
    }
    if (!this.#isDelivering) return;
    this.#batch = [];
    this.#next = 0;
    if (this.#inputEnded && this.#inbox.length === 0) this.#shut("closed by the other side");
    else this.#scheduleIfNeeded();
  }

  close(reason: string): void {
    if (!this.#open) return;
    this.#shut(reason);
    // The other end first gets what is under way to it.
    const peer = this.#peer;
    if (peer === null) return;
    peer.#inputEnded = true;
    peer.#scheduleIfNeeded();
  }

  /** Frames are with the other end as soon as they are sent. */
  whenGone(): Promise<void> {
    return Promise.resolve();
  }

  abort(reason: string): void {
    if (!this.#open) return;
    this.#shut(reason);
    const peer = this.#peer;
    if (peer === null) return;
    peer.#dropInput();
    this.#clock.soon(() => peer.#shut("closed by the other side"));
  }

  /** Ends a link that never got a partner. */
  refuse(reason: string): void {
    this.#clock.soon(() => this.#shut(reason));
  }

  get #isDelivering(): boolean {
    return this.#started && this.#open && !this.#paused;
  }

  #deliver(frame: Uint8Array): void {
    this.silentSec = 0;
    this.#unreadBytes -= frame.length;
    if (frame.length > this.maxFrameBytes) {
      throw new FramingError(
        `Cannot accept PDU: length ${frame.length} exceeds ${this.maxFrameBytes}`,
      );
    }
    if (this.#unreadBytes === 0) this.#tellAllRead();
    this.#handler?.frame(this, frame);
  }

  #tellAllRead(): void {
    for (const resolve of this.#allRead.splice(0)) resolve();
  }

  #scheduleIfNeeded(): void {
    if (this.#scheduled || !this.#isDelivering) return;
    const isIdle = this.#inbox.length === 0 && this.#next === this.#batch.length;
    if (isIdle && !this.#inputEnded) return;
    this.#scheduled = true;
    this.#flushQueue.add(this);
  }

  #shut(reason: string): void {
    if (!this.#open) return;
    this.#open = false;
    this.#dropInput();
    if (this.#peer !== null) this.#peer.#tellAllRead();
    this.#clock.soon(() => this.#handler?.closed(this, reason));
  }

  #dropInput(): void {
    this.#inbox = [];
    this.#batch = [];
    this.#next = 0;
    this.#unreadBytes = 0;
    this.#tellAllRead();
  }
}
