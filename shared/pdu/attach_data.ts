/**
 * The `attach_data` layouts (docs/spec/wire.md 8): opaque bytes that one server puts into a request
 * and finds unchanged in the answer. Integers are 32-bit big-endian without padding.
 *
 *     CDbAttachData    type, handle, service_type (always 0)                    12 bytes
 *     CPduAttachData   type, handle, service_type (always 0), n, n bytes        16 + n bytes
 *
 * `handle` is the never-reused number of the requesting connection (docs/spec/pitfalls.md P-HDL).
 */

/** What an answer's attach_data is for, in msg_server. */
export const ATTACH_TYPE_HANDLE = 1;
export const ATTACH_TYPE_HANDLE_AND_PDU = 3;
export const ATTACH_TYPE_PDU_FOR_PUSH = 4;
export const ATTACH_TYPE_HANDLE_AND_PDU_FOR_FILE = 5;

export interface AttachData {
  readonly type: number;
  readonly handle: number;
  /** Body of a message; empty for the 12-byte layout. */
  readonly pdu: Uint8Array;
}

const NO_PDU = new Uint8Array(0);

export function encodeDbAttach(type: number, handle: number): Uint8Array {
  const bytes = new Uint8Array(12);
  writeUint32(bytes, 0, type);
  writeUint32(bytes, 4, handle);
  return bytes;
}

export function encodePduAttach(type: number, handle: number, pdu: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(16 + pdu.length);
  writeUint32(bytes, 0, type);
  writeUint32(bytes, 4, handle);
  writeUint32(bytes, 12, pdu.length);
  bytes.set(pdu, 16);
  return bytes;
}

/**
 * Reads either layout. `null` for anything else, such as a payload that is cut off: the PDU is then
 * dropped, where the original closed the whole server link (docs/spec/pitfalls.md P-FRM5).
 */
export function decodeAttach(bytes: Uint8Array): AttachData | null {
  if (bytes.length === 12) {
    return { type: readUint32(bytes, 0), handle: readUint32(bytes, 4), pdu: NO_PDU };
  }
  if (bytes.length < 16) return null;
  const pduLength = readUint32(bytes, 12);
  if (bytes.length !== 16 + pduLength) return null;
  return { type: readUint32(bytes, 0), handle: readUint32(bytes, 4), pdu: bytes.subarray(16) };
}

function readUint32(bytes: Uint8Array, offset: number): number {
  return (
    ((bytes[offset]! << 24) | (bytes[offset + 1]! << 16) | (bytes[offset + 2]! << 8) |
      bytes[offset + 3]!) >>> 0
  );
}

function writeUint32(bytes: Uint8Array, offset: number, value: number): void {
  bytes[offset] = value >>> 24;
  bytes[offset + 1] = value >>> 16;
  bytes[offset + 2] = value >>> 8;
  bytes[offset + 3] = value;
}
