import assert from "node:assert/strict";
import { App } from "./app.ts";
import type { Context } from "./context.ts";
import { HttpError } from "./http_error.ts";

interface Trace {
  steps: string[];
}

function step(name: string): (ctx: Context<Trace>) => Promise<Response> {
  return (ctx) => {
    (ctx.state.steps ??= []).push(name);
    return ctx.next();
  };
}

function told(ctx: Context<Trace>): Response {
  return Response.json(ctx.state.steps ?? []);
}

async function ask(app: App<Trace>, path: string, init: RequestInit = {}): Promise<Response> {
  return await app.handler()(new Request(`http://localhost${path}`, init));
}

Deno.test("App.use(), middlewares run in order, and only below their path", async () => {
  const app = new App<Trace>()
    .use(step("one"), step("two"))
    .use("/a", step("a"))
    .get("/a/b", told)
    .get("/c", told)
    .use(step("late"));
  assert.deepEqual(await (await ask(app, "/a/b")).json(), ["one", "two", "a"]);
  assert.deepEqual(await (await ask(app, "/c")).json(), ["one", "two"]);
});

Deno.test("App.use(), middlewares also run for what is not found, and may answer it", async () => {
  const app = new App<Trace>().use((ctx) => ctx.next().catch(() => new Response("caught")));
  assert.equal(await (await ask(app, "/nowhere")).text(), "caught");
});

Deno.test("App.get() and its like, each answers its method, all() answers every one", async () => {
  const named = (name: string) => () => new Response(name);
  const app = new App<Trace>()
    .get("/x", named("get"))
    .post("/x", named("post"))
    .put("/x", named("put"))
    .patch("/x", named("patch"))
    .delete("/x", named("delete"))
    .all("/y", named("all"));
  for (const method of ["GET", "POST", "PUT", "PATCH", "DELETE"]) {
    assert.equal(await (await ask(app, "/x", { method })).text(), method.toLowerCase());
    assert.equal(await (await ask(app, "/y", { method })).text(), "all");
  }
});

Deno.test("App.handler(), HEAD is GET without the body", async () => {
  const app = new App<Trace>().get("/x", () => new Response("body", { headers: { "x-a": "b" } }));
  const response = await ask(app, "/x", { method: "HEAD" });
  assert.equal(response.status, 200);
  assert.equal(response.headers.get("x-a"), "b");
  assert.equal(await response.text(), "");
});

Deno.test("App.handler(), 404 for an unknown path, 405 for an unknown method", async () => {
  const app = new App<Trace>().get("/x", told);
  assert.equal((await ask(app, "/y")).status, 404);
  assert.equal((await ask(app, "/x", { method: "POST" })).status, 405);
});

Deno.test("App.handler(), an HttpError is told, anything else is for who serves", async () => {
  const app = new App<Trace>()
    .get("/teapot", () => {
      throw new HttpError(418, "I am a teapot");
    })
    .get("/bug", () => Promise.reject(new Error("password=secret")));
  const teapot = await ask(app, "/teapot");
  assert.equal(teapot.status, 418);
  assert.equal(await teapot.text(), "I am a teapot");
  await assert.rejects(ask(app, "/bug"), { message: "password=secret" });
});

Deno.test("App.handler(), several cookies of one answer stay several", async () => {
  const app = new App<Trace>().get("/x", () => {
    const headers = new Headers();
    for (const name of ["a", "b"]) headers.append("set-cookie", `${name}=1`);
    return new Response("", { headers });
  });
  assert.deepEqual((await ask(app, "/x")).headers.getSetCookie(), ["a=1", "b=1"]);
});

Deno.test("App.handler(), requests at the same time have a context each", async () => {
  const app = new App<Trace>()
    .use(async (ctx) => {
      ctx.state.steps = [ctx.url.pathname];
      await Promise.resolve();
      return await ctx.next();
    })
    .get("/:name", told);
  const answers = await Promise.all(["/a", "/b", "/c"].map((path) => ask(app, path)));
  const bodies = await Promise.all(answers.map((answer) => answer.json()));
  assert.deepEqual(bodies, [["/a"], ["/b"], ["/c"]]);
});

const TARGETS: readonly (readonly [asked: string, location: string])[] = [
  ["/a?b=//c", "/a?b=//c"],
  ["//evil.example/a", "/evil.example/a"],
  ["/\\evil.example", "/evil.example"],
  ["\\\\evil.example", "/evil.example"],
  ["https://other.example/", "https://other.example/"],
];

for (const [asked, location] of TARGETS) {
  Deno.test(`Context.redirect(), ${asked} leads to ${location}`, async () => {
    const app = new App<Trace>().get("/x", (ctx) => ctx.redirect(asked, 303));
    const response = await ask(app, "/x");
    assert.equal(response.status, 303);
    assert.equal(response.headers.get("location"), location);
  });
}

Deno.test("Context.url, double slashes are folded", async () => {
  const app = new App<Trace>().get("/a/b", (ctx) => new Response(ctx.url.pathname));
  assert.equal(await (await ask(app, "/a//b")).text(), "/a/b");
});
