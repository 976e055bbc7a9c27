/**
 * Turns any field value into plain, bounded JSON data. A log call must neither throw nor flood the
 * log, whatever it is given: depth, items, characters and causes each have a limit, and what is
 * beyond is cut with a visible mark.
 */

/** Longest text kept of one value, in UTF-16 units. */
export const MAX_VALUE_CHARS = 1000;
/** Most elements or properties kept of one array or object. */
export const MAX_ITEMS = 16;
/** Nesting kept below a field's value. */
export const MAX_DEPTH = 2;
/** Most errors kept of one chain of causes. */
export const MAX_CAUSES = 5;

export type Plain = string | number | boolean | null | readonly Plain[] | {
  readonly [key: string]: Plain;
};

export interface PlainError {
  readonly [key: string]: Plain;
  readonly name: string;
  readonly message: string;
}

export function plain(value: unknown): Plain {
  try {
    return convert(value, 0);
  } catch {
    // A getter or toJSON of the value threw; the rest of the line is still worth having.
    return "[unreadable]";
  }
}

/** Cuts a long text between characters and says how much is missing. */
export function cut(text: string): string {
  if (text.length <= MAX_VALUE_CHARS) return text;
  const lastUnit = text.charCodeAt(MAX_VALUE_CHARS - 1);
  const splitsPair = lastUnit >= 0xd800 && lastUnit <= 0xdbff;
  const end = splitsPair ? MAX_VALUE_CHARS - 1 : MAX_VALUE_CHARS;
  return `${text.slice(0, end)}…(+${text.length - end})`;
}

function convert(value: unknown, depth: number): Plain {
  switch (typeof value) {
    case "string":
      return cut(value);
    case "boolean":
      return value;
    case "number":
      return Number.isFinite(value) ? value : String(value);
    case "object":
      return value === null ? null : convertObject(value, depth);
    case "function":
      return "[function]";
    default: // bigint, symbol, undefined inside an array
      return cut(String(value));
  }
}

function convertObject(value: object, depth: number): Plain {
  if (value instanceof Error) return plainError(value);
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (depth >= MAX_DEPTH) return Array.isArray(value) ? "[array]" : "[object]";
  if (Array.isArray(value)) {
    const items = value.slice(0, MAX_ITEMS).map((item) => convert(item, depth + 1));
    return value.length > MAX_ITEMS ? [...items, `…(+${value.length - MAX_ITEMS})`] : items;
  }
  if ("toJSON" in value && typeof value.toJSON === "function") {
    return convert(value.toJSON(), depth + 1);
  }
  // Without a prototype, so that a key `__proto__` is a key like any other.
  const result: Record<string, Plain> = Object.create(null);
  const keys = Object.keys(value);
  for (const key of keys.slice(0, MAX_ITEMS)) {
    result[cut(key)] = convert((value as Record<string, unknown>)[key], depth + 1);
  }
  if (keys.length > MAX_ITEMS) result["…"] = `(+${keys.length - MAX_ITEMS})`;
  return result;
}

/**
 * Name, message, system code and causes; no stack, which says little about a remote failure and
 * much about our file layout. Who needs it passes `stack: error.stack` as a field.
 */
function plainError(error: Error, seen = 1): PlainError {
  const result: Record<string, Plain> & { name: string; message: string } = {
    name: cut(String(error.name)),
    message: cut(String(error.message)),
  };
  if ("code" in error && typeof error.code === "string") result.code = cut(error.code);
  // A refused connection to a name with several addresses has its reasons only in here.
  const causes = error instanceof AggregateError ? error.errors : [error.cause];
  const [cause] = causes.filter((candidate) => candidate !== undefined && candidate !== null);
  if (cause === undefined) return result;
  if (seen >= MAX_CAUSES) result.cause = "…";
  else result.cause = cause instanceof Error ? plainError(cause, seen + 1) : convert(cause, 1);
  return result;
}
