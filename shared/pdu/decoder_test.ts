import assert from "node:assert/strict";
import { buildFrame, FrameDecoder, FramingError } from "./mod.ts";

const LIMIT = 4096;

function frame(seq: number, bodyBytes: number): Uint8Array {
  return new Uint8Array(buildFrame(0x0301, seq, new Uint8Array(bodyBytes).fill(seq)));
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

/** Pushes the chunks and gives the frames as they are after everything was pushed. */
function decode(chunks: readonly Uint8Array[], decoder = new FrameDecoder(LIMIT)): string[] {
  const frames: Uint8Array[] = [];
  for (const chunk of chunks) decoder.push(chunk, (one) => frames.push(one));
  return frames.map(hex);
}

function hex(bytes: Uint8Array): string {
  return new Uint8Array(bytes).toHex();
}

function announcing(length: number): Uint8Array {
  const bytes = new Uint8Array(16);
  new DataView(bytes.buffer).setUint32(0, length);
  return bytes;
}

const three = [frame(1, 0), frame(2, 1), frame(3, 40)];
const stream = concat(three);

Deno.test("FrameDecoder gives whole frames, one per chunk", () => {
  assert.deepEqual(decode(three), three.map(hex));
});

Deno.test("FrameDecoder gives several frames of one chunk", () => {
  assert.deepEqual(decode([stream]), three.map(hex));
});

Deno.test("FrameDecoder gives frames that arrive byte by byte, each with its last byte", () => {
  const decoder = new FrameDecoder(LIMIT);
  const ends: number[] = [];
  stream.forEach((_byte, at) => {
    decoder.push(stream.subarray(at, at + 1), () => ends.push(at + 1));
  });
  assert.deepEqual(ends, [16, 33, 89]);
  assert.equal(decoder.bufferedBytes, 0);
});

Deno.test("FrameDecoder gives the same frames for each position of two splits", () => {
  for (let one = 0; one <= stream.length; one++) {
    for (let two = one; two <= stream.length; two++) {
      const chunks = [stream.slice(0, one), stream.slice(one, two), stream.slice(two)];
      assert.deepEqual(decode(chunks), three.map(hex), `split at ${one} and ${two}`);
    }
  }
});

Deno.test("FrameDecoder cuts whole frames out of a chunk without copying (P-FRM6)", () => {
  new FrameDecoder(LIMIT).push(stream, (one) => assert.equal(one.buffer, stream.buffer));
});

for (const length of [0, 1, 15]) {
  Deno.test(`FrameDecoder refuses length ${length}, which is below the header`, () => {
    assert.throws(
      () => decode([announcing(length)]),
      new FramingError(`Cannot decode PDU: length ${length} is below 16`),
    );
  });
}

for (const length of [LIMIT + 1, 0x80000000, 0xffffffff]) {
  Deno.test(`FrameDecoder refuses length ${length} with its fourth byte`, () => {
    const decoder = new FrameDecoder(LIMIT);
    const bytes = announcing(length);
    decode([bytes.subarray(0, 3)], decoder);
    assert.throws(
      () => decode([bytes.subarray(3, 4)], decoder),
      new FramingError(`Cannot decode PDU: length ${length} exceeds ${LIMIT}`),
    );
  });
}

Deno.test("FrameDecoder accepts the smallest and the largest frame", () => {
  const frames = [frame(1, 0), frame(2, LIMIT - 16)];
  assert.deepEqual(decode(frames), frames.map(hex));
});

Deno.test("FrameDecoder gives the frames before a bad length, then throws", () => {
  const frames: Uint8Array[] = [];
  const bytes = concat([three[0]!, announcing(3)]);
  assert.throws(
    () => new FrameDecoder(LIMIT).push(bytes, (one) => frames.push(one)),
    FramingError,
  );
  assert.deepEqual(frames.map(hex), [hex(three[0]!)]);
});

Deno.test("FrameDecoder uses a limit that was raised, also between two chunks", () => {
  const big = frame(1, LIMIT);
  const decoder = new FrameDecoder(LIMIT);
  assert.throws(() => decode([big], decoder), FramingError);
  decoder.clear();
  decode([big.subarray(0, 3)], decoder);
  decoder.maxFrameBytes = LIMIT + 16;
  assert.deepEqual(decode([big.subarray(3)], decoder), [hex(big)]);
});

Deno.test("FrameDecoder lets a handler raise the limit for the next frame of the chunk", () => {
  const decoder = new FrameDecoder(64);
  let count = 0;
  decoder.push(concat([frame(1, 1), frame(2, 1000)]), () => {
    decoder.maxFrameBytes = LIMIT;
    count++;
  });
  assert.equal(count, 2);
});

Deno.test("FrameDecoder frames stay intact when held while further chunks come", () => {
  const frames: Uint8Array[] = [];
  const sent: string[] = [];
  const decoder = new FrameDecoder(LIMIT);
  for (let seq = 0; seq < 200; seq++) {
    const bytes = frame(seq & 0xff, (seq * 37) % 900);
    sent.push(hex(bytes));
    const cut = (seq * 13) % bytes.length;
    decoder.push(bytes.slice(0, cut), (one) => frames.push(one));
    decoder.push(bytes.slice(cut), (one) => frames.push(one));
  }
  assert.deepEqual(frames.map(hex), sent);
});
