/** The whole of it over requests: the files of the test site make an app. */
import assert from "node:assert/strict";
import { buildSite } from "./test_support/site.ts";

const ask = await buildSite();

async function get(path: string, init: RequestInit = {}): Promise<Response> {
  return await ask(new Request(`http://localhost${path}`, init));
}

async function bodyOf(path: string): Promise<string> {
  const html = await (await get(path)).text();
  return /<body>(.*)<\/body>/s.exec(html)?.[1] ?? html;
}

Deno.test("fsRoutes(), a page stands in the layout of its folder, after the middlewares above it", async () => {
  assert.equal(
    await bodyOf("/items/7"),
    '<section class="shop"><nav>root shop</nav><h1>Item 7</h1></section>',
  );
});

Deno.test("fsRoutes(), a fixed name wins against a parameter, and a page may leave its layouts", async () => {
  assert.equal(await bodyOf("/items/special"), "<h1>Special</h1>");
});

Deno.test("fsRoutes(), a page without a document around it, when it skips _app.tsx", async () => {
  assert.equal(await (await get("/bare")).text(), "<!DOCTYPE html><h1>Bare</h1>");
});

Deno.test("fsRoutes(), everything below a folder goes to [...path]", async () => {
  assert.equal(await (await get("/files/a/b%20c")).json(), "a/b c");
});

Deno.test("fsRoutes(), handlers give the page its data, status and headers, or answer themselves", async () => {
  const wrong = await get("/items", { method: "POST", body: new URLSearchParams({ name: "" }) });
  assert.equal(wrong.status, 422);
  assert.equal(wrong.headers.get("x-problem"), "name");
  assert.match(await wrong.text(), /<p role="alert">A name is needed<\/p>/);
  const right = await get("/items", { method: "POST", body: new URLSearchParams({ name: "a" }) });
  assert.equal(right.status, 303);
  assert.equal(right.headers.get("location"), "/items/a");
});

Deno.test("fsRoutes(), a method without a handler is 405, and its page is not shown", async () => {
  const response = await get("/items/7", { method: "DELETE" });
  assert.equal(response.status, 405);
  assert.match(await response.text(), /<h1>405: DELETE is not possible here<\/h1>/);
});

Deno.test("_error.tsx, shows what was thrown on purpose, and nothing of what was not", async () => {
  const closed = await get("/items?closed");
  assert.equal(closed.status, 403);
  assert.match(await closed.text(), /<body><h1>403: Closed<\/h1><\/body>/);
  const broken = await get("/api/broken");
  assert.equal(broken.status, 500);
  assert.match(await broken.text(), /<body><h1>It broke<\/h1><\/body>/);
  assert.equal((await get("/items?closed", { method: "POST" })).status, 403);
});

Deno.test("_error.tsx, is also the page for what is not found", async () => {
  const response = await get("/nowhere");
  assert.equal(response.status, 404);
  assert.match(await response.text(), /<h1>404: There is no such page<\/h1>/);
});

Deno.test("islands, nothing that was given to them can end the block it is in", async () => {
  const html = await (await get("/")).text();
  assert.equal(html.match(/<script\b/g)?.length, 2);
  const block = /<script type="application\/json"[^>]*>(.*?)<\/script>/s.exec(html)![1]!;
  assert.equal(JSON.parse(block).islands.length, 4);
});

Deno.test("islands, their modules are announced and can be loaded", async () => {
  const response = await get("/");
  const paths = [...response.headers.get("link")!.matchAll(/<([^>]+)>; rel="modulepreload"/g)];
  assert.equal(paths.length, 3);
  for (const [, path] of paths) {
    const module = await get(path!);
    assert.equal(module.headers.get("content-type"), "text/javascript; charset=utf-8");
    assert.match(module.headers.get("cache-control")!, /immutable/);
    await module.body?.cancel();
  }
});

Deno.test("_app.tsx, sees what the page has left in the state", async () => {
  assert.match(await (await get("/")).text(), /<title>Home &amp; garden<\/title>/);
  assert.match(await (await get("/items")).text(), /<title>Site<\/title>/);
});

Deno.test("asset(), leads to a file that may be kept for ever", async () => {
  const [, href] = /href="(\/site\.css[^"]*)"/.exec(await (await get("/")).text())!;
  const response = await get(href!);
  assert.match(response.headers.get("cache-control")!, /immutable/);
  await response.body?.cancel();
});
