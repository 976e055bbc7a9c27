import assert from "node:assert/strict";
import { App } from "../app.ts";
import { csp, type CSPOptions } from "./csp.ts";

async function policyOf(options: CSPOptions, path = "/x"): Promise<string> {
  const app = new App<unknown>().use(csp(options)).get("/x", () => new Response(""));
  const response = await app.handler()(new Request(`http://localhost${path}`));
  return response.headers.get("content-security-policy") ?? "";
}

Deno.test("csp(), nothing inline with useNonce", async () => {
  const policy = await policyOf({ useNonce: true });
  assert.match(policy, /script-src 'self';/);
  assert.match(policy, /style-src 'self';/);
  assert.doesNotMatch(policy, /unsafe/);
  assert.match(await policyOf({}), /script-src 'self' 'unsafe-inline'/);
  assert.match(await policyOf({}), /; upgrade-insecure-requests$/);
});

Deno.test("csp(), own directives replace the default of their name, others are added", async () => {
  const policy = await policyOf({ csp: ["img-src 'self'", "sandbox allow-forms"] });
  assert.match(policy, /img-src 'self'; sandbox allow-forms$/);
  assert.doesNotMatch(policy, /img-src 'self' data:/);
});

Deno.test("csp(), what is thrown is for the error page, which sets headers of its own", async () => {
  assert.equal(await policyOf({}, "/nowhere"), "");
});
