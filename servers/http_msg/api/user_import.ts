/**
 * A CSV file of users against what is stored: which rows add somebody, which change somebody, and
 * what is wrong with the others. Nothing is written here. A row belongs to the user of its `name`.
 */
import { z } from "zod";
import type { UserFields, UserWrites } from "../../../shared/storage/management.ts";
import { MAX_NAME_CHARS } from "../../../shared/management/fields.ts";
import { MAX_USER_WRITES } from "../../../shared/storage/management_limits.ts";
import { USER_STATUS_LEFT, type UserRow } from "../../../shared/storage/types.ts";
import { ApiError } from "../http/errors.ts";
import type { ApiServices } from "./call.ts";
import { type CsvRow, parseCsv } from "./csv.ts";
import { type FileProblemCode, ownProblem, problemOf, type RowError } from "./import_errors.ts";
import { userPassword, userPasswordFields } from "./passwords.ts";
import { newRow, newUserFields, rowChanges, userFields } from "./user_view.ts";

/** Most rows of one file. */
export const MAX_IMPORT_ROWS = MAX_USER_WRITES;
/** Most errors that are listed. */
const MAX_LISTED_ERRORS = 100;

/** Columns in the order in which an export has them; `password` is for imports only. */
export const CSV_COLUMNS = [
  "id",
  "name",
  "nick",
  "sex",
  "domain",
  "phone",
  "email",
  "avatar",
  "department_id",
  "status",
] as const;
const IMPORT_COLUMNS: readonly string[] = [...CSV_COLUMNS, "password"];
/** An export has the id; an import goes by the name and ignores it. */
const IGNORED_COLUMN = "id";
const NUMBER_COLUMNS: readonly string[] = ["sex", "department_id", "status"];

/** What a row that is fine does. */
export interface PlannedRow {
  readonly line: number;
  readonly name: string;
  readonly kind: "new" | "changed" | "unchanged" | "skipped";
  /** Fields that get another value; `before` is `null` for somebody new, both for a password. */
  readonly changes: FieldChange[];
}

export interface FieldChange {
  readonly field: string;
  readonly before: string | number | null;
  readonly after: string | number | null;
}

export interface ImportPlan {
  readonly writes: Omit<UserWrites, "now">;
  /** What each row does, in the order of the file. */
  readonly rows: readonly PlannedRow[];
  /** Rows that say what is stored already. */
  readonly unchanged: number;
  readonly errors: readonly RowError[];
  readonly errorCount: number;
  /** Those who are to be logged out: their status becomes 3. */
  readonly leaving: readonly number[];
}

/** A password is never shown, not even that it is the same. */
const PASSWORD_CHANGE: FieldChange = { field: "password", before: null, after: null };

const newUser = z.strictObject({ ...newUserFields.shape, password: userPassword });
const changedUser = z.strictObject({ ...userFields.shape, password: userPassword }).partial();

export interface ImportOptions {
  /** What a row does whose name exists. */
  readonly onExisting: "refuse" | "update" | "skip";
}

/** @throws {ApiError} for what is no such file */
export async function planImport(
  services: ApiServices,
  text: string,
  options: ImportOptions,
): Promise<ImportPlan> {
  const { columns, rows } = readFile(text);
  const records = rows.map(({ line, values }) => ({ line, fields: fieldsOf(columns, values) }));
  // Nobody has a name that is longer than the column; the row is refused when it is looked at.
  const names = records.flatMap(({ fields: { name } }) =>
    typeof name === "string" && name.length <= MAX_NAME_CHARS ? name : []
  );
  const [stored, departments] = await Promise.all([
    services.manage.run("users.by_names", { names }),
    services.manage.run("departments.list", null),
  ]);
  const planner = new Planner(services, {
    stored: new Map(stored.map((row) => [row.name, row])),
    departments: new Set(departments.map(({ id }) => id)),
    options,
  });
  for (const { line, fields } of records) planner.take(line, fields);
  return planner.plan();
}

interface Known {
  readonly stored: ReadonlyMap<string, UserRow>;
  readonly departments: ReadonlySet<number>;
  readonly options: ImportOptions;
}

class Planner {
  readonly #services: ApiServices;
  readonly #known: Known;
  readonly #seen = new Set<unknown>();
  readonly #rows: PlannedRow[] = [];
  readonly #add: UserWrites["add"][number][] = [];
  readonly #update: UserWrites["update"][number][] = [];
  readonly #leaving: number[] = [];
  readonly #errors: RowError[] = [];
  #errorCount = 0;
  #unchanged = 0;

  constructor(services: ApiServices, known: Known) {
    this.#services = services;
    this.#known = known;
  }

  take(line: number, fields: Readonly<Record<string, unknown>>): void {
    const { stored, options } = this.#known;
    if (fields.name !== undefined && this.#seen.has(fields.name)) {
      return this.#reject({ line, field: "name", ...ownProblem("twice") });
    }
    this.#seen.add(fields.name);
    const existing = typeof fields.name === "string" ? stored.get(fields.name) : undefined;
    if (existing === undefined) return this.#takeNew(line, fields);
    if (options.onExisting === "update") return this.#takeExisting(line, fields, existing);
    if (options.onExisting === "refuse") {
      return this.#reject({ line, field: "name", ...ownProblem("exists") });
    }
    this.#unchanged++;
    this.#rows.push({ line, name: existing.name, kind: "skipped", changes: [] });
  }

