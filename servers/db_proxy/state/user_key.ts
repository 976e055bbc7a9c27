/** The user a task belongs to, read from the frame without decoding it. */
import { HEADER_SIZE } from "../../../shared/pdu/mod.ts";

/** Tags of fields 1 and 2 as varints. */
const FIRST_TAG = 0x08;
const SECOND_TAG = 0x10;
const MAX_VARINT_BYTES = 5;

/**
 * Field 1 of the body: in every request about a user this is the user id. 0 when it does not come
 * first, which only the decoder may judge.
 */
export function userIdOf(frame: Uint8Array): number {
  return fieldAt(frame, HEADER_SIZE, FIRST_TAG)?.value ?? 0;
}

/**
 * Field 2 of the body: the receiver, in requests that name sender and receiver. 0 when the two do
 * not come first.
 */
export function receiverIdOf(frame: Uint8Array): number {
  const sender = fieldAt(frame, HEADER_SIZE, FIRST_TAG);
  return sender === null ? 0 : fieldAt(frame, sender.end, SECOND_TAG)?.value ?? 0;
}

/** The number at `start`, if that field is there. */
function fieldAt(
  frame: Uint8Array,
  start: number,
  tag: number,
): { readonly value: number; readonly end: number } | null {
  if (frame[start] !== tag) return null;
  let value = 0;
  let scale = 1;
  for (let i = 1; i <= MAX_VARINT_BYTES; i++) {
    const byte = frame[start + i];
    if (byte === undefined) return null;
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return { value, end: start + i + 1 };
    scale *= 128;
  }
  return null;
}
