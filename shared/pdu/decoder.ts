/**
 * Cuts a byte stream into frames (docs/spec/wire.md 2).
 *
 * Bytes arrive in chunks of any size. A chunk that begins at a frame boundary is cut in place:
 * frames handed out are views of it. Only the incomplete tail is copied, into a buffer that grows
 * by doubling towards the announced length, so that announcing a large frame costs a sender as
 * many bytes as it costs us. A length below the header or above the limit is refused before the
 * body is buffered.
 */
import { Buffer } from "node:buffer";
import { frameLength, HEADER_SIZE } from "./header.ts";

/** The byte stream is not TeamTalk's protocol, or a frame is too large. The link must be closed. */
export class FramingError extends Error {
  override readonly name = "FramingError";
}

/** What a decoder without an incomplete frame holds; one for all, as most have none. */
const NO_BYTES = new Uint8Array(0);
/** First size of the buffer for an incomplete frame, in bytes. */
const FIRST_TAIL_BYTES = 256;

export class FrameDecoder {
  /** Largest frame accepted, header included, in bytes. May be raised after a login. */
  maxFrameBytes: number;
  #tail: Uint8Array = NO_BYTES;
  #tailLength = 0;
  #paused = false;

  constructor(maxFrameBytes: number) {
    this.maxFrameBytes = maxFrameBytes;
  }

  /** Bytes held back: an incomplete frame, or everything that came while paused. */
  get bufferedBytes(): number {
    return this.#tailLength;
  }

  /** Stops handing out frames, also in the middle of a chunk. */
  pause(): void {
    this.#paused = true;
  }

  /** Allows frames again; call {@link push} with an empty chunk to get those held back. */
  resume(): void {
    this.#paused = false;
  }

  /**
   * Takes the next bytes and calls `onFrame` for every complete frame, in order. Frames are views
   * of the chunk: they may be kept for as long as a relay takes, but what is kept for longer should
   * be copied, or it keeps the whole chunk alive.
   * @throws {FramingError} for a length below 16 or above the limit
   */
  push(chunk: Uint8Array, onFrame: (frame: Uint8Array) => void): void {
    let bytes = chunk;
    if (this.#tailLength > 0) {
      bytes = this.#joinTail(chunk, onFrame);
      if (bytes.length === 0) return;
    }
    const used = this.#cut(bytes, onFrame);
    if (used < bytes.length) this.#appendTail(bytes.subarray(used));
  }

  /** Drops what is buffered; for a link that was closed. */
  clear(): void {
    this.#tail = NO_BYTES;
    this.#tailLength = 0;
  }

  /** Cuts whole frames off the front of `bytes` and tells how many bytes they took. */
  #cut(bytes: Uint8Array, onFrame: (frame: Uint8Array) => void): number {
    let offset = 0;
    while (!this.#paused && bytes.length - offset >= 4) {
      const length = this.#checkedLength(bytes, offset);
      if (bytes.length - offset < length) break;
      onFrame(bytes.subarray(offset, offset + length));
      offset += length;
    }
    return offset;
  }

  #checkedLength(bytes: Uint8Array, offset: number): number {
    const length = frameLength(bytes, offset);
    if (length < HEADER_SIZE) {
      throw new FramingError(`Cannot decode PDU: length ${length} is below ${HEADER_SIZE}`);
    }
    if (length > this.maxFrameBytes) {
      throw new FramingError(`Cannot decode PDU: length ${length} exceeds ${this.maxFrameBytes}`);
    }
    return length;
  }

  /**
   * Completes the frame in the tail with the front of `chunk` and hands it out. Returns the rest of
   * the chunk, which starts at a frame boundary; an empty one when everything went into the tail.
   */
  #joinTail(chunk: Uint8Array, onFrame: (frame: Uint8Array) => void): Uint8Array {
    if (this.#paused) {
      this.#appendTail(chunk);
      return chunk.subarray(chunk.length);
    }
    let taken = 0;
    if (this.#tailLength < 4) {
      taken = Math.min(4 - this.#tailLength, chunk.length);
      this.#appendTail(chunk.subarray(0, taken));
      if (this.#tailLength < 4) return chunk.subarray(taken);
    }
    const length = this.#checkedLength(this.#tail, 0);
    if (this.#tailLength < length) {
      const more = Math.min(length - this.#tailLength, chunk.length - taken);
      this.#appendTail(chunk.subarray(taken, taken + more));
      taken += more;
      if (this.#tailLength < length) return chunk.subarray(taken);
    }
    // The tail holds one whole frame, or several that were held back while paused. It is given
    // away with them: a new tail starts with the next incomplete frame.
    const held = this.#tail.subarray(0, this.#tailLength);
    const rest = chunk.subarray(taken);
    this.clear();
    const used = this.#cut(held, onFrame);
    if (used === held.length) return rest;
    // Not copied: a caller that pauses at every frame would otherwise move all the others each time.
    this.#tail = held.subarray(used);
    this.#tailLength = this.#tail.length;
    return rest.length === 0 ? rest : this.#joinTail(rest, onFrame);
  }

  #appendTail(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    const needed = this.#tailLength + bytes.length;
    if (needed > this.#tail.length) {
      let capacity = Math.max(FIRST_TAIL_BYTES, this.#tail.length);
      while (capacity < needed) capacity *= 2;
      const announced = this.#tailLength < 4 ? 0 : frameLength(this.#tail, 0);
      if (announced >= needed) capacity = Math.min(capacity, announced);
      const grown = Buffer.allocUnsafeSlow(capacity);
      grown.set(this.#tail.subarray(0, this.#tailLength));
      this.#tail = grown;
    }
    this.#tail.set(bytes, this.#tailLength);
    this.#tailLength = needed;
  }
}
