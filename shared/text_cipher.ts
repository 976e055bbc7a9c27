/**
 * The encoding of text messages (docs/spec/wire.md 9): AES-256 blocks in ECB mode, written as
 * base64. It hides nothing from anyone who has a client, whose key is built in; servers relay it
 * unread and decode it only for push texts.
 *
 *     | UTF-8 text, L bytes | zero bytes | L, 4 bytes big-endian |    a multiple of 16 bytes
 */
import { Buffer } from "node:buffer";
import { createCipheriv, createDecipheriv } from "node:crypto";

/** The key compiled into the original clients, and `aesKey` of the shipped configuration. */
export const DEFAULT_CLIENT_AES_KEY = "12345678901234567890123456789012";

const ALGORITHM = "aes-256-ecb";
const BLOCK_BYTES = 16;
const LENGTH_BYTES = 4;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/** A byte order mark at the front is part of the text. */
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * Text to `msg_data`, with a key of 32 ASCII characters.
 * @throws {RangeError} for an empty text, which the format has no place for
 */
export function encodeText(text: string, key: string): Uint8Array {
  if (text === "") throw new RangeError("Cannot encode text: it is empty");
  const length = Buffer.byteLength(text);
  const blocks = Math.ceil((length + LENGTH_BYTES) / BLOCK_BYTES);
  const plain = Buffer.alloc(blocks * BLOCK_BYTES);
  plain.write(text);
  plain.writeUInt32BE(length, plain.length - LENGTH_BYTES);
  const cipher = createCipheriv(ALGORITHM, Buffer.from(key), null);
  cipher.setAutoPadding(false);
  return asciiBytes(Buffer.concat([cipher.update(plain), cipher.final()]).toString("base64"));
}

/** `msg_data` to text. `null` when it is not text in this encoding or was made with another key. */
export function decodeText(data: Uint8Array, key: string): string | null {
  const base64 = Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString("latin1");
  if (base64.length % 4 !== 0 || !BASE64.test(base64)) return null;
  const encrypted = Buffer.from(base64, "base64");
  if (encrypted.length % BLOCK_BYTES !== 0) return null;
  const cipher = createDecipheriv(ALGORITHM, Buffer.from(key), null);
  cipher.setAutoPadding(false);
  const plain = Buffer.concat([cipher.update(encrypted), cipher.final()]);
  const length = plain.readUInt32BE(plain.length - LENGTH_BYTES);
  return length > plain.length ? null : decoder.decode(plain.subarray(0, length));
}

function asciiBytes(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, "latin1"));
}
