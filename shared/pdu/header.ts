/**
 * The 16-byte PDU header, all fields big-endian unsigned (docs/spec/wire.md 1):
 *
 *     0 length   4 version   6 flag   8 service id   10 command id   12 seq_num   14 reserved
 *
 * A *frame* is one whole PDU, header and body, as one `Uint8Array`. Frames are what links carry;
 * the functions here read a frame in place, so that relaying one costs no decoding.
 */
import { Buffer } from "node:buffer";

export const HEADER_SIZE = 16;
/** Written into every frame of ours; never checked on input. */
export const PDU_VERSION = 1;
/** `seq_num` is 16 bits wide and wraps (docs/spec/wire.md 1.1). */
export const MAX_SEQ_NUM = 0xffff;

/** Value of the length field: header and body, in bytes. */
export function frameLength(bytes: Uint8Array, offset: number): number {
  return (
    bytes[offset]! * 0x1000000 +
    ((bytes[offset + 1]! << 16) | (bytes[offset + 2]! << 8) | bytes[offset + 3]!)
  );
}

export function commandIdOf(frame: Uint8Array): number {
  return (frame[10]! << 8) | frame[11]!;
}

export function seqNumOf(frame: Uint8Array): number {
  return (frame[12]! << 8) | frame[13]!;
}

/** The protobuf bytes of a frame, as a view: copy them before keeping them. */
export function bodyOf(frame: Uint8Array): Uint8Array {
  return frame.subarray(HEADER_SIZE);
}

/**
 * Builds one frame. The service id is the high byte of the command id (docs/spec/wire.md 4).
 * `seqNum` is the request's for an answer and 0 for what a server sends on its own.
 */
export function buildFrame(commandId: number, seqNum: number, body: Uint8Array): Uint8Array {
  const frame = allocFrame(commandId, seqNum, body.length);
  frame.set(body, HEADER_SIZE);
  return frame;
}

/** A frame with room for a body of so many bytes, which still has to be filled in. */
export function allocFrame(commandId: number, seqNum: number, bodyLength: number): Uint8Array {
  const length = HEADER_SIZE + bodyLength;
  const frame = Buffer.allocUnsafe(length);
  frame[0] = length >>> 24;
  frame[1] = length >>> 16;
  frame[2] = length >>> 8;
  frame[3] = length;
  frame[4] = 0;
  frame[5] = PDU_VERSION;
  frame[6] = 0;
  frame[7] = 0;
  frame[8] = 0;
  frame[9] = commandId >>> 8;
  frame[10] = commandId >>> 8;
  frame[11] = commandId;
  frame[12] = seqNum >>> 8;
  frame[13] = seqNum;
  frame[14] = 0;
  frame[15] = 0;
  return frame;
}

/** A copy of the frame with another sequence number; all else, also of the header, stays. */
export function withSeqNum(frame: Uint8Array, seqNum: number): Uint8Array {
  const copy = Buffer.allocUnsafe(frame.length);
  copy.set(frame);
  copy[12] = seqNum >>> 8;
  copy[13] = seqNum;
  return copy;
}

const EMPTY_BODY = new Uint8Array(0);

/** A heartbeat, or any other PDU without a body. */
export function buildEmptyFrame(commandId: number, seqNum: number): Uint8Array {
  return buildFrame(commandId, seqNum, EMPTY_BODY);
}

/** One line about a frame for logs: command, sequence number and size, never content. */
export function describeFrame(frame: Uint8Array): string {
  const id = commandIdOf(frame).toString(16).padStart(4, "0");
  return `0x${id} seq ${seqNumOf(frame)} ${frame.length} bytes`;
}
