/**
 * Many frames in one byte array, to cross between threads at a fraction of the cost of one message
 * each: for every frame its link number (32 bits, big-endian), then the frame, whose header tells
 * its length.
 */
import { frameLength } from "../../../shared/pdu/mod.ts";
import type { Task } from "./task_executor.ts";

const LINK_ID_BYTES = 4;

export function packFrames(tasks: readonly Task[]): Uint8Array<ArrayBuffer> {
  let size = 0;
  for (const task of tasks) size += LINK_ID_BYTES + task.frame.length;
  const packed = new Uint8Array(size);
  let offset = 0;
  for (const { linkId, frame } of tasks) {
    packed[offset] = linkId >>> 24;
    packed[offset + 1] = linkId >>> 16;
    packed[offset + 2] = linkId >>> 8;
    packed[offset + 3] = linkId;
    packed.set(frame, offset + LINK_ID_BYTES);
    offset += LINK_ID_BYTES + frame.length;
  }
  return packed;
}

/** Calls `visit` for each frame, in order. Frames are views of `packed`. */
export function unpackFrames(
  packed: Uint8Array,
  visit: (linkId: number, frame: Uint8Array) => void,
): void {
  let offset = 0;
  while (offset < packed.length) {
    const linkId = frameLength(packed, offset);
    const start = offset + LINK_ID_BYTES;
    const end = start + frameLength(packed, start);
    visit(linkId, packed.subarray(start, end));
    offset = end;
  }
}
