import assert from "node:assert/strict";
import { ApiError } from "../http/errors.ts";
import { Router } from "./router.ts";
import { routes } from "./routes.ts";

const router = new Router(routes);

Deno.test("Router, fixed parts of a path win over parameters", () => {
  assert.equal(router.find("GET", "/api/v1/users/export").route.path, "/api/v1/users/export");
  const { route, params } = router.find("GET", "/api/v1/users/7");
  assert.deepEqual([route.path, params], ["/api/v1/users/{id}", { id: "7" }]);
});

Deno.test("Router, parameters are decoded, and what cannot be is no path", () => {
  assert.deepEqual(router.find("GET", "/api/v1/users/%C3%A9").params, { id: "é" });
  assert.throws(() => router.find("GET", "/api/v1/users/%"), { code: "not_found" });
});

Deno.test("Router, an unknown path and an unknown method are told apart", () => {
  assert.throws(() => router.find("GET", "/api/v1/user"), { code: "not_found" });
  assert.throws(() => router.find("GET", "/api/v1/users/"), { code: "not_found" });
  assert.throws(() => router.find("PUT", "/api/v1/users/7"), (error) => {
    assert.ok(error instanceof ApiError);
    assert.deepEqual([error.code, error.details.headers?.["Allow"]], [
      ...["method_not_allowed", "GET, PATCH, DELETE"],
    ]);
    return true;
  });
});

Deno.test("routes, no two are the same, and every change is written to the audit log", () => {
  const names = routes.map(({ method, path }) => `${method} ${path}`);
  assert.equal(new Set(names).size, names.length);
  // Signing in writes its entry itself, once it is clear that the attempt is one of the allowed;
  // the other only reads what would be too long for an address.
  const otherwise = ["/api/v1/login", "/api/v1/users/by_names"];
  const unwritten = routes.filter(({ method, path, audit }) =>
    method !== "GET" && audit === null && !otherwise.includes(path)
  );
  assert.deepEqual(unwritten.map(({ path }) => path), []);
});
