/**
 * Reading and changing single top-level protobuf fields of a body without decoding the rest.
 *
 * msg_server forwards db_proxy's answers, which may be hundreds of kilobytes (all users), and needs
 * only the user id (field 1) and its own attach_data (field 20) out of them. {@link scanFields}
 * walks the field headers only; {@link withoutField} and {@link appendFields} give a body that
 * differs in the named fields. Appending is legal because the last value of a scalar field wins.
 */

import { Buffer } from "node:buffer";
import { assert } from "../assert.ts";
import { allocFrame, HEADER_SIZE } from "./header.ts";

/** A body that is not well-formed protobuf at its top level. The PDU is dropped. */
export class FieldError extends Error {
  override readonly name = "FieldError";
}

export interface FieldSpan {
  readonly number: number;
  /** 0 varint, 1 eight bytes, 2 length-delimited, 5 four bytes. */
  readonly wireType: number;
  /** First byte of the field's tag. */
  readonly start: number;
  /** First byte of the value; of the content for a length-delimited field. */
  readonly valueStart: number;
  /** One past the last byte of the field. */
  readonly end: number;
}

const MAX_FIELD_NUMBER = 0x1fffffff;

interface Cursor {
  offset: number;
}

function readVarint(body: Uint8Array, cursor: Cursor): number {
  let value = 0;
  let scale = 1;
  for (let count = 0; count < 10; count++) {
    if (cursor.offset >= body.length) break;
    const byte = body[cursor.offset++]!;
    if (count < 5) value += (byte & 0x7f) * scale;
    if (byte < 0x80) return value;
    scale *= 128;
  }
  throw new FieldError("Cannot read protobuf body: varint is cut off or too long");
}

/** Calls `visit` for every top-level field, in order. @throws {FieldError} for a malformed body */
export function scanFields(body: Uint8Array, visit: (field: FieldSpan) => void): void {
  const cursor: Cursor = { offset: 0 };
  while (cursor.offset < body.length) {
    const start = cursor.offset;
    const tag = readVarint(body, cursor);
    const fieldNumber = Math.floor(tag / 8);
    // Codecs cut a tag to 32 bits. What they would take for another field must not pass here.
    if (fieldNumber < 1 || fieldNumber > MAX_FIELD_NUMBER) {
      throw new FieldError(`Cannot read protobuf body: field number ${fieldNumber}`);
    }
    const wireType = tag & 7;
    let valueStart = cursor.offset;
    if (wireType === 0) {
      readVarint(body, cursor);
    } else if (wireType === 2) {
      const length = readVarint(body, cursor);
      valueStart = cursor.offset;
      cursor.offset += length;
    } else if (wireType === 1) {
      cursor.offset += 8;
    } else if (wireType === 5) {
      cursor.offset += 4;
    } else {
      throw new FieldError(`Cannot read protobuf body: wire type ${wireType}`);
    }
    if (cursor.offset > body.length) {
      throw new FieldError("Cannot read protobuf body: field is cut off");
    }
    visit({ number: fieldNumber, wireType, start, valueStart, end: cursor.offset });
  }
}

/**
 * Value of a varint field found by {@link scanFields}, as an unsigned 32-bit number.
 * @throws {FieldError} for a field of another wire type
 */
export function uint32Value(body: Uint8Array, field: FieldSpan): number {
  if (field.wireType !== 0) {
    throw new FieldError(`Cannot read protobuf field ${field.number}: wire type ${field.wireType}`);
  }
  return readVarint(body, { offset: field.valueStart }) >>> 0;
}

/**
 * The body without the given fields, which are in the order of the scan. A view when that is one
 * field at the end, a copy otherwise.
 */
export function withoutField(body: Uint8Array, fields: readonly FieldSpan[]): Uint8Array {
  if (fields.length === 0) return body;
  if (fields.length === 1 && fields[0]!.end === body.length) {
    return body.subarray(0, fields[0]!.start);
  }
  const removed = fields.reduce((sum, field) => sum + field.end - field.start, 0);
  const result = new Uint8Array(body.length - removed);
  let from = 0;
  let to = 0;
  for (const field of fields) {
    result.set(body.subarray(from, field.start), to);
    to += field.start - from;
    from = field.end;
  }
  result.set(body.subarray(from), to);
  return result;
}

/** A field to append: an unsigned 32-bit number, or bytes of less than 2^32 length. */
export type NewField = readonly [number: number, value: number | Uint8Array];

/** The body followed by the given fields, which override earlier ones of the same number. */
export function appendFields(body: Uint8Array, fields: readonly NewField[]): Uint8Array {
  const addedBytes = fields.reduce((sum, field) => sum + sizeOf(field), 0);
  const result = Buffer.allocUnsafe(body.length + addedBytes);
  result.set(body);
  let offset = body.length;
  for (const [number, value] of fields) {
    if (typeof value === "number") {
      offset = writeVarint(result, offset, number * 8);
      offset = writeVarint(result, offset, value);
    } else {
      offset = writeVarint(result, offset, number * 8 + 2);
      offset = writeVarint(result, offset, value.length);
      result.set(value, offset);
      offset += value.length;
    }
  }
  return result;
}

/** A frame, and the part of it that still has to be filled in. */
export interface FrameWithRoom {
  readonly frame: Uint8Array;
  readonly room: Uint8Array;
}

/**
 * A frame of the body and, behind it, a field of type bytes with room for `length` of them: what
 * comes from a disk can be read to where it is sent from.
 */
export function frameWithRoom(
  header: { readonly commandId: number; readonly seqNum: number },
  body: Uint8Array,
  { number, length }: { readonly number: number; readonly length: number },
): FrameWithRoom {
  const tagBytes = varintSize(number * 8 + 2) + varintSize(length);
  const bodyLength = body.length + tagBytes + length;
  const frame = allocFrame(header.commandId, header.seqNum, bodyLength);
  frame.set(body, HEADER_SIZE);
  let offset = HEADER_SIZE + body.length;
  offset = writeVarint(frame, offset, number * 8 + 2);
  offset = writeVarint(frame, offset, length);
  return { frame, room: frame.subarray(offset) };
}

function sizeOf([number, value]: NewField): number {
  if (typeof value !== "number") {
    return varintSize(number * 8) + varintSize(value.length) + value.length;
  }
  assert(value === value >>> 0, `field ${number}: ${value} is no unsigned 32-bit number`);
  return varintSize(number * 8) + varintSize(value);
}

function varintSize(value: number): number {
  let size = 1;
  for (let rest = value; rest > 0x7f; rest = Math.floor(rest / 128)) size++;
  return size;
}

function writeVarint(target: Uint8Array, start: number, value: number): number {
  let offset = start;
  let rest = value;
  while (rest > 0x7f) {
    target[offset++] = (rest % 128) | 0x80;
    rest = Math.floor(rest / 128);
  }
  target[offset++] = rest;
  return offset;
}
