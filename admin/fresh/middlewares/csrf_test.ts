import assert from "node:assert/strict";
import { App } from "../app.ts";
import { csrf, type CsrfOptions } from "./csrf.ts";

async function statusOf(
  options: CsrfOptions<unknown>,
  headers: Record<string, string>,
  method = "POST",
): Promise<number> {
  const app = new App<unknown>().use(csrf(options)).all("/x", () => new Response(""));
  const request = new Request("http://localhost:8800/x", { method, headers });
  return (await app.handler()(request)).status;
}

const OWN = "http://localhost:8800";
const OTHER = "https://evil.example";
const CASES: readonly (readonly [
  what: string,
  options: CsrfOptions<unknown>,
  headers: Record<string, string>,
  status: number,
])[] = [
  ["same-origin", {}, { "sec-fetch-site": "same-origin", origin: OWN }, 200],
  ["typed by the user", {}, { "sec-fetch-site": "none" }, 200],
  ["cross-site", {}, { "sec-fetch-site": "cross-site", origin: OTHER }, 403],
  ["same-site, another origin", {}, { "sec-fetch-site": "same-site", origin: OTHER }, 403],
  ["cross-site without Origin", {}, { "sec-fetch-site": "cross-site" }, 403],
  ["old browser, own Origin", {}, { origin: OWN }, 200],
  ["old browser, other Origin", {}, { origin: OTHER }, 403],
  ["old browser, opaque Origin", {}, { origin: "null" }, 403],
  ["no browser", {}, {}, 200],
  [
    "behind a proxy, its Origin",
    { origin: "https://a.example" },
    { origin: "https://a.example" },
    200,
  ],
  ["behind a proxy, another", { origin: "https://a.example" }, { origin: OWN }, 403],
  ["one of several", { origin: [OTHER, OWN] }, { origin: OTHER }, 200],
  ["by a function", { origin: (origin) => origin === OTHER }, { origin: OTHER }, 200],
];

for (const [what, options, headers, status] of CASES) {
  Deno.test(`csrf(), a form that is ${what} is answered with ${status}`, async () => {
    assert.equal(await statusOf(options, headers), status);
  });
}

Deno.test("csrf(), reading is allowed from everywhere", async () => {
  const headers = { "sec-fetch-site": "cross-site", origin: OTHER };
  for (const method of ["GET", "HEAD", "OPTIONS"]) {
    assert.equal(await statusOf({}, headers, method), 200);
  }
});
