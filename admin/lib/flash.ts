/** A message for the next page: a key of the texts, so that it comes in the reader's language. */
import { isTextKey, type TextKey } from "./i18n/mod.ts";

export interface Flash {
  readonly kind: "done" | "failed";
  readonly key: TextKey;
  readonly values: Readonly<Record<string, string | number>>;
  readonly undo: Undo | null;
}

/** A form that takes back what was done. */
export interface Undo {
  /** Path of the page that it is sent to. */
  readonly action: string;
  readonly fields: readonly (readonly [name: string, value: string])[];
}

/** Browsers drop a cookie of more than 4096 bytes, its name and attributes included. */
const MAX_COOKIE_CHARS = 3600;

/** For a cookie. Where the way back would be too long for one, it is left out. */
export function flashText(flash: Flash): string {
  const text = JSON.stringify(flash);
  return encodeURIComponent(text).length <= MAX_COOKIE_CHARS
    ? text
    : JSON.stringify({ ...flash, undo: null });
}

/** `null` for what is no flash, as a browser can send anything. */
export function parseFlash(text: string | undefined): Flash | null {
  if (text === undefined) return null;
  try {
    const { kind, key, values, undo } = JSON.parse(text);
    if (kind !== "done" && kind !== "failed") return null;
    if (typeof key !== "string" || !isTextKey(key)) return null;
    if (typeof values !== "object" || values === null) return null;
    return { kind, key, values, undo: isUndo(undo) ? undo : null };
  } catch {
    return null; // Not JSON.
  }
}

function isUndo(value: unknown): value is Undo {
  if (typeof value !== "object" || value === null) return false;
  const { action, fields } = value as Partial<Record<keyof Undo, unknown>>;
  return typeof action === "string" && /^\/(?![/\\])[\w/.-]*$/.test(action) &&
    Array.isArray(fields) &&
    fields.every((pair) =>
      Array.isArray(pair) && pair.length === 2 && pair.every((one) => typeof one === "string")
    );
}
