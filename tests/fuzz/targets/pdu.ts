/**
 * The frame decoder: any bytes in any pieces, with pauses. It has to hand out what a plain reading of
 * the whole stream gives, and refuse it where that does. Input: which frames it pauses after (a byte
 * each, over and over; odd: pause), then the pieces.
 */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { FrameDecoder, FramingError, HEADER_SIZE } from "../../../shared/pdu/mod.ts";
import { type Random, randomInt } from "../../../shared/random.ts";
import { Frames } from "../inputs/frames.ts";
import { chance, noise, pick, shortLength } from "../inputs/pick.ts";
import { type Input, pureTarget } from "../target.ts";

const MAX_FRAME_BYTES = 64 * 1024;
const NOTHING = new Uint8Array(0);

export const pdu = pureTarget("pdu", {
  open() {
    const frames = new Frames();
    return { next: (random) => [pauses(random), ...pieces(streamOf(frames, random), random)] };
  },
  feed([pauseAfter = NOTHING, ...chunks]: Input): void {
    const expected = plainReading(Buffer.concat(chunks));
    const got = decode(chunks, pauseAfter);
    assert.equal(got.isRefused, expected.isRefused, "refused");
    assert.equal(got.frames.length, expected.frames.length, "frames");
    for (const [at, frame] of got.frames.entries()) {
      assert.ok(Buffer.compare(frame, expected.frames[at]!) === 0, `frame ${at} is another`);
    }
    assert.equal(got.left, expected.left, "bytes that wait");
  },
});

interface Outcome {
  readonly frames: readonly Uint8Array[];
  readonly isRefused: boolean;
  /** Bytes after the last frame; not looked at after a refusal. */
  readonly left: number;
}

function plainReading(stream: Buffer): Outcome {
  const frames: Uint8Array[] = [];
  let at = 0;
  while (stream.length - at >= 4) {
    const length = stream.readUInt32BE(at);
    if (length < HEADER_SIZE || length > MAX_FRAME_BYTES) {
      return { frames, isRefused: true, left: 0 };
    }
    if (length > stream.length - at) break;
    frames.push(stream.subarray(at, at + length));
    at += length;
  }
  return { frames, isRefused: false, left: stream.length - at };
}

function decode(chunks: readonly Uint8Array[], pauseAfter: Uint8Array): Outcome {
  const decoder = new FrameDecoder(MAX_FRAME_BYTES);
  const frames: Uint8Array[] = [];
  let isPaused = false;
  const take = (frame: Uint8Array): void => {
    assert.ok(!isPaused, "a frame during a pause");
    if (((pauseAfter[frames.length % pauseAfter.length] ?? 0) & 1) === 1) {
      isPaused = true;
      decoder.pause();
    }
    frames.push(frame);
  };
  const resume = (): void => {
    while (isPaused) {
      isPaused = false;
      decoder.resume();
      decoder.push(NOTHING, take);
    }
  };
  try {
    for (const [at, chunk] of chunks.entries()) {
      decoder.push(chunk, take);
      // Some pauses last until later pieces have come.
      if (at % 2 === 0) resume();
    }
    resume();
  } catch (error) {
    if (!(error instanceof FramingError)) throw error;
    return { frames, isRefused: true, left: 0 };
  }
  return { frames, isRefused: false, left: decoder.bufferedBytes };
}

function pauses(random: Random): Uint8Array {
  return chance(random, 0.5) ? Uint8Array.of(0) : noise(random, 1 + randomInt(random, 8));
}

function streamOf(frames: Frames, random: Random): Uint8Array {
  const parts: Uint8Array[] = [];
  for (let left = 1 + shortLength(random, 10); left > 0; left--) {
    parts.push(chance(random, 0.85) ? pick(random, frames.recorded) : frames.spoilt(random));
  }
  return Buffer.concat(parts);
}

function pieces(stream: Uint8Array, random: Random): Uint8Array[] {
  const most = pick(random, [1, 3, 20, 300, stream.length]);
  // A stream of thousands of single bytes shows nothing that a shorter one does not.
  const bytes = most <= 3 ? stream.subarray(0, 400) : stream;
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < bytes.length;) {
    const size = 1 + randomInt(random, most);
    chunks.push(bytes.subarray(at, at + size));
    at += size;
  }
  return chunks;
}
