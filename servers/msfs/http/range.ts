/** The Range header of a GET (RFC 9110, 14). */

export interface ByteRange {
  readonly start: number;
  readonly length: number;
}

/**
 * The part of a file of `size` bytes that is asked for; null when all of it is to be sent, and
 * "unsatisfiable" when it has nothing of it. Several ranges at once, and what is no range of bytes,
 * may be answered with all of it, and are.
 */
export function rangeOf(header: string | null, size: number): ByteRange | null | "unsatisfiable" {
  const match = /^bytes\s*=\s*(\d{0,15})\s*-\s*(\d{0,15})$/i.exec(header?.trim() ?? "");
  if (match === null) return null;
  const [, first = "", last = ""] = match;
  if (first === "" && last === "") return null;
  if (first === "") {
    const length = Math.min(Number(last), size);
    return length === 0 ? "unsatisfiable" : { start: size - length, length };
  }
  const start = Number(first);
  const end = last === "" ? size - 1 : Math.min(Number(last), size - 1);
  if (last !== "" && Number(last) < start) return null; // Says nothing, so it is to be ignored.
  return start >= size ? "unsatisfiable" : { start, length: end - start + 1 };
}
