import assert from "node:assert/strict";
import fc from "fast-check";
import { buildFrame } from "../../../shared/pdu/mod.ts";
import { packFrames, unpackFrames } from "./packed_frames.ts";
import type { Task } from "./task_executor.ts";

function unpacked(packed: Uint8Array): Task[] {
  const tasks: Task[] = [];
  unpackFrames(packed, (linkId, frame) => tasks.push({ linkId, frame }));
  return tasks;
}

const hex = (tasks: readonly Task[]): string[] =>
  tasks.map(({ linkId, frame }) => `${linkId} ${frame.toHex()}`);

Deno.test("packFrames() of nothing is empty, and so is what comes out", () => {
  assert.equal(packFrames([]).length, 0);
  assert.deepEqual(unpacked(new Uint8Array(0)), []);
});

Deno.test("unpackFrames() gives the link numbers and frames that were packed, in order", () => {
  const task = fc.record({
    linkId: fc.integer({ min: 1, max: 0xffffffff }),
    frame: fc.tuple(fc.nat(0xffff), fc.nat(0xffff), fc.uint8Array({ maxLength: 300 }))
      .map(([id, seq, body]) => buildFrame(id, seq, body)),
  });
  fc.assert(fc.property(fc.array(task), (tasks) => {
    assert.deepEqual(hex(unpacked(packFrames(tasks))), hex(tasks));
  }));
});

Deno.test("unpackFrames() hands out views, as a copy would cost as much as the packing saves", () => {
  const packed = packFrames([{ linkId: 1, frame: buildFrame(1, 2, Uint8Array.of(3)) }]);
  assert.equal(unpacked(packed)[0]!.frame.buffer, packed.buffer);
});
