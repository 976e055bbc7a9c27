/**
 * The typed client of http_msg_server's management API. One {@link Api} serves one request of a
 * browser: it carries that administrator's token and the address the request came from.
 */
import type { ErrorCode, Operations } from "./api_operations.ts";

export type { ErrorCode, Operations } from "./api_operations.ts";

export type OperationName = keyof Operations;
export type Answer<N extends OperationName> = Operations[N]["answer"];
export type Body<N extends OperationName> = Operations[N] extends { body: infer B } ? B : never;
export type Query<N extends OperationName> = Operations[N] extends { query: infer Q } ? Q : never;

export type Role = Answer<"GET /me">["role"];
export type Me = Answer<"GET /me">;
export type User = Answer<"GET /users/{id}">;
export type Department = Answer<"GET /departments/{id}">;
export type Group = Answer<"GET /groups/{id}">;
export type Statistics = Answer<"GET /statistics">;
export type Health = Answer<"GET /health">;

export interface ApiCaller {
  /** Base URL of http_msg_server, like `http://127.0.0.1:8400/`. */
  readonly site: string;
  /** `null`: nobody is signed in. */
  readonly token: string | null;
  /** Address of the browser, which http_msg_server limits and logs. */
  readonly remote: string;
  /** What the browser calls itself. */
  readonly agent: string;
}

export interface ApiRequest<N extends OperationName> {
  /** Values of `{name}` in the path. */
  readonly path?: Readonly<Record<string, number>>;
  readonly query?: Query<N>;
  readonly body?: Body<N>;
}

/** A row of a CSV file that was refused. */
export interface RowError {
  readonly line: number;
  readonly field: string;
  readonly code: string;
  /** What the code has a limit of. */
  readonly limit: number | null;
  readonly message: string;
}

/** Why a file cannot be read. */
export interface FileProblem {
  readonly code: string;
  readonly values: Readonly<Record<string, string | number>>;
}

/** `unreachable` is ours: http_msg_server did not answer. */
export type FailureCode = ErrorCode | "unreachable";

/** What http_msg_server did not do, and why. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly status: number;
  readonly code: FailureCode;
  /** The field of the request at fault. */
  readonly field: string | null;
  /** Only of a refused import: the first of its rows that are refused, and how many there are. */
  readonly rows: readonly RowError[];
  readonly rowErrors: number;
  /** Only of a file that cannot be read. */
  readonly problem: FileProblem | null;

  constructor(facts: {
    readonly status: number;
    readonly code: FailureCode;
    readonly message: string;
    readonly field: string | null;
    readonly rows?: readonly RowError[];
    readonly rowErrors?: number;
    readonly problem?: FileProblem;
    readonly cause?: unknown;
  }) {
    super(facts.message, { cause: facts.cause });
    this.status = facts.status;
    this.code = facts.code;
    this.field = facts.field;
    this.rows = facts.rows ?? [];
    this.rowErrors = facts.rowErrors ?? this.rows.length;
    this.problem = facts.problem ?? null;
  }
}

/** http_msg_server itself waits at most 5 s for what is behind it; an import takes longer. */
const ANSWER_LIMIT_MS = 60_000;

export class Api {
  readonly #caller: ApiCaller;

  constructor(caller: ApiCaller) {
    this.#caller = caller;
  }

  /** @throws {ApiError} for every answer that is no success */
  async call<N extends OperationName>(name: N, request: ApiRequest<N> = {}): Promise<Answer<N>> {
    const response = await this.open(name, request);
    return await response.json() as Answer<N>;
  }

  /** As {@link call}, for an answer that is no JSON. Its body has to be read or cancelled. */
  async open<N extends OperationName>(name: N, request: ApiRequest<N> = {}): Promise<Response> {
    const { site, token, remote, agent } = this.#caller;
    const [method, pattern] = name.split(" ") as [string, string];
    const path = pattern.replace(/\{(\w+)\}/g, (_, key: string) => String(request.path?.[key]));
    const url = new URL(`api/v1${path}`, site);
    for (const [key, value] of Object.entries(request.query ?? {})) {
      if (value !== undefined && value !== "") url.searchParams.set(key, String(value));
    }
    const body: unknown = request.body;
    const isCsv = typeof body === "string";
    try {
      const response = await fetch(url, {
        method,
        headers: {
          "X-Forwarded-For": remote,
          "User-Agent": agent,
          ...(token !== null && { "Authorization": `Bearer ${token}` }),
          ...(body !== undefined && { "Content-Type": isCsv ? "text/csv" : "application/json" }),
        },
        ...(body !== undefined && { body: isCsv ? body : JSON.stringify(body) }),
        redirect: "error",
        signal: AbortSignal.timeout(ANSWER_LIMIT_MS),
      });
      if (response.ok) return response;
      throw await refusal(response);
    } catch (error) {
      if (error instanceof ApiError) throw error;
      throw unreachable(error);
    }
  }
}

async function refusal(response: Response): Promise<ApiError> {
  const { error, rows, row_errors, problem } = await response.json() as {
    error: { code: ErrorCode; message: string; field: string | null };
    rows?: RowError[];
    row_errors?: number;
    problem?: FileProblem;
  };
  return new ApiError({
    status: response.status,
    ...error,
    ...(rows !== undefined && { rows }),
    ...(row_errors !== undefined && { rowErrors: row_errors }),
    ...(problem !== undefined && { problem }),
  });
}

function unreachable(cause: unknown): ApiError {
  const message = "http_msg_server did not answer";
  return new ApiError({ status: 503, code: "unreachable", message, field: null, cause });
}

const RANK: Readonly<Record<Role, number>> = { read_only: 0, manager: 1, owner: 2 };

/** Whether `role` may do what `least` may. */
export function mayAct(role: Role, least: Role): boolean {
  return RANK[role] >= RANK[least];
}
