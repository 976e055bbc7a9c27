/**
 * A CSV file of users against what is stored: which rows add somebody, which change somebody, and
 * what is wrong with the others. Nothing is written here. A row belongs to the user of its `name`.
 */
import { z } from "zod";
import type { UserFields, UserWrites } from "../../../shared/storage/management.ts";
import { USER_STATUS_LEFT, type UserRow } from "../../../shared/storage/types.ts";
import { ApiError } from "../http/errors.ts";
import type { ApiServices } from "./call.ts";
import { type CsvRow, parseCsv } from "./csv.ts";
import { userPassword, userPasswordFields } from "./passwords.ts";
import { newRow, newUserFields, rowChanges, userFields } from "./user_view.ts";

/** Most rows of one file. */
export const MAX_IMPORT_ROWS = 10_000;
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

export interface RowError {
  readonly line: number;
  readonly field: string;
  readonly message: string;
}

export interface ImportPlan {
  readonly writes: Omit<UserWrites, "now">;
  /** Rows that say what is stored already. */
  readonly unchanged: number;
  readonly errors: readonly RowError[];
  readonly errorCount: number;
  /** Those who are to be logged out: their status becomes 3. */
  readonly leaving: readonly number[];
}

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
  const names = records.flatMap(({ fields }) => typeof fields.name === "string" ? fields.name : []);
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
      return this.#reject({ line, field: "name", message: "is in the file more than once" });
    }
    this.#seen.add(fields.name);
    const existing = typeof fields.name === "string" ? stored.get(fields.name) : undefined;
    if (existing === undefined) return this.#takeNew(line, fields);
    if (options.onExisting === "update") return this.#takeExisting(line, fields, existing);
    if (options.onExisting === "skip") this.#unchanged++;
    else this.#reject({ line, field: "name", message: "exists already" });
  }

  plan(): ImportPlan {
    return {
      writes: { add: this.#add, update: this.#update },
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
      return;
    }
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
      const { path, message } = result.error.issues[0]!;
      this.#reject({ line, field: path.join("."), message });
      return null;
    }
    const { department_id } = result.data;
    if (department_id !== undefined && !this.#known.departments.has(department_id)) {
      this.#reject({ line, field: "department_id", message: "there is no such department" });
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
  if (all === null) throw new ApiError("invalid_csv", { message: "A quote is out of place" });
  const [head, ...rows] = all;
  const columns = (head?.values ?? []).map((column) => column.trim());
  const problem = columnProblem(columns);
  if (problem !== null) throw new ApiError("invalid_csv", problem);
  if (rows.length > MAX_IMPORT_ROWS) {
    throw new ApiError("body_too_large", {
      message: `There are more than ${MAX_IMPORT_ROWS} rows`,
    });
  }
  const odd = rows.find(({ values }) => values.length !== columns.length);
  if (odd !== undefined) {
    throw new ApiError("invalid_csv", {
      message: `Line ${odd.line} has ${odd.values.length} values, the first line ${columns.length}`,
    });
  }
  return { columns, rows };
}

function columnProblem(
  columns: readonly string[],
): { readonly field: string; readonly message: string } | null {
  const unknown = columns.find((column) => !IMPORT_COLUMNS.includes(column));
  if (unknown !== undefined) {
    return { field: unknown, message: `Columns may be: ${IMPORT_COLUMNS.join(", ")}` };
  }
  const twice = columns.find((column, i) => columns.indexOf(column) !== i);
  if (twice !== undefined) return { field: twice, message: "The column is there twice" };
  return columns.includes("name") ? null : { field: "name", message: "The column is missing" };
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
