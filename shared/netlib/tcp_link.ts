/**
 * A link over a `node:net` socket, or over a `node:tls` one, which behaves the same.
 *
 * Output: frames wait in `#queue` and are joined into one write at the end of the turn. What the
 * socket could not pass on yet counts towards the backlog, because `node:net` itself never refuses.
 * Input: the decoder cuts frames out of each chunk. Life: open, then closing (output is flushed, the
 * other side has a grace to close), then closed; or aborted from any of them. The socket must allow
 * half-open, so that a side that has only ended its output still gets the answers of that turn.
 */
import { Buffer } from "node:buffer";
import type { Socket } from "node:net";
import type { Clock, Timer } from "../clock.ts";
import { FrameDecoder } from "../pdu/decoder.ts";
import type { FlushQueue } from "./flush_queue.ts";
import { reasonOf } from "./reason.ts";
import type { Link, LinkHandler, LinkLimits } from "./types.ts";
import { WriteCount } from "./write_count.ts";

/** How long a closed link may take to flush and to be closed by the other side, in milliseconds. */
export const CLOSE_GRACE_MS = 3000;

/**
 * Frames of this size on average are written one by one: the copy that joins them costs more than
 * the calls that it saves, and would be as much garbage again.
 */
const LARGE_FRAME_BYTES = 16 * 1024;

const NO_BYTES = new Uint8Array(0);

/**
 * Where the listeners of a socket find its link. They are the same functions for all sockets, as a
 * closure for each would stay with every silent connection.
 */
const LINK = Symbol("link");
interface LinkSocket extends Socket {
  [LINK]: TcpLink;
}

export interface TcpLinkOptions {
  readonly id: number;
  readonly transport: "tcp" | "tls";
  readonly remote: string;
  readonly limits: LinkLimits;
  readonly clock: Clock;
  readonly flushQueue: FlushQueue;
}

export class TcpLink implements Link {
  readonly id: number;
  readonly transport: "tcp" | "tls";
  readonly remote: string;
  provenRole: string | null = null;
  silentSec = 0;
  quietSec = 0;
  readonly #socket: Socket;
  readonly #clock: Clock;
  readonly #flushQueue: FlushQueue;
  readonly #maxBacklogBytes: number;
  readonly #decoder: FrameDecoder;
  /** Over TLS only. */
  readonly #writeCount: WriteCount | null;
  #handler: LinkHandler | null = null;
  /** Absent while nothing waits, as on most links. */
  #queue: Uint8Array[] | null = null;
  #queuedBytes = 0;
  #paused = false;
  #state: "open" | "closing" | "closed" = "open";
  #reason = "";
  #graceTimer: Timer | null = null;

  constructor(socket: Socket, options: TcpLinkOptions) {
    this.id = options.id;
    this.transport = options.transport;
    this.remote = options.remote;
    this.#socket = socket;
    this.#clock = options.clock;
    this.#flushQueue = options.flushQueue;
    this.#maxBacklogBytes = options.limits.maxBacklogBytes;
    this.#decoder = new FrameDecoder(options.limits.maxFrameBytes);
    this.#writeCount = options.transport === "tls" ? new WriteCount(socket) : null;
  }

