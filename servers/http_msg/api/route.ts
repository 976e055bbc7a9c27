/**
 * Endpoints as data. The table of routes is what the gate runs, what the OpenAPI document is made of
 * and what the tests walk, so that the three cannot differ.
 */
import type { z } from "zod";
import type { AdminRole } from "../../../shared/storage/management.ts";
import type { ApiErrorCode } from "../http/errors.ts";
import type { ApiCall } from "./call.ts";

/**
 * Who may: anybody; any administrator, even one who has to change the password first; a signed-in
 * administrator (no key) under the same condition; or whoever has at least this role.
 */
export type Access = "public" | "any_admin" | "session" | AdminRole;

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** What an audited call does, and to what. */
export interface AuditFacts<Input, Answer> {
  /** Like `user.update`. */
  readonly action: string;
  /** Like `user/17`; what was made has its id only in the answer. */
  readonly target?: (input: Input) => string;
  readonly made?: (answer: Answer) => string;
  /** Whether this call is to be written down; absent = each. */
  readonly when?: (input: Input) => boolean;
}

export type Shape = z.ZodObject;

/** Parts of a request after their checks. */
export interface Input<Params, Query, Body> {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
}

export interface RouteDefinition<
  Params extends Shape,
  Query extends Shape,
  Body extends z.ZodType,
  Answer extends z.ZodType,
> {
  readonly method: Method;
  /** Below {@link API_BASE}, with parameters like `/users/{id}`. */
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  readonly access: Access;
  readonly params?: Params;
  readonly query?: Query;
  readonly body?: Body;
  /** Default: JSON. A CSV body is handed over as text. */
  readonly bodyType?: "json" | "csv";
  /** Default: 200. */
  readonly status?: number;
  readonly answer: Answer;
  /** Default: JSON. The handler then returns a Response of its own. */
  readonly answerType?: "json" | "csv";
  /** Errors beyond those of every route. */
  readonly errors?: readonly ApiErrorCode[];
  /** Every call that changes something, and those that read what is private. */
  readonly audit?: AuditFacts<
    Input<z.output<Params>, z.output<Query>, z.output<Body>>,
    z.output<Answer>
  >;
  readonly run: (
    call: ApiCall,
    input: Input<z.output<Params>, z.output<Query>, z.output<Body>>,
  ) => Promise<z.output<Answer> | Response>;
}

/** A route whose types were checked and are not known any more. */
export interface Route {
  readonly method: Method;
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly description: string | null;
  readonly access: Access;
  readonly params: Shape | null;
  readonly query: Shape | null;
  readonly body: z.ZodType | null;
  readonly bodyType: "json" | "csv";
  readonly status: number;
  readonly answer: z.ZodType;
  readonly answerType: "json" | "csv";
  readonly errors: readonly ApiErrorCode[];
  readonly audit: AuditFacts<Input<unknown, unknown, unknown>, unknown> | null;
  readonly run: (
    call: ApiCall,
    input: Input<unknown, unknown, unknown>,
  ) => Promise<unknown>;
}

/** Ties a handler to the schemas of its route. */
export function route<
  Params extends Shape,
  Query extends Shape,
  Body extends z.ZodType,
  Answer extends z.ZodType,
>(definition: RouteDefinition<Params, Query, Body, Answer>): Route {
  return {
    method: definition.method,
    path: definition.path,
    tag: definition.tag,
    summary: definition.summary,
    description: definition.description ?? null,
    access: definition.access,
    params: definition.params ?? null,
    query: definition.query ?? null,
    body: definition.body ?? null,
    bodyType: definition.bodyType ?? "json",
    status: definition.status ?? 200,
    answer: definition.answer,
    answerType: definition.answerType ?? "json",
    errors: definition.errors ?? [],
    // The gate hands over what the schemas gave, which is what these expect.
    audit: (definition.audit ?? null) as Route["audit"],
    run: definition.run as Route["run"],
  };
}
