import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { specFrames } from "../../proto/test_support/wire_spec.ts";
import {
  bodyOf,
  buildEmptyFrame,
  buildFrame,
  commandIdOf,
  describeFrame,
  frameLength,
  HEADER_SIZE,
  seqNumOf,
  withSeqNum,
} from "./mod.ts";

for (const { what, frame } of specFrames()) {
  Deno.test(`buildFrame() gives the reference bytes of docs/spec/wire.md 11: ${what}`, () => {
    assert.equal(frameLength(frame, 0), frame.length);
    const built = buildFrame(commandIdOf(frame), seqNumOf(frame), bodyOf(frame));
    assert.equal(new Uint8Array(built).toHex(), frame.toHex());
  });
}

Deno.test("the reference heartbeat reads as command 0x0701, seq 2, without a body", () => {
  const frame = Uint8Array.fromHex("00000010000100000007070100020000");
  assert.equal(commandIdOf(frame), 0x0701);
  assert.equal(seqNumOf(frame), 2);
  assert.equal(bodyOf(frame).length, 0);
  assert.equal(new Uint8Array(buildEmptyFrame(0x0701, 2)).toHex(), frame.toHex());
});

Deno.test("buildFrame() writes every byte of the header, also over used memory", () => {
  const allocUnsafe = Buffer.allocUnsafe;
  Buffer.allocUnsafe = (size) => Buffer.alloc(size, 0xee);
  try {
    const frame = buildFrame(0x0f12, 0xfffe, Uint8Array.of(0xaa, 0xbb));
    assert.equal(new Uint8Array(frame).toHex(), "0000001200010000000f0f12fffe0000aabb");
  } finally {
    Buffer.allocUnsafe = allocUnsafe;
  }
});

Deno.test("buildFrame() keeps the largest seq_num and wraps the next to 0", () => {
  assert.equal(seqNumOf(buildEmptyFrame(0x0301, 0xffff)), 0xffff);
  assert.equal(seqNumOf(buildEmptyFrame(0x0301, 0x10000)), 0);
});

Deno.test("buildFrame() writes lengths above 16 bits", () => {
  const frame = buildFrame(0x0209, 1, new Uint8Array(0x12345));
  assert.equal(frameLength(frame, 0), 0x12345 + HEADER_SIZE);
  assert.equal(frame.length, 0x12345 + HEADER_SIZE);
});

Deno.test("frameLength() is unsigned and reads at an offset", () => {
  assert.equal(frameLength(Uint8Array.fromHex("ffffffff"), 0), 0xffffffff);
  assert.equal(frameLength(Uint8Array.fromHex("0080000001"), 1), 0x80000001);
});

Deno.test("withSeqNum() changes the sequence number of a copy, and nothing else", () => {
  const frame = buildFrame(0x0505, 7, Uint8Array.of(1, 2, 3));
  frame.set([0, 13], 4); // An iOS client's version.
  frame.set([9, 9], 14);
  const copy = withSeqNum(frame, 0x1234);
  assert.equal(seqNumOf(copy), 0x1234);
  assert.equal(seqNumOf(frame), 7);
  copy.set(frame.subarray(12, 14), 12);
  assert.equal(copy.toHex(), frame.toHex());
});

Deno.test("bodyOf() is a view", () => {
  const frame = buildFrame(0x0301, 1, Uint8Array.of(1));
  frame[HEADER_SIZE] = 7;
  assert.deepEqual([...bodyOf(frame)], [7]);
});

Deno.test("describeFrame() names command, sequence number and size, and no content", () => {
  const frame = buildFrame(0x0103, 9, new TextEncoder().encode("secret"));
  assert.equal(describeFrame(frame), "0x0103 seq 9 22 bytes");
});
