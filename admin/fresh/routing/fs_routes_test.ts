import assert from "node:assert/strict";
import { App, APPLY_BUILD } from "../app.ts";
import { NO_BUILD } from "../build/client_build.ts";
import { HttpError } from "../http_error.ts";
import { readRoutes, type RouteFile } from "./fs_routes.ts";
import { Scope } from "./scope.ts";

function read(files: Readonly<Record<string, RouteFile<unknown>["module"]>>) {
  const list = Object.entries(files).map(([path, module]) => ({ path, module }));
  return readRoutes(list, new Scope<unknown>());
}

const answer = () => new Response("");

Deno.test("readRoutes(), special files come before routes whatever their names are", () => {
  const [route] = read({
    "(a)/Zeta": { handler: answer },
    "(a)/_middleware": { default: answer },
    "_middleware": { default: [answer, answer] },
  });
  // Two folders, and the three middlewares.
  assert.equal(route!.scope.steps().length, 5);
});

Deno.test("readRoutes(), the route's own pattern goes before the one of its path", () => {
  const [route] = read({ "odd": { handler: answer, config: { routeOverride: "/x/:id" } } });
  assert.equal(route!.pattern, "/x/:id");
});

const MISTAKES: readonly (readonly [path: string, module: object, reason: RegExp])[] = [
  ["index", {}, /routes\/index exports neither a page nor handlers/],
  ["_layout", { handler: answer }, /routes\/_layout has no component/],
  ["_app", {}, /routes\/_app has no component/],
  ["a/_app", { default: answer }, /routes\/a\/_app has to be in routes\/ itself/],
  ["a/_404", { default: answer }, /routes\/a\/_404 has to be in routes\/ itself/],
  ["_middleware", { handler: { GET: answer } }, /routes\/_middleware exports neither a function/],
  ["_midleware", { default: answer }, /routes\/_midleware has a name that means nothing/],
];

for (const [path, module, reason] of MISTAKES) {
  Deno.test(`readRoutes(), refuses ${path} that exports ${JSON.stringify(Object.keys(module))}`, () => {
    assert.throws(() => read({ [path]: module }), { message: reason });
  });
}

Deno.test("readRoutes(), _404 is for what is not found, _error for everything else that is thrown", async () => {
  const app = new App<unknown>().fsRoutes();
  const pageOf = (text: string) => ({ default: () => text });
  const thrower = (error: Error) => ({ handler: () => Promise.reject(error) });
  app[APPLY_BUILD]({
    ...NO_BUILD,
    root: ".",
    routes: Object.entries({
      _404: pageOf("lost"),
      _error: pageOf("broken"),
      bug: thrower(new Error("bug")),
      gone: thrower(new HttpError(404)),
    }).map(([path, module]) => ({ path, module })),
  });
  const ask = async (path: string) => {
    const response = await app.handler()(new Request(`http://localhost${path}`));
    return `${response.status} ${await response.text()}`;
  };
  assert.equal(await ask("/nowhere"), "404 <!DOCTYPE html>lost");
  assert.equal(await ask("/gone"), "404 <!DOCTYPE html>lost");
  assert.equal(await ask("/bug"), "500 <!DOCTYPE html>broken");
});
