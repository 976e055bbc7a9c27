/** What is wrong with a file of users or one of its rows, as codes for programs. */
import type { z } from "zod";

export const ROW_ERROR_CODES = [
  "missing",
  "too_short",
  "too_long",
  "not_a_number",
  "too_small",
  "too_large",
  "control_characters",
  "not_a_url",
  "not_allowed",
  "twice",
  "exists",
  "unknown_department",
] as const;
export type RowErrorCode = typeof ROW_ERROR_CODES[number];

export const FILE_PROBLEM_CODES = [
  "quote",
  "unknown_column",
  "column_twice",
  "name_missing",
  "too_many_rows",
  "odd_row",
] as const;
export type FileProblemCode = typeof FILE_PROBLEM_CODES[number];

/** A row that is refused. */
export interface RowError {
  readonly line: number;
  readonly field: string;
  readonly code: RowErrorCode;
  /** What {@link code} has a limit of: characters, or the number itself. */
  readonly limit: number | null;
  /** The same for people, in English. */
  readonly message: string;
}

type Problem = Pick<RowError, "code" | "limit" | "message">;

const OWN_PROBLEMS = {
  twice: "is in the file more than once",
  exists: "exists already",
  unknown_department: "there is no such department",
} as const satisfies Partial<Record<RowErrorCode, string>>;

/** A rule that no schema has. */
export function ownProblem(code: keyof typeof OWN_PROBLEMS): Problem {
  return { code, limit: null, message: OWN_PROBLEMS[code] };
}

/** What a schema says about the value at fault. */
export function problemOf(issue: z.core.$ZodIssue, value: unknown): Problem {
  return { ...codeOf(issue, value), message: issue.message };
}

function codeOf(issue: z.core.$ZodIssue, value: unknown): Pick<Problem, "code" | "limit"> {
  switch (issue.code) {
    case "invalid_type":
      return { code: value === undefined ? "missing" : "not_a_number", limit: null };
    case "too_small":
      return {
        code: issue.origin === "string" ? "too_short" : "too_small",
        limit: Number(issue.minimum),
      };
    case "too_big":
      return {
        code: issue.origin === "string" ? "too_long" : "too_large",
        limit: Number(issue.maximum),
      };
    case "invalid_format":
      return { code: "control_characters", limit: null };
    case "custom":
      return { code: "not_a_url", limit: null };
    default:
      return { code: "not_allowed", limit: null };
  }
}
