/** One direction of a connection through a link proxy. What was read waits in order until it is due. */
import type { Socket } from "node:net";

/** What is read ahead of the other side, at most, in bytes; less where it is let through slowly. */
const MAX_HELD = 4 * 1024 * 1024;
const MAX_HELD_SLOW = 64 * 1024;

export interface PipeRules {
  readonly delayMs: () => number;
  /** `Infinity`: as fast as it comes. */
  readonly bytesPerSec: () => number;
  readonly isStalled: () => boolean;
  readonly closed: () => void;
}

interface Held {
  dueMs: number;
  /** `null`: the end. */
  readonly chunk: Uint8Array | null;
}

export class Pipe {
  readonly #from: Socket;
  readonly #to: Socket;
  readonly #rules: PipeRules;
  #held: Held[] = [];
  #heldBytes = 0;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #isAbandoned = false;

  constructor(from: Socket, to: Socket, rules: PipeRules) {
    this.#from = from;
    this.#to = to;
    this.#rules = rules;
    from.on("data", (chunk: Uint8Array) => this.#hold(chunk));
    from.on("end", () => this.#hold(null));
    from.on("close", () => {
      if (this.#isAbandoned) return;
      rules.closed();
      if (this.#timer !== null) clearTimeout(this.#timer);
      to.destroy();
    });
    to.on("drain", () => this.update());
  }

  destroy(): void {
    this.#from.destroy();
    this.#to.destroy();
  }

  /** Nothing passes any more, and neither side is told: not that, and not that the other one went. */
  abandon(): void {
    this.#isAbandoned = true;
    this.#held = [];
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#from.pause();
  }

  /** What was to wait for its time is due now. */
  hurry(): void {
    const nowMs = performance.now();
    for (const held of this.#held) held.dueMs = Math.min(held.dueMs, nowMs);
    this.update();
  }

  /** Passes on what is due, and reads on when there is room. */
  update(): void {
    if (this.#isAbandoned) return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#rules.isStalled()) return this.#readOrWait();
    const nowMs = performance.now();
    while (this.#held.length > 0 && this.#held[0]!.dueMs <= nowMs && !this.#to.writableNeedDrain) {
      const { chunk } = this.#held.shift()!;
      if (chunk === null) {
        this.#to.end();
      } else {
        this.#heldBytes -= chunk.length;
        this.#to.write(chunk);
      }
    }
    const next = this.#held[0];
    if (next !== undefined && next.dueMs > nowMs) {
      this.#timer = setTimeout(() => this.update(), next.dueMs - nowMs);
    }
    this.#readOrWait();
  }

  #hold(chunk: Uint8Array | null): void {
    const bytes = chunk?.length ?? 0;
    const fromMs = performance.now() + this.#rules.delayMs();
    // Nothing overtakes what came before, also when the delay has become shorter.
    const dueMs = Math.max(fromMs, this.#held.at(-1)?.dueMs ?? 0) +
      1000 * bytes / this.#rules.bytesPerSec();
    this.#held.push({ dueMs, chunk });
    this.#heldBytes += bytes;
    this.update();
  }

  #readOrWait(): void {
    const limit = this.#rules.bytesPerSec() < Infinity ? MAX_HELD_SLOW : MAX_HELD;
    if (this.#heldBytes > limit) this.#from.pause();
    else this.#from.resume();
  }
}
