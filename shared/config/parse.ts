import { ConfigError } from "./error.ts";

/**
 * Longest line in bytes, without its line end. The original cut a longer line there and read the
 * rest as a line of its own; here it is an error (docs/spec/roles.md 2.1).
 */
export const MAX_LINE_BYTES = 255;

/** One `key=value` line that counts. `line` starts at 1. */
export interface Entry {
  readonly key: string;
  readonly value: string;
  readonly line: number;
}

export interface ParsedFile {
  /** The first occurrence of each key, in file order. */
  readonly entries: ReadonlyMap<string, Entry>;
  /** Later occurrences, which do not count. */
  readonly repeated: readonly Entry[];
}

/**
 * Splits the text of a configuration file by the original's rules: `#` starts a comment anywhere,
 * the first `=` separates, spaces and tabs around key and value are dropped, and a line without
 * `=`, key or value is ignored. Unlike the original it also drops carriage returns and a
 * byte-order mark, so a file saved on Windows works.
 */
export function parseConfig(text: string, file: string): ParsedFile {
  const entries = new Map<string, Entry>();
  const repeated: Entry[] = [];
  const problems: string[] = [];
  const encoder = new TextEncoder();
  const lines = text.replace(/^\uFEFF/, "").split("\n");
  for (const [index, rawLine] of lines.entries()) {
    const line = index + 1;
    const content = rawLine.replaceAll("\r", "");
    const bytes = encoder.encode(content).length;
    if (bytes > MAX_LINE_BYTES) {
      problems.push(
        `${file}:${line}: the line has ${bytes} bytes; at most ${MAX_LINE_BYTES} are allowed`,
      );
      continue;
    }
    const entry = parseLine(content, line);
    if (entry === null) continue;
    if (entries.has(entry.key)) repeated.push(entry);
    else entries.set(entry.key, entry);
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return { entries, repeated };
}

function parseLine(content: string, line: number): Entry | null {
  const [active = ""] = content.split("#", 1);
  const separator = active.indexOf("=");
  if (separator < 0) return null;
  const key = trimBlanks(active.slice(0, separator));
  const value = trimBlanks(active.slice(separator + 1));
  return key === "" || value === "" ? null : { key, value, line };
}

/** Spaces and tabs only, as the original does: `trim()` would also eat a no-break space. */
function trimBlanks(text: string): string {
  return text.replace(/^[ \t]+|[ \t]+$/g, "");
}
