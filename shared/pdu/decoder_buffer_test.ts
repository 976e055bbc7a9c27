import assert from "node:assert/strict";
import fc from "fast-check";
import { buildFrame, FrameDecoder } from "./mod.ts";

const HUGE = 64 * 1024 * 1024;

function frame(seq: number, bodyBytes: number): Uint8Array {
  return new Uint8Array(buildFrame(0x0301, seq, new Uint8Array(bodyBytes).fill(seq)));
}

function hex(bytes: Uint8Array): string {
  return new Uint8Array(bytes).toHex();
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

function memoryOf(work: () => void): number {
  const before = Deno.memoryUsage();
  work();
  const after = Deno.memoryUsage();
  return after.external - before.external;
}

Deno.test("FrameDecoder does not allocate a frame that is only announced (P-FRM2)", () => {
  const start = frame(1, HUGE - 16).slice(0, 100);
  const decoders = Array.from({ length: 20 }, () => new FrameDecoder(HUGE));
  const grown = memoryOf(() => {
    for (const decoder of decoders) decoder.push(start, () => assert.fail("no frame yet"));
  });
  assert.ok(grown < 1_000_000, `${grown} bytes for 20 announcements`);
  assert.equal(decoders[0]!.bufferedBytes, 100);
});

Deno.test("FrameDecoder never buffers much more than the announced frame", () => {
  // Just above a power of two, where doubling alone would waste half.
  const bytes = frame(1, 4 * 1024 * 1024 + 1);
  const decoder = new FrameDecoder(HUGE);
  let given: Uint8Array | null = null;
  for (let at = 0; at < bytes.length; at += 60_000) {
    decoder.push(bytes.slice(at, at + 60_000), (one) => given = one);
  }
  assert.equal(given!.length, bytes.length);
  assert.equal(given!.buffer.byteLength, bytes.length);
});

Deno.test("FrameDecoder pauses in the middle of a chunk and goes on in order", () => {
  const frames = [1, 2, 3, 4].map((seq) => frame(seq, 5));
  const got: string[] = [];
  const decoder = new FrameDecoder(HUGE);
  const take = (one: Uint8Array) => {
    got.push(hex(one));
    decoder.pause();
  };
  decoder.push(concat(frames.slice(0, 3)), take);
  assert.equal(got.length, 1);
  decoder.push(frames[3]!, take);
  for (let count = 2; count <= 4; count++) {
    decoder.resume();
    decoder.push(new Uint8Array(0), take);
    assert.equal(got.length, count);
  }
  assert.deepEqual(got, frames.map(hex));
  assert.equal(decoder.bufferedBytes, 0);
});

Deno.test("FrameDecoder pauses while a frame is incomplete", () => {
  const frames = [frame(1, 50), frame(2, 0)];
  const bytes = concat(frames);
  for (let cut = 0; cut <= bytes.length; cut++) {
    const got: string[] = [];
    const decoder = new FrameDecoder(HUGE);
    decoder.push(bytes.slice(0, cut), (one) => got.push(hex(one)));
    decoder.pause();
    const before = got.length;
    for (const byte of bytes.slice(cut)) {
      decoder.push(Uint8Array.of(byte), () => assert.fail("paused"));
    }
    assert.equal(got.length, before);
    decoder.resume();
    decoder.push(new Uint8Array(0), (one) => got.push(hex(one)));
    assert.deepEqual(got, frames.map(hex), `paused after ${cut} bytes`);
  }
});

Deno.test("FrameDecoder that is paused at each frame moves none of those held back (P-FRM6)", () => {
  const count = 2000;
  const bytes = concat(Array.from({ length: count }, (_, seq) => frame(seq & 0xff, 16)));
  const decoder = new FrameDecoder(HUGE);
  const buffers = new Set<ArrayBufferLike>();
  let got = 0;
  decoder.push(bytes, () => decoder.pause());
  for (got = 1; decoder.bufferedBytes > 0; got++) {
    decoder.resume();
    decoder.push(new Uint8Array(0), (one) => {
      buffers.add(one.buffer);
      decoder.pause();
    });
  }
  assert.equal(got, count);
  assert.equal(buffers.size, 1);
});

Deno.test("FrameDecoder.clear() drops what is buffered", () => {
  const decoder = new FrameDecoder(HUGE);
  decoder.push(frame(1, 100).slice(0, 50), () => assert.fail("incomplete"));
  decoder.clear();
  assert.equal(decoder.bufferedBytes, 0);
  let got = 0;
  decoder.push(frame(2, 3), () => got++);
  assert.equal(got, 1);
});

Deno.test("FrameDecoder gives all frames in order for any splits, pauses and resumes", () => {
  const property = fc.property(
    fc.array(fc.nat({ max: 300 }), { minLength: 1, maxLength: 20 }),
    fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 40 }),
    fc.array(fc.boolean(), { minLength: 1 }),
    (bodies, sizes, pauses) => {
      const frames = bodies.map((size, seq) => frame(seq, size));
      const bytes = concat(frames);
      const decoder = new FrameDecoder(HUGE);
      const got: Uint8Array[] = [];
      let step = 0;
      const take = (one: Uint8Array) => {
        got.push(one);
        if (pauses[step++ % pauses.length]) decoder.pause();
      };
      for (let at = 0, turn = 0; at < bytes.length; turn++) {
        const size = sizes[turn % sizes.length]!;
        decoder.push(bytes.slice(at, at + size), take);
        at += size;
        if (pauses[turn % pauses.length]) decoder.resume();
      }
      while (decoder.bufferedBytes > 0) {
        decoder.resume();
        decoder.push(new Uint8Array(0), take);
      }
      assert.deepEqual(got.map(hex), frames.map(hex));
    },
  );
  fc.assert(property, { numRuns: 300 });
});
