/** What an import would change, row by row, for the first rows of a file. */
import type { Api, User } from "./api.ts";
import { csvCells, csvRecords } from "./csv.ts";

/** Rows that are looked up: each asks the API once. */
export const PREVIEWED_ROWS = 15;

export interface PreviewRow {
  readonly name: string;
  readonly kind: "new" | "changed" | "unchanged" | "refused" | "skipped";
  /** Only fields that get another value; `before` is empty for somebody new. */
  readonly changes: readonly {
    readonly field: string;
    readonly before: string;
    readonly after: string;
  }[];
}

export type OnExisting = "refuse" | "update" | "skip";

/** Columns that say nothing about a change. */
const SILENT: readonly string[] = ["id", "name", ""];

export async function previewImport(
  api: Api,
  text: string,
  onExisting: OnExisting,
): Promise<readonly PreviewRow[]> {
  const [head, ...records] = csvRecords(text);
  const columns = csvCells(head ?? "").map((one) => one.trim());
  const rows = records.slice(0, PREVIEWED_ROWS).map((record) => {
    const cells = csvCells(record);
    return new Map(columns.map((column, i) => [column, cells[i] ?? ""]));
  });
  const preview: PreviewRow[] = [];
  for (const row of rows) {
    const name = row.get("name") ?? "";
    const { items } = await api.call("GET /users", {
      query: { search: [...name].slice(0, 64).join(""), page_size: 200 },
    });
    const user = items.find((one) => one.name === name) ?? null;
    preview.push({ name, ...changesOf(row, { user, onExisting }) });
  }
  return preview;
}

function changesOf(
  row: ReadonlyMap<string, string>,
  { user, onExisting }: { readonly user: User | null; readonly onExisting: OnExisting },
): Omit<PreviewRow, "name"> {
  if (user !== null && onExisting !== "update") {
    return { kind: onExisting === "skip" ? "skipped" : "refused", changes: [] };
  }
  const stored: Readonly<Record<string, unknown>> = { ...user };
  const changes = [...row].filter(([field, after]) =>
    !SILENT.includes(field) && after !== "" &&
    (field === "password" || String(stored[field] ?? "") !== after)
  ).map(([field, after]) => {
    const isSecret = field === "password";
    return {
      field,
      before: isSecret ? "" : String(stored[field] ?? ""),
      after: isSecret ? "••••••" : after,
    };
  });
  if (user === null) return { kind: "new", changes };
  return { kind: changes.length > 0 ? "changed" : "unchanged", changes };
}