  /** Begins to deliver. Separate from the constructor, so that an acceptor can see the link first. */
  start(handler: LinkHandler): void {
    this.#handler = handler;
    const socket = Object.assign(this.#socket, { [LINK]: this });
    socket.on("data", TcpLink.#onData);
    socket.on("end", TcpLink.#onEnd);
    // Without a listener a reset by the other side would end the process.
    socket.on("error", TcpLink.#onError);
    socket.on("close", TcpLink.#onClose);
  }

  static #onData(this: LinkSocket, chunk: Uint8Array): void {
    const link = this[LINK];
    link.silentSec = 0;
    link.#read(chunk);
  }

  static #onEnd(this: LinkSocket): void {
    this[LINK].close("closed by the other side");
  }

  static #onError(this: LinkSocket, error: Error): void {
    this[LINK].abort(reasonOf(error));
  }

  static #onClose(this: LinkSocket): void {
    this[LINK].#socketClosed();
  }

  /** The socket of an outgoing link was connected, and its TLS handshake is done if it has one. */
  connected(): void {
    if (this.#state !== "open") return;
    try {
      this.#handler?.opened?.(this);
    } catch (error) {
      this.abort(reasonOf(error));
    }
  }

  get isOpen(): boolean {
    return this.#state === "open";
  }

  get backlogBytes(): number {
    return this.#queuedBytes + this.#socket.writableLength;
  }

  get maxFrameBytes(): number {
    return this.#decoder.maxFrameBytes;
  }

  set maxFrameBytes(value: number) {
    this.#decoder.maxFrameBytes = value;
  }

  send(frame: Uint8Array): void {
    if (this.#state !== "open") return;
    // Looked at before the frame is added: a reader that keeps up may be sent a frame of any size.
    if (this.backlogBytes > this.#maxBacklogBytes) return this.abort("reader is too slow");
    if (this.#queue === null) {
      this.#queue = [frame];
      this.#flushQueue.add(this);
      this.quietSec = 0;
    } else {
      this.#queue.push(frame);
    }
    this.#queuedBytes += frame.length;
  }

  /** Called by the flush queue at the end of the turn. */
  flush(): void {
    const queue = this.#queue;
    if (queue === null) return;
    const queuedBytes = this.#queuedBytes;
    this.#queue = null;
    this.#queuedBytes = 0;
    if (this.#state === "closed") return;
    if (queuedBytes / queue.length >= LARGE_FRAME_BYTES) {
      for (const frame of queue) this.#write(frame);
    } else {
      this.#write(joinFrames(queue, queuedBytes));
    }
  }

  whenDrained(): Promise<void> {
    if (this.#state === "closed" || this.backlogBytes === 0) return Promise.resolve();
    this.flush();
    return new Promise((resolve) => {
      const done = (): void => {
        this.#socket.off("close", done);
        resolve();
      };
      this.#socket.on("close", done);
      // Writes are done in order, so the end of an empty one is the end of all before it.
      if (this.#writeCount === null) this.#socket.write(NO_BYTES, done);
      else this.#writeCount.afterAll(done);
    });
  }

  pause(): void {
    if (this.#state !== "open") return;
    this.#paused = true;
    this.#decoder.pause();
    this.#socket.pause();
  }

  resume(): void {
    if (this.#state !== "open" || !this.#paused) return;
    this.#paused = false;
    // Frames held back come first, in a turn of their own: the caller may be in the middle of one.
    this.#clock.soon(() => this.#readHeldBack());
  }

  close(reason: string): void {
    if (this.#state !== "open") return;
    this.#leaveOpen("closing", reason);
    this.flush();
    this.#socket.resume();
    this.#socket.end();
    this.#graceTimer = this.#clock.after(CLOSE_GRACE_MS, () => this.#socket.destroy());
  }

  whenGone(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#socket.closed) resolve();
      else this.#socket.once("close", () => resolve());
    });
  }

  abort(reason: string): void {
    if (this.#state === "open") this.#leaveOpen("closed", reason);
    this.#state = "closed";
    this.#queue = null;
    this.#queuedBytes = 0;
    this.#socket.destroy();
  }

  /** The decoder is paused by whatever closes the link: nothing follows a close. */
  readonly #onFrame = (frame: Uint8Array): void => this.#handler?.frame(this, frame);

  #write(bytes: Uint8Array): void {
    if (this.#writeCount === null) this.#socket.write(bytes);
    else this.#writeCount.write(bytes);
  }

  #read(chunk: Uint8Array): void {
    if (this.#state !== "open") return;
    try {
      this.#decoder.push(chunk, this.#onFrame);
    } catch (error) {
      this.abort(reasonOf(error));
    }
    // A handler that closed the link left the rest of the chunk behind.
    if (!this.isOpen) this.#decoder.clear();
  }

  #readHeldBack(): void {
    if (this.#paused || !this.isOpen) return;
    this.#decoder.resume();
    this.#read(NO_BYTES);
    // Only now, and not when a handler has paused again: nothing would slow the sender down.
    if (!this.#paused && this.isOpen) this.#socket.resume();
  }

  #socketClosed(): void {
    this.#graceTimer?.cancel();
    if (this.#state === "open") this.#leaveOpen("closed", "closed by the other side");
    this.#state = "closed";
  }

  #leaveOpen(state: "closing" | "closed", reason: string): void {
    this.#state = state;
    this.#reason = reason;
    this.#decoder.pause();
    this.#decoder.clear();
    this.#clock.soon(() => this.#handler?.closed(this, this.#reason));
  }
}

function joinFrames(frames: readonly Uint8Array[], totalBytes: number): Uint8Array {
  if (frames.length === 1) return frames[0]!;
  const joined = Buffer.allocUnsafe(totalBytes);
  let offset = 0;
  for (const frame of frames) {
    joined.set(frame, offset);
    offset += frame.length;
  }
  return joined;
}
