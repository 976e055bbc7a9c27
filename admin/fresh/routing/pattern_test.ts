import assert from "node:assert/strict";
import { comparePatterns, patternOf } from "./pattern.ts";

const PATTERNS: readonly (readonly [path: string, pattern: string])[] = [
  ["index", "/"],
  ["users", "/users"],
  ["users/index", "/users"],
  ["(app)/index", "/"],
  ["(app)/users/(deep)/new", "/users/new"],
  ["users/[id]", "/users/:id"],
  ["users/[id]/index", "/users/:id"],
  ["files/[...path]", "/files/:path*"],
];

for (const [path, pattern] of PATTERNS) {
  Deno.test(`patternOf(), ${path} is ${pattern}`, () => assert.equal(patternOf(path), pattern));
}

for (const path of ["users/[id", "users/a[id]", "users/[id][name]", "users/[a-b]", "a*"]) {
  Deno.test(`patternOf(), refuses ${path}`, () => {
    assert.throws(() => patternOf(path), {
      name: "SyntaxError",
      message: new RegExp("Cannot make"),
    });
  });
}

Deno.test("comparePatterns(), fixed parts before parameters, those before everything else", () => {
  const patterns = ["/:rest*", "/users/:id", "/:page", "/users/new", "/", "/users/:id/files"];
  assert.deepEqual(patterns.sort(comparePatterns), [
    "/users/new",
    "/users/:id/files",
    "/users/:id",
    "/",
    "/:page",
    "/:rest*",
  ]);
});
