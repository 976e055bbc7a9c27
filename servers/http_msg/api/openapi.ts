/** The OpenAPI 3.1 document, made of the table of routes. */
import { z } from "zod";
import { API_ERRORS, type ApiErrorCode } from "../http/errors.ts";
import type { Access, Route } from "./route.ts";

export type Json = Record<string, unknown>;

/** Errors that every route may answer, by who may use it. */
const EVERYWHERE: readonly ApiErrorCode[] = [
  "too_many_requests",
  "storage_unavailable",
  "storage_failed",
  "storage_not_capable",
  "busy",
  "internal_error",
];
const SIGNED_IN: readonly ApiErrorCode[] = [
  "credential_missing",
  "credential_invalid",
  "credential_expired",
];
const WITH_INPUT: readonly ApiErrorCode[] = ["invalid_field"];
const WITH_BODY: readonly ApiErrorCode[] = ["body_too_large", "unsupported_media_type"];

const ACCESS_TEXT: Readonly<Record<Access, string>> = {
  public: "Public.",
  any_admin: "For any session or key.",
  session: "For a signed-in administrator.",
  read_only: "Least role: read_only.",
  manager: "Least role: manager.",
  owner: "Least role: owner.",
};

export function openApiDocument(routes: readonly Route[]): Json {
  const paths: Record<string, Json> = {};
  for (const route of routes) {
    (paths[route.path] ??= {})[route.method.toLowerCase()] = operation(route);
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "TeamTalk management API",
      version: "1",
      description: "Answers are JSON, times unix seconds. An error is " +
        '`{"error":{"code","message","field"}}` with a code of the list of its operation.',
    },
    paths,
    components: {
      securitySchemes: {
        bearer: { type: "http", scheme: "bearer", description: "A session token or an API key" },
      },
      schemas: { Error: errorSchema() },
    },
  };
}

/** Every error that a route may answer. */
export function errorsOf(route: Route): readonly ApiErrorCode[] {
  const hasInput = route.params !== null || route.query !== null || route.body !== null;
  return [
    ...new Set([
      ...EVERYWHERE,
      ...(route.access === "public" ? [] : SIGNED_IN),
      ...(route.access === "session" ? ["session_required" as const] : []),
      ...(["public", "any_admin", "session"].includes(route.access)
        ? []
        : ["password_change_required" as const, "forbidden" as const]),
      ...(hasInput ? WITH_INPUT : []),
      ...(route.body === null ? [] : WITH_BODY),
      ...(route.body === null
        ? []
        : [route.bodyType === "csv" ? "invalid_csv" as const : "invalid_json" as const]),
      ...route.errors,
    ]),
  ];
}

function operation(route: Route): Json {
  const text = [ACCESS_TEXT[route.access], route.description].filter((one) => one !== null);
  return {
    operationId: operationId(route),
    tags: [route.tag],
    summary: route.summary,
    description: text.join(" "),
    security: route.access === "public" ? [] : [{ bearer: [] }],
    parameters: [...parameters(route.params, "path"), ...parameters(route.query, "query")],
    ...(route.body !== null && {
      requestBody: {
        required: true,
        content: route.bodyType === "csv"
          ? { "text/csv": { schema: { type: "string" } } }
          : { "application/json": { schema: jsonSchema(route.body, "input") } },
      },
    }),
    responses: { [route.status]: success(route), ...failures(route) },
  };
}

/** `PATCH /api/v1/users/{id}` is `patch_users_id`. */
function operationId({ method, path }: Route): string {
  const words = path.replace(/^\/api(\/v1)?\//, "").match(/[a-z_]+/g) ?? [];
  return [method.toLowerCase(), ...words].join("_") +
    (path.startsWith("/api/v1/") ? "" : "_public");
}

function parameters(shape: Route["query"], place: "path" | "query"): Json[] {
  if (shape === null) return [];
  const { properties = {}, required = [] } = jsonSchema(shape, "input") as {
    properties?: Record<string, Json>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, { description, ...schema }]) => ({
    name,
    in: place,
    required: place === "path" || required.includes(name),
    ...(description !== undefined && { description }),
    schema,
  }));
}

function success(route: Route): Json {
  const content = route.answerType === "csv"
    ? { "text/csv": { schema: { type: "string" } } }
    : { "application/json": { schema: jsonSchema(route.answer, "output") } };
  return { description: route.summary, content };
}

function failures(route: Route): Record<string, Json> {
  const byStatus = Map.groupBy(errorsOf(route), (code) => API_ERRORS[code].status);
  return Object.fromEntries(
    [...byStatus].sort(([a], [b]) => a - b).map(([status, codes]) => [status, {
      description: codes.map((code) => `\`${code}\`: ${API_ERRORS[code].message}`).join("; "),
      content: { "application/json": { schema: { $ref: "#/components/schemas/Error" } } },
    }]),
  );
}

function errorSchema(): Json {
  return {
    type: "object",
    required: ["error"],
    properties: {
      error: {
        type: "object",
        required: ["code", "message", "field"],
        properties: {
          code: { type: "string", enum: Object.keys(API_ERRORS) },
          message: { type: "string", description: "For people; may change" },
          field: {
            type: ["string", "null"],
            description: "The parameter or field at fault, nested ones with dots",
          },
        },
      },
    },
  };
}

function jsonSchema(schema: z.ZodType, io: "input" | "output"): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io });
  return rest;
}
