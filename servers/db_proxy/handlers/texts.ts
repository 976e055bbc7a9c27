/** Checks of texts that clients wish to have stored. */

const encoder = new TextEncoder();
/**
 * NUL, at which C text would be cut, and what decoding puts in the place of bytes that are no UTF-8:
 * such a text is refused, as it would be stored altered.
 */
const UNSTORABLE = /[\0\ufffd]/;

/** Whether a text can be stored as it was sent. */
export function isIntactText(text: string): boolean {
  return !UNSTORABLE.test(text);
}

/** Whether a text can be stored as it was sent and has at most so many bytes of UTF-8. */
export function fitsColumn(text: string, maxBytes: number): boolean {
  // No text is shorter in bytes than in UTF-16 units, so a very long one is not encoded.
  return text.length <= maxBytes && isIntactText(text) && encoder.encode(text).length <= maxBytes;
}
