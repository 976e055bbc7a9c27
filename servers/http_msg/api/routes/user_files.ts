/** Many users at once, as CSV files. */
import { z } from "zod";
import { EXPORT_PAGE } from "../../../../shared/management/fields.ts";
import { API_HEADERS, ApiError } from "../../http/errors.ts";
import type { ApiServices } from "../call.ts";
import { count, flagText, offsetOf, pageQuery } from "../fields.ts";
import { csvLine } from "../csv.ts";
import { type Route, route } from "../route.ts";
import { CSV_COLUMNS, MAX_IMPORT_ROWS, planImport } from "../user_import.ts";
import { userView } from "../user_view.ts";
import { userFilter, writeUsers } from "./users.ts";

const TAG = "Users";

const changedValue = z.union([z.string(), z.number()]).nullable();

const importResult = z.strictObject({
  dry_run: z.boolean(),
  added: count,
  updated: count,
  unchanged: count,
  rows: z.array(z.strictObject({
    line: count,
    name: z.string(),
    kind: z.enum(["new", "changed", "unchanged", "skipped"]),
    changes: z.array(z.strictObject({
      field: z.string(),
      before: changedValue,
      after: changedValue,
    })),
  })).describe("Of a dry run: what the rows of this page would do; a password is shown as null"),
  total_rows: count,
  page: z.int().min(1),
  page_size: z.int().min(1),
});

export const userFileRoutes: readonly Route[] = [
  route({
    method: "GET",
    path: "/api/v1/users/export",
    tag: TAG,
    summary: "Users as a CSV file",
    description: "All that fit the filter, without passwords.",
    access: "read_only",
    query: z.strictObject(userFilter),
    answer: z.string(),
    answerType: "csv",
    audit: { action: "user.export" },
    run: ({ services }, { query }) =>
      Promise.resolve(
        new Response(csvOf(services, query), {
          headers: {
            ...API_HEADERS,
            "Content-Type": "text/csv; charset=utf-8",
            "Content-Disposition": 'attachment; filename="users.csv"',
          },
        }),
      ),
  }),
  route({
    method: "POST",
    path: "/api/v1/users/import",
    tag: TAG,
    summary: "Add and change users from a CSV file",
    description: "The first line names the columns: `name` and any of `nick`, `sex`, `domain`, " +
      "`phone`, `email`, `avatar`, `department_id`, `status`, `password`; a column `id`, as an " +
      "export has it, is ignored. Users go by their name; new ones need `department_id` and " +
      "`password`. An empty value leaves a field as it is, or at its default. With one error " +
      `nothing is imported; the answer then lists \`rows\` with line, field, code, limit and ` +
      `message. At most ${MAX_IMPORT_ROWS} rows.`,
    access: "manager",
    query: z.strictObject({
      dry_run: flagText.default(false).describe("Only say what would happen"),
      on_existing: z.enum(["refuse", "update", "skip"]).default("refuse")
        .describe("What to do with a row whose name exists"),
      ...pageQuery,
    }),
    body: z.string(),
    bodyType: "csv",
    answer: importResult,
    errors: ["invalid_csv", "import_refused", "name_taken", "unknown_department"],
    audit: {
      action: "user.import",
      when: ({ query }) => !query.dry_run,
      made: ({ added, updated }) => `${added} added, ${updated} changed`,
    },
    run: async (call, { query, body }) => {
      const plan = await planImport(call.services, body, { onExisting: query.on_existing });
      if (plan.errorCount > 0) {
        const [first] = plan.errors;
        throw new ApiError("import_refused", {
          field: first!.field,
          message: `${plan.errorCount} rows have errors, the first in line ${first!.line}`,
          more: { rows: plan.errors, row_errors: plan.errorCount },
        });
      }
      const { add, update } = plan.writes;
      if (!query.dry_run && add.length + update.length > 0) {
        await writeUsers(call, plan.writes);
        for (const id of plan.leaving) call.services.presence.banish(id);
      }
      const from = offsetOf(query);
      return {
        dry_run: query.dry_run,
        added: add.length,
        updated: update.length,
        unchanged: plan.unchanged,
        rows: query.dry_run ? plan.rows.slice(from, from + query.page_size) : [],
        total_rows: plan.rows.length,
        page: query.page,
        page_size: query.page_size,
      };
    },
  }),
];

interface Filter {
  readonly search: string;
  readonly status?: number[] | undefined;
  readonly department_id?: number | undefined;
}

/** Read page by page while it is sent, so that no file is held in memory. */
function csvOf(services: ApiServices, filter: Filter): ReadableStream<Uint8Array> {
  const lines = csvLines(services, filter);
  const encoder = new TextEncoder();
  return new ReadableStream({
    async pull(controller) {
      const next = await lines.next();
      if (next.done) controller.close();
      else controller.enqueue(encoder.encode(next.value));
    },
  });
}

async function* csvLines(
  { manage }: ApiServices,
  { search, status, department_id }: Filter,
): AsyncGenerator<string> {
  yield csvLine(CSV_COLUMNS);
  for (let afterId = 0;;) {
    const { rows } = await manage.run("users.list", {
      search,
      statuses: status ?? null,
      departId: department_id ?? null,
      afterId,
      sort: "id",
      order: "asc",
      offset: 0,
      limit: EXPORT_PAGE,
    });
    yield rows.map((row) => {
      const view = userView(row);
      return csvLine(CSV_COLUMNS.map((column) => view[column]));
    }).join("");
    if (rows.length < EXPORT_PAGE) return;
    afterId = rows.at(-1)!.id;
  }
}
