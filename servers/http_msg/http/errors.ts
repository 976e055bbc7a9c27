/**
 * What the management API answers when it does not do what was asked. The code is stable and for
 * programs, the message for people; `field` names the part of the request at fault.
 */

interface ErrorFacts {
  readonly status: number;
  readonly message: string;
}

export const API_ERRORS = {
  // The request itself.
  invalid_json: { status: 400, message: "The body is not valid JSON" },
  invalid_csv: { status: 400, message: "The body is not a CSV file with the expected columns" },
  not_found: { status: 404, message: "There is no such path" },
  method_not_allowed: { status: 405, message: "The path does not take this method" },
  body_too_large: { status: 413, message: "The body is too large" },
  unsupported_media_type: { status: 415, message: "The body has another content type" },
  invalid_field: { status: 422, message: "A value is not allowed" },

  // Who asks.
  credential_missing: {
    status: 401,
    message: "Sign in with POST /api/v1/login, or use an API key, and send it as Bearer token",
  },
  credential_invalid: { status: 401, message: "The session or API key is not known" },
  credential_expired: { status: 401, message: "The session or API key has expired" },
  wrong_password: { status: 401, message: "Name or password is wrong" },
  forbidden: { status: 403, message: "Your role may not do this" },
  session_required: { status: 403, message: "Only a signed-in administrator may do this" },
  password_change_required: {
    status: 403,
    message: "Choose a password of your own first: PUT /api/v1/me/password",
  },
  history_disabled: {
    status: 403,
    message: "Reading messages is off; MessageHistory in httpmsgserver.conf turns it on",
  },
  too_many_attempts: { status: 429, message: "Too many failed sign-ins; try again later" },
  too_many_requests: { status: 429, message: "Too many requests; slow down" },

  // What is asked for.
  unknown_user: { status: 404, message: "There is no such user" },
  unknown_department: { status: 404, message: "There is no such department" },
  unknown_group: { status: 404, message: "There is no such group" },
  unknown_admin: { status: 404, message: "There is no such administrator" },
  unknown_session: { status: 404, message: "There is no such session" },
  unknown_key: { status: 404, message: "There is no such API key" },
  unknown_item: { status: 404, message: "There is no such item" },
  name_taken: { status: 409, message: "The name is in use" },
  has_departments: { status: 409, message: "There are departments below it" },
  has_users: { status: 409, message: "There are people in it" },
  cycle: { status: 409, message: "A department cannot be below itself" },
  last_owner: { status: 409, message: "Somebody has to stay owner" },
  nothing_changed: { status: 409, message: "That changes nothing" },
  system_user_missing: {
    status: 409,
    message: "SystemUserId in httpmsgserver.conf names no user who could send messages",
  },
  import_refused: { status: 422, message: "The file has errors; nothing was imported" },

  // Behind this server.
  storage_unavailable: { status: 503, message: "No db_proxy_server answers" },
  storage_failed: { status: 503, message: "The storage engine could not do it" },
  storage_not_capable: {
    status: 503,
    message: "The db_proxy_server is an original one, which only knows the calls below /query/",
  },
  presence_unavailable: { status: 503, message: "No route_server answers" },
  presence_not_capable: {
    status: 503,
    message: "The route_server is an original one, which does not tell who is online",
  },
  busy: { status: 503, message: "Too many requests are under way" },
  internal_error: { status: 500, message: "Something went wrong here; the log has details" },
} as const satisfies Readonly<Record<string, ErrorFacts>>;

export type ApiErrorCode = keyof typeof API_ERRORS;

export interface ApiErrorDetails {
  readonly field?: string;
  /** More precise than the message of the code. */
  readonly message?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** More for programs, beside `error`. */
  readonly more?: Readonly<Record<string, unknown>>;
}

/** Thrown by handlers; the gate answers it. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly code: ApiErrorCode;
  readonly details: ApiErrorDetails;

  constructor(code: ApiErrorCode, details: ApiErrorDetails = {}) {
    super(details.message ?? API_ERRORS[code].message);
    this.code = code;
    this.details = details;
  }
}

/** Headers of every answer of the API: nothing is kept, nothing is guessed, nothing runs. */
export const API_HEADERS = {
  "Cache-Control": "no-store",
  "X-Content-Type-Options": "nosniff",
} as const;

export function errorResponse(code: ApiErrorCode, details: ApiErrorDetails = {}): Response {
  const { status } = API_ERRORS[code];
  const message = details.message ?? API_ERRORS[code].message;
  const error = { code, message, field: details.field ?? null };
  return jsonResponse(status, { error, ...details.more }, details.headers);
}

export function jsonResponse(
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const body = new TextEncoder().encode(`${JSON.stringify(value)}\n`);
  return new Response(body, {
    status,
    headers: {
      ...API_HEADERS,
      ...headers,
      "Content-Length": String(body.length),
      "Content-Type": "application/json; charset=utf-8",
    },
  });
}
