/** Checks of texts that clients wish to have stored. */

const encoder = new TextEncoder();

/** Whether a text has at most so many bytes of UTF-8, and no NUL, at which C text would be cut. */
export function fitsColumn(text: string, maxBytes: number): boolean {
  // No text is shorter in bytes than in UTF-16 units, so a very long one is not encoded.
  return text.length <= maxBytes && !text.includes("\0") && encoder.encode(text).length <= maxBytes;
}
