import type { LogRecord } from "./logger.ts";
import { cut, type Plain, plain, type PlainError } from "./plain.ts";

/** `2026-01-02T03:04:05.678Z info  msg listening port=8000` */
export function textLine({ timeMs, level, message, fields }: LogRecord): string {
  let line = `${new Date(timeMs).toISOString()} ${level.padEnd(5)} ${escapeText(cut(message))}`;
  for (const key of Object.keys(fields)) {
    const value = fields[key];
    if (value === undefined) continue;
    line += ` ${bareOrQuoted(key)}=${textValue(value)}`;
  }
  return line;
}

/** `{"time":"2026-01-02T03:04:05.678Z","level":"info","message":"msg listening","port":8000}` */
export function jsonLine({ timeMs, level, message, fields }: LogRecord): string {
  const head = { time: new Date(timeMs).toISOString(), level, message: cut(message) };
  let line = JSON.stringify(head).slice(0, -1);
  for (const key of Object.keys(fields)) {
    const value = fields[key];
    if (value === undefined) continue;
    // A field must not hide the line's own time, level or message.
    const name = Object.hasOwn(head, key) ? `field.${key}` : key;
    line += `,${JSON.stringify(name)}:${JSON.stringify(plain(value))}`;
  }
  return escapeControls(`${line}}`);
}

function textValue(value: unknown): string {
  const data = plain(value);
  if (value instanceof Error && isPlainError(data)) return bareOrQuoted(cut(errorText(data)));
  if (typeof data === "string") return bareOrQuoted(data);
  return escapeControls(cut(JSON.stringify(data)));
}

function isPlainError(data: Plain): data is PlainError {
  return typeof data === "object" && data !== null && "message" in data;
}

/** `PeerError: Cannot connect <- Error: connect refused (ECONNREFUSED)` */
function errorText({ name, message, code, cause }: PlainError): string {
  const what = message === "" ? name : `${name}: ${message}`;
  const own = code === undefined ? what : `${what} (${code})`;
  if (cause === undefined) return own;
  const rest = isPlainError(cause)
    ? errorText(cause)
    : typeof cause === "string"
    ? cause
    : JSON.stringify(cause);
  return `${own} <- ${rest}`;
}

/** A value is quoted when a reader (or `cut -d' '`) could not tell where it ends. */
function bareOrQuoted(text: string): string {
  return /^[\w.:/@+~*,;-]+$/.test(text) ? text : escapeControls(JSON.stringify(text));
}

/** For text outside quotes: a JSON string's escapes without its quotes. */
function escapeText(text: string): string {
  // deno-lint-ignore no-control-regex -- control characters are what is looked for
  return escapeControls(text.replace(/[\x00-\x1f]/g, unicodeEscape));
}

/**
 * JSON escapes U+0000 to U+001F. These are left, and a terminal or a log viewer obeys them: DEL and
 * C1 controls, line and paragraph separators, and marks that reorder or hide text.
 */
function escapeControls(text: string): string {
  return text.replace(/[\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g, unicodeEscape);
}

function unicodeEscape(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