  plan(): ImportPlan {
    return {
      writes: { add: this.#add, update: this.#update },
      rows: this.#rows,
      unchanged: this.#unchanged,
      errors: this.#errors,
      errorCount: this.#errorCount,
      leaving: this.#leaving,
    };
  }

  #takeNew(line: number, given: Readonly<Record<string, unknown>>): void {
    const checked = this.#checked(newUser, line, given);
    if (checked === null) return;
    const { password, ...fields } = checked;
    this.#add.push({ ...newRow(fields), ...userPasswordFields(password, this.#services.random) });
    const changes = Object.entries(fields).flatMap(([field, after]): FieldChange[] => {
      const says = field !== "name" && after !== undefined && after !== "";
      return says ? [{ field, before: null, after }] : [];
    });
    this.#rows.push({
      line,
      name: fields.name,
      kind: "new",
      changes: [...changes, PASSWORD_CHANGE],
    });
  }

  #takeExisting(line: number, given: Readonly<Record<string, unknown>>, existing: UserRow): void {
    const checked = this.#checked(changedUser, line, given);
    if (checked === null) return;
    const { password, ...fields } = checked;
    const wanted = rowChanges(fields);
    const changed = Object.entries(wanted).filter(
      ([column, value]) => existing[column as keyof UserFields] !== value,
    );
    if (changed.length === 0 && password === undefined) {
      this.#unchanged++;
      this.#rows.push({ line, name: existing.name, kind: "unchanged", changes: [] });
      return;
    }
    this.#rows.push({
      line,
      name: existing.name,
      kind: "changed",
      changes: [
        ...changed.map(([column, after]) => ({
          field: fieldOfColumn(column),
          before: existing[column as keyof UserFields],
          after,
        })),
        ...(password === undefined ? [] : [PASSWORD_CHANGE]),
      ],
    });
    const changes = {
      ...Object.fromEntries(changed) as Partial<UserFields>,
      ...(password !== undefined && userPasswordFields(password, this.#services.random)),
    };
    this.#update.push({ id: existing.id, changes });
    if (changes.status === USER_STATUS_LEFT) this.#leaving.push(existing.id);
  }

  #checked<Fields extends { readonly department_id?: number | undefined }>(
    schema: z.ZodType<Fields>,
    line: number,
    given: Readonly<Record<string, unknown>>,
  ): Fields | null {
    const result = schema.safeParse(given);
    if (!result.success) {
      const [issue] = result.error.issues;
      const field = issue!.path.join(".");
      this.#reject({ line, field, ...problemOf(issue!, given[field]) });
      return null;
    }
    const { department_id } = result.data;
    if (department_id !== undefined && !this.#known.departments.has(department_id)) {
      this.#reject({ line, field: "department_id", ...ownProblem("unknown_department") });
      return null;
    }
    return result.data;
  }

  #reject(error: RowError): void {
    this.#errorCount++;
    if (this.#errors.length < MAX_LISTED_ERRORS) this.#errors.push(error);
  }
}

/** @throws {ApiError} */
function readFile(text: string): { columns: readonly string[]; rows: readonly CsvRow[] } {
  const all = parseCsv(text);
  if (all === null) throw fileProblem("quote", { message: "A quote is out of place" });
  const [head, ...rows] = all;
  const columns = (head?.values ?? []).map((column) => column.trim());
  const problem = columnProblem(columns);
  if (problem !== null) throw problem;
  if (rows.length > MAX_IMPORT_ROWS) {
    throw new ApiError("body_too_large", {
      message: `There are more than ${MAX_IMPORT_ROWS} rows`,
      more: problemMore("too_many_rows", { limit: MAX_IMPORT_ROWS }),
    });
  }
  const odd = rows.find(({ values }) => values.length !== columns.length);
  if (odd !== undefined) {
    throw fileProblem("odd_row", {
      message: `Line ${odd.line} has ${odd.values.length} values, the first line ${columns.length}`,
      values: { line: odd.line, values: odd.values.length, columns: columns.length },
    });
  }
  return { columns, rows };
}

function columnProblem(columns: readonly string[]): ApiError | null {
  const unknown = columns.find((column) => !IMPORT_COLUMNS.includes(column));
  if (unknown !== undefined) {
    const message = `Columns may be: ${IMPORT_COLUMNS.join(", ")}`;
    return fileProblem("unknown_column", { field: unknown, message, values: { column: unknown } });
  }
  const twice = columns.find((column, i) => columns.indexOf(column) !== i);
  if (twice !== undefined) {
    const message = "The column is there twice";
    return fileProblem("column_twice", { field: twice, message, values: { column: twice } });
  }
  if (columns.includes("name")) return null;
  return fileProblem("name_missing", { field: "name", message: "The column is missing" });
}

type ProblemValues = Readonly<Record<string, string | number>>;

function fileProblem(
  code: FileProblemCode,
  { values = {}, ...details }: {
    readonly field?: string;
    readonly message: string;
    readonly values?: ProblemValues;
  },
): ApiError {
  return new ApiError("invalid_csv", { ...details, more: problemMore(code, values) });
}

/** Beside `error` in the answer: what is wrong with the file, for programs. */
function problemMore(code: FileProblemCode, values: ProblemValues = {}): Record<string, unknown> {
  return { problem: { code, values } };
}

/** As the API and its CSV files call it. */
function fieldOfColumn(column: string): string {
  return column === "departId" ? "department_id" : column;
}

/** An empty value is as good as no column, so that a short file sets defaults. */
function fieldsOf(
  columns: readonly string[],
  values: readonly string[],
): Readonly<Record<string, unknown>> {
  const pairs = columns.flatMap((column, i): [string, unknown][] => {
    const value = values[i]!.trim();
    if (value === "" || column === IGNORED_COLUMN) return [];
    return [[column, NUMBER_COLUMNS.includes(column) ? numberOrText(value) : value]];
  });
  return Object.fromEntries(pairs);
}

/** What is no number stays a text, for the schema to refuse. */
function numberOrText(value: string): number | string {
  return /^\d{1,10}$/.test(value) ? Number(value) : value;
}
