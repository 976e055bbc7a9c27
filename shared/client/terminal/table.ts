import { displayWidth } from "./format.ts";
import type { Style } from "./style.ts";

/** Rows of a list; what is more is counted. */
export const MAX_ROWS = 200;

/** The colours of `style.ts`, which take no column. */
// deno-lint-ignore no-control-regex
const COLORS = /\x1b\[\d+m/g;

/** Rows as lines of aligned columns. Cells may be coloured. */
export function formatRows(rows: readonly (readonly string[])[], style: Style): string {
  const shown = rows.slice(0, MAX_ROWS);
  const widths: number[] = [];
  for (const row of shown) {
    row.forEach((cell, index) => widths[index] = Math.max(widths[index] ?? 0, cellWidth(cell)));
  }
  const lines = shown.map((row) => {
    const cells = row.map((cell, index) => cell + " ".repeat(widths[index]! - cellWidth(cell)));
    return `   ${cells.join("  ")}`.trimEnd();
  });
  const more = rows.length - shown.length;
  return more === 0 ? lines.join("\n") : [...lines, style.dim(`-- and ${more} more`)].join("\n");
}

function cellWidth(cell: string): number {
  return displayWidth(cell.replace(COLORS, ""));
}
