/**
 * Makes text of other people harmless to print. Control characters could move the cursor, change
 * colours or answer for the user; direction marks could make a line read as something else.
 */

// deno-lint-ignore no-control-regex
const CONTROLS = /[\u0000-\u001f\u007f-\u009f]/g;
const INVISIBLE = /[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/** Control characters as visible signs (ESC as ␛), on one line. */
export function escapeLine(text: string): string {
  return text.toWellFormed().replace(CONTROLS, visible).replace(
    INVISIBLE,
    (one) => `<U+${one.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}>`,
  );
}

/** Like {@link escapeLine}, but keeps line breaks; a tab becomes a space. */
export function escapeText(text: string): string {
  return text.replaceAll("\r\n", "\n").replaceAll("\t", " ").split("\n").map(escapeLine).join("\n");
}

/** The sign of a control character in the block of control pictures, C1 as an escape. */
function visible(one: string): string {
  const code = one.charCodeAt(0);
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  return code === 0x7f ? "\u2421" : `<${code.toString(16).toUpperCase()}>`;
}
