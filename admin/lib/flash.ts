/** A message for the next page: a key of the texts, so that it comes in the reader's language. */
import { isTextKey, type TextKey } from "./i18n/mod.ts";

export interface Flash {
  readonly kind: "done" | "failed";
  readonly key: TextKey;
  readonly values: Readonly<Record<string, string | number>>;
}

export function flashText(flash: Flash): string {
  return JSON.stringify(flash);
}

/** `null` for what is no flash, as a browser can send anything. */
export function parseFlash(text: string | undefined): Flash | null {
  if (text === undefined) return null;
  try {
    const { kind, key, values } = JSON.parse(text);
    if (kind !== "done" && kind !== "failed") return null;
    if (typeof key !== "string" || !isTextKey(key)) return null;
    if (typeof values !== "object" || values === null) return null;
    return { kind, key, values };
  } catch {
    return null; // Not JSON.
  }
}
