/** The parts of a request against the schemas of its route. */
import type { z } from "zod";
import { faultOf } from "../../../shared/management/fields.ts";
import { ApiError } from "../http/errors.ts";
import { readBody } from "../http/read_body.ts";
import type { Input, Route } from "./route.ts";

/** Largest body, in bytes: 5000 ids, or a CSV file of ten thousand users. */
export const MAX_JSON_BYTES = 256 * 1024;
export const MAX_CSV_BYTES = 8 * 1024 * 1024;

/** @throws {ApiError} naming the first part at fault */
export async function readInput(
  route: Route,
  request: Request,
  params: Readonly<Record<string, string>>,
): Promise<Input<unknown, unknown, unknown>> {
  return {
    params: route.params === null ? {} : check(route.params, params),
    query: checkQuery(route, request),
    body: await checkBody(route, request),
  };
}

function checkQuery(route: Route, request: Request): unknown {
  const { searchParams } = new URL(request.url);
  const given: Record<string, string> = {};
  for (const [name, value] of searchParams) {
    if (Object.hasOwn(given, name)) {
      throw new ApiError("invalid_field", { field: name, message: "given more than once" });
    }
    given[name] = value;
  }
  if (route.query !== null) return check(route.query, given);
  const [extra] = Object.keys(given);
  if (extra === undefined) return {};
  throw new ApiError("invalid_field", { field: extra, message: "there is no such parameter" });
}

async function checkBody(route: Route, request: Request): Promise<unknown> {
  if (route.body === null) return undefined;
  const isCsv = route.bodyType === "csv";
  const expected = isCsv ? "text/csv" : "application/json";
  const type = request.headers.get("content-type")?.split(";", 1)[0]?.trim().toLowerCase();
  if (type !== expected) {
    throw new ApiError("unsupported_media_type", { message: `Send the body as ${expected}` });
  }
  const limit = isCsv ? MAX_CSV_BYTES : MAX_JSON_BYTES;
  const text = await readBody(request, limit);
  if (!text.ok) {
    if (text.refusal === "too_large") {
      throw new ApiError("body_too_large", {
        message: `The body has more than ${limit} bytes`,
        headers: { "Connection": "close" },
      });
    }
    throw new ApiError(isCsv ? "invalid_csv" : "invalid_json", { message: "It is not UTF-8" });
  }
  return check(route.body, isCsv ? text.value : parseJson(text.value));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ApiError("invalid_json");
  }
}

function check(schema: z.ZodType, value: unknown): unknown {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const { field, message } = faultOf(result.error);
  throw new ApiError("invalid_field", { ...(field !== "" && { field }), message });
}
