/** A handler that remembers what a link told it, and lets a test wait for it. */
import { seqNumOf } from "../../pdu/header.ts";
import type { Link, LinkHandler } from "../types.ts";

/** Only a failing test waits that long, in milliseconds. */
const DEADLINE_MS = 10_000;

export class Recorder implements LinkHandler {
  /** `opened`, `frame <seq>` and `closed: <reason>`, in order. */
  readonly events: string[] = [];
  readonly frames: Uint8Array[] = [];
  link: Link | null = null;
  onOpened: (link: Link) => void = () => {};
  onFrame: (link: Link, frame: Uint8Array) => void = () => {};
  #waiting: (() => void)[] = [];

  opened(link: Link): void {
    this.link = link;
    this.#record("opened");
    this.onOpened(link);
  }

  frame(link: Link, frame: Uint8Array): void {
    this.frames.push(frame);
    this.#record(`frame ${seqNumOf(frame)}`);
    this.onFrame(link, frame);
  }

  closed(_link: Link, reason: string): void {
    this.#record(`closed: ${reason}`);
  }

  get isClosed(): boolean {
    return this.events.some((event) => event.startsWith("closed: "));
  }

  get seqNums(): number[] {
    return this.frames.map(seqNumOf);
  }

  /** Resolves as soon as `condition` holds after an event. */
  async until(what: string, condition: () => boolean): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const deadline = setTimeout(
      () => reject(new Error(`waited in vain for ${what}; events: ${this.events.join(", ")}`)),
      DEADLINE_MS,
    );
    const check = () => condition() && resolve();
    this.#waiting.push(check);
    check();
    await promise.finally(() => clearTimeout(deadline));
  }

  untilFrames(count: number): Promise<void> {
    return this.until(`${count} frames`, () => this.frames.length >= count);
  }

  untilOpened(): Promise<void> {
    return this.until("opened", () => this.events.includes("opened"));
  }

  untilClosed(): Promise<void> {
    return this.until("closed", () => this.isClosed);
  }

  #record(event: string): void {
    this.events.push(event);
    for (const check of this.#waiting) check();
  }
}

/** A turn of the event loop, with all that is ready handled. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

export async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await turn();
}
