import assert from "node:assert/strict";
import { Router } from "./router.ts";

function match(router: Router<string>, path: string) {
  return router.match(new URL(path, "http://localhost"));
}

Deno.test("Router.match(), fixed paths first, then patterns in their order", () => {
  const router = new Router<string>();
  for (const pattern of ["/users/:id", "/users/new", "/:rest*"]) router.add(pattern, pattern);
  assert.deepEqual(match(router, "/users/new")?.items, ["/users/new"]);
  assert.deepEqual(match(router, "/users/7")?.items, ["/users/:id"]);
  assert.deepEqual(match(router, "/users/7")?.params, { id: "7" });
  assert.deepEqual(match(router, "/a/b")?.params, { rest: "a/b" });
});

Deno.test("Router.match(), items of the same pattern together, in the order they came", () => {
  const router = new Router<string>();
  for (const item of ["one", "two"]) {
    router.add("/fixed", item);
    router.add("/:id", item);
  }
  assert.deepEqual(match(router, "/fixed")?.items, ["one", "two"]);
  assert.deepEqual(match(router, "/7")?.items, ["one", "two"]);
});

Deno.test("Router.match(), decodes parameters, and a slash at the end makes no difference", () => {
  const router = new Router<string>();
  router.add("/users/:name", "user");
  router.add("/fixed", "fixed");
  assert.deepEqual(match(router, "/users/%E4%B8%AD%20b/")?.params, { name: "中 b" });
  assert.deepEqual(match(router, "/fixed/")?.items, ["fixed"]);
});

Deno.test("Router.match(), null for what nobody registered and for what cannot be decoded", () => {
  const router = new Router<string>();
  router.add("/users/:name", "user");
  assert.equal(match(router, "/"), null);
  assert.equal(match(router, "/users"), null);
  assert.equal(match(router, "/users/%E4%B8"), null);
});
