import assert from "node:assert/strict";
import { App, APPLY_BUILD } from "../app.ts";
import { clientFile } from "../build/files.ts";
import { NO_BUILD } from "../build/client_build.ts";
import type { Mode } from "../config.ts";
import { staticFiles } from "./static_files.ts";

const BODY = new TextEncoder().encode("body {}");

async function ask(path: string, init: RequestInit = {}, mode: Mode = "production") {
  const app = new App<unknown>({ mode }).use(staticFiles());
  const file = clientFile("a.css", BODY);
  app[APPLY_BUILD]({
    ...NO_BUILD,
    id: "abc",
    root: ".",
    routes: [],
    files: new Map([["/a b.css", file], ["/_fresh/js/abc/boot.js", file]]),
  });
  return await app.handler()(new Request(`http://localhost${path}`, init));
}

Deno.test("staticFiles(), a plain URL is asked for each time, and 304 saves sending it", async () => {
  const first = await ask("/a%20b.css");
  assert.equal(first.headers.get("cache-control"), "no-cache");
  assert.equal(first.headers.get("content-type"), "text/css; charset=utf-8");
  assert.equal(await first.text(), "body {}");
  const etag = first.headers.get("etag")!;
  for (const known of [etag, `W/${etag}`, `"other", ${etag}`]) {
    const again = await ask("/a%20b.css", { headers: { "if-none-match": known } });
    assert.equal(again.status, 304);
    assert.equal(await again.text(), "");
  }
  const changed = await ask("/a%20b.css", { headers: { "if-none-match": '"other"' } });
  assert.equal(changed.status, 200);
});

Deno.test("staticFiles(), a URL with the id of the build is kept for ever, but not in development", async () => {
  for (const path of ["/a%20b.css?__frsh_c=abc", "/_fresh/js/abc/boot.js"]) {
    assert.match((await ask(path)).headers.get("cache-control")!, /immutable/);
    const inDevelopment = await ask(path, {}, "development");
    assert.equal(inDevelopment.headers.get("cache-control"), "no-cache");
  }
});

Deno.test("staticFiles(), the id of another build leads to the URL without one", async () => {
  const response = await ask("/a%20b.css?__frsh_c=old&x=1");
  assert.equal(response.status, 307);
  assert.equal(response.headers.get("location"), "/a%20b.css?x=1");
});

Deno.test("staticFiles(), HEAD has no body, other methods are refused, unknown paths go on", async () => {
  const head = await ask("/a%20b.css", { method: "HEAD" });
  assert.equal(head.headers.get("content-length"), "7");
  assert.equal(await head.text(), "");
  assert.equal((await ask("/a%20b.css", { method: "POST" })).status, 405);
  for (const path of ["/b.css", "/%E4", "/..%2fdeno.json", "/_fresh/js/abc/"]) {
    assert.equal((await ask(path)).status, 404);
  }
});
