/**
 * A sequence of bytes to be looked for in others (Boyer, Moore and Horspool). Bytes that cannot
 * belong to it are skipped a length at a time, and no data makes it much slower; `Buffer.indexOf`
 * is ten times slower here and takes most of the time of an upload.
 */
export class BytePattern {
  readonly bytes: Uint8Array;
  /** How far to go on when the last byte looked at is the index. */
  readonly #skip: Uint16Array;

  /** @param bytes at least one, at most 65,535 */
  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.#skip = new Uint16Array(256).fill(bytes.length);
    for (let i = 0; i < bytes.length - 1; i++) this.#skip[bytes[i]!] = bytes.length - 1 - i;
  }

  get length(): number {
    return this.bytes.length;
  }

  /** Where it begins for the first time in `data`, or -1. */
  indexIn(data: Uint8Array): number {
    const last = this.bytes.length - 1;
    for (let end = last; end < data.length; end += this.#skip[data[end]!]!) {
      let at = last;
      while (at >= 0 && data[end - last + at] === this.bytes[at]) at--;
      if (at < 0) return end - last;
    }
    return -1;
  }
}
