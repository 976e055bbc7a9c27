/** The OpenAPI document is sound in itself; the end-to-end tests hold every answer against it. */
import assert from "node:assert/strict";
import { API_ERRORS } from "../http/errors.ts";
import { errorsOf, type Json, openApiDocument } from "./openapi.ts";
import { routes } from "./routes.ts";

// deno-lint-ignore no-explicit-any -- a document that is read, not built
type AnyJson = any;

const document: AnyJson = openApiDocument(routes);

interface Operation {
  readonly where: string;
  readonly path: string;
  readonly facts: AnyJson;
}

const operations: readonly Operation[] = Object.entries<Json>(document.paths).flatMap(
  ([path, methods]) =>
    Object.entries(methods).map(([method, facts]) => ({ where: `${method} ${path}`, path, facts })),
);

/** Every object in a value, itself included. */
function* objectsIn(value: unknown): Generator<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) return;
  if (!Array.isArray(value)) yield value as Record<string, unknown>;
  for (const inner of Object.values(value)) yield* objectsIn(inner);
}

Deno.test("openApiDocument(), one operation for each route, and its own name for each", () => {
  assert.equal(document.openapi, "3.1.0");
  assert.equal(operations.length, routes.length);
  const ids = operations.map(({ facts }) => facts.operationId);
  assert.equal(new Set(ids).size, ids.length);
});

Deno.test("openApiDocument(), the parameters of a path are declared and required", () => {
  for (const { where, path, facts } of operations) {
    const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    const declared = facts.parameters.filter((one: AnyJson) => one.in === "path");
    assert.deepEqual(declared.map(({ name }: AnyJson) => name), inPath, where);
    assert.ok(declared.every(({ required }: AnyJson) => required === true), where);
  }
});

Deno.test("openApiDocument(), all but the public routes need a credential", () => {
  const open = operations.filter(({ facts }) => facts.security.length === 0);
  assert.deepEqual(open.map(({ where }) => where).sort(), [
    ...["get /api/discovery", "post /api/v1/login"],
  ]);
});

Deno.test("openApiDocument(), references resolve and every schema says what it is", () => {
  for (const object of objectsIn(document)) {
    if (typeof object["$ref"] !== "string") continue;
    const parts = object["$ref"].replace(/^#\//, "").split("/");
    const target = parts.reduce((at: AnyJson, part) => at?.[part], document);
    assert.ok(target, object["$ref"]);
  }
  for (const { where, facts } of operations) {
    for (const { name, schema } of facts.parameters) {
      assert.ok(schema.type ?? schema.enum, `${where}: ${name}`);
    }
  }
});

Deno.test("openApiDocument(), errors stand under their status", () => {
  for (const route of routes) {
    const facts = document.paths[route.path][route.method.toLowerCase()];
    for (const code of errorsOf(route)) {
      const { description } = facts.responses[API_ERRORS[code].status];
      assert.ok(description.includes(`\`${code}\``), `${route.method} ${route.path} ${code}`);
    }
  }
});

Deno.test("API_ERRORS, each one can be the answer of some route, or of the gate before any", () => {
  const before = ["not_found", "method_not_allowed"];
  const used = new Set<string>([...before, ...routes.flatMap((route) => errorsOf(route))]);
  assert.deepEqual(Object.keys(API_ERRORS).filter((code) => !used.has(code)), []);
});
