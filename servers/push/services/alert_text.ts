/** Shortening a text until the message around it fits into what a push service takes. */

const ELLIPSIS = "…";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Size of a value as JSON, in bytes. */
export function jsonBytes(value: unknown): number {
  return encoder.encode(JSON.stringify(value)).length;
}

/**
 * The text, or as much of its beginning as takes at most `maxBytes` as a JSON string, quotes
 * included, with an ellipsis after it. What a reader sees as one character is never cut.
 * `null` when not even the ellipsis fits.
 */
export function fitText(text: string, maxBytes: number): string | null {
  // A code unit takes a byte at least: a text that is far too long is not even encoded.
  if (text.length <= maxBytes && jsonBytes(text) <= maxBytes) return text;
  let left = maxBytes - jsonBytes(ELLIPSIS);
  if (left < 0) return null;
  let end = 0;
  const beginning = text.slice(0, maxBytes); // More than fits: its end is never reached.
  for (const { segment } of new Intl.Segmenter(undefined, SEGMENTS).segment(beginning)) {
    left -= jsonBytes(segment) - QUOTES_BYTES;
    if (left < 0) break;
    end += segment.length;
  }
  // A slice keeps the whole text in memory for as long as it lives; a copy does not.
  return decoder.decode(encoder.encode(text.slice(0, end) + ELLIPSIS));
}

const QUOTES_BYTES = 2;
const SEGMENTS: Intl.SegmenterOptions = { granularity: "grapheme" };
