/** What a message may hold, checked where it enters and again where it is stored. */
import { isUtf8 } from "node:buffer";
import { type MsgType } from "../proto/mod.ts";
import { isAudioMessage } from "./message_class.ts";

/**
 * Largest text in bytes of msg_data, the width of the original's column (docs/spec/pitfalls.md
 * P-LIM2).
 */
export const MAX_TEXT_BYTES = 4096;
/**
 * Largest sound in bytes of msg_data, the 4-byte duration included (docs/spec/pitfalls.md P-LIM2).
 */
export const MAX_AUDIO_BYTES = 1024 * 1024;
/**
 * A sound starts with its duration (docs/spec/wire.md 9); with no more than that there is no sound.
 */
const AUDIO_HEADER_BYTES = 4;

/**
 * Whether this msg_data can be stored. A message that cannot is never acknowledged. Clients send texts
 * as base64 (docs/spec/wire.md 9); bytes that are no UTF-8 have no place in the original's text
 * column, so no engine takes them (docs/spec/pitfalls.md P-LIM2).
 */
export function isStorableMessage(type: MsgType, data: Uint8Array): boolean {
  if (isAudioMessage(type)) {
    return data.length > AUDIO_HEADER_BYTES && data.length <= MAX_AUDIO_BYTES;
  }
  return data.length > 0 && data.length <= MAX_TEXT_BYTES && isUtf8(data);
}
