/** The user a task belongs to, read from the frame without decoding it. */
import { HEADER_SIZE } from "../../../shared/pdu/mod.ts";

/** Tag of field 1 as a varint: in every request about a user this is the user id. */
const USER_ID_TAG = 0x08;
const MAX_VARINT_BYTES = 5;

/** Field 1 of the body; 0 when it does not come first, which only the decoder may judge. */
export function userIdOf(frame: Uint8Array): number {
  if (frame[HEADER_SIZE] !== USER_ID_TAG) return 0;
  let value = 0;
  let scale = 1;
  for (let i = 0; i < MAX_VARINT_BYTES; i++) {
    const byte = frame[HEADER_SIZE + 1 + i];
    if (byte === undefined) return 0;
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return value;
    scale *= 128;
  }
  return value;
}
