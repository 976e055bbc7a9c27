/** Spells protobuf bytes out by hand, independent of the code under test. */

/** An unsigned number as a varint. */
export function varint(value: number | bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt(value);
  do {
    bytes.push(Number(rest & 0x7fn) | (rest > 0x7fn ? 0x80 : 0));
    rest >>= 7n;
  } while (rest > 0n);
  return Uint8Array.from(bytes);
}

/** A field of wire type 0. */
export function number(field: number, value: number | bigint): Uint8Array {
  return concat(varint(field << 3), varint(value));
}

/** A field of wire type 2. */
export function bytes(field: number, content: Uint8Array | string): Uint8Array {
  const data = typeof content === "string" ? new TextEncoder().encode(content) : content;
  return concat(varint(field << 3 | 2), varint(data.length), data);
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}
