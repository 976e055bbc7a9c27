import { ApiError } from "../http/errors.ts";
import type { Route } from "./route.ts";

export interface Found {
  readonly route: Route;
  /** Parameters in the path, decoded. */
  readonly params: Readonly<Record<string, string>>;
}

/** Finds the route of a request. Fixed parts of a path win over parameters. */
export class Router {
  readonly #routes: readonly { readonly route: Route; readonly parts: readonly string[] }[];

  constructor(routes: readonly Route[]) {
    this.#routes = routes.map((route) => ({ route, parts: route.path.split("/") }))
      .sort((a, b) => paramCount(a.parts) - paramCount(b.parts));
  }

  /** @throws {ApiError} for an unknown path, and for a known one without this method */
  find(method: string, path: string): Found {
    const given = path.split("/");
    const matching = this.#routes.filter(({ parts }) => matches(parts, given));
    const found = matching.find(({ route }) => route.method === method);
    if (found !== undefined) return { route: found.route, params: paramsOf(found.parts, given) };
    if (matching.length === 0) throw new ApiError("not_found");
    const allow = [...new Set(matching.map(({ route }) => route.method))].join(", ");
    throw new ApiError("method_not_allowed", { headers: { "Allow": allow } });
  }
}

function isParam(part: string): boolean {
  return part.startsWith("{");
}

function paramCount(parts: readonly string[]): number {
  return parts.filter(isParam).length;
}

function matches(parts: readonly string[], given: readonly string[]): boolean {
  return parts.length === given.length &&
    parts.every((part, i) => isParam(part) ? given[i] !== "" : part === given[i]);
}

function paramsOf(parts: readonly string[], given: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    parts.flatMap((part, i) => isParam(part) ? [[part.slice(1, -1), decoded(given[i]!)]] : []),
  );
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new ApiError("not_found");
  }
}
