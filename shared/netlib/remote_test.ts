import assert from "node:assert/strict";
import { remoteOf } from "./remote.ts";

function remote(peer: string, forwarded?: string, proxies: readonly string[] = ["10.0.0.9"]) {
  const headers = { ...(forwarded !== undefined && { "X-Forwarded-For": forwarded }) };
  return remoteOf(new Request("http://localhost/", { headers }), peer, proxies);
}

Deno.test("remoteOf(), the peer's address in any form, without its port", () => {
  assert.equal(remote("10.0.0.1:4711"), "10.0.0.1");
  assert.equal(remote("[::ffff:10.0.0.1]:4711"), "10.0.0.1");
  assert.equal(remote("[::1]:4711"), "::1");
});

Deno.test("remoteOf(), believes X-Forwarded-For of a trusted proxy only, and its last entry", () => {
  assert.equal(remote("10.0.0.9:1", "1.2.3.4, 5.6.7.8"), "5.6.7.8");
  assert.equal(remote("10.0.0.8:1", "5.6.7.8"), "10.0.0.8");
  assert.equal(remote("10.0.0.9:1", "unknown"), "10.0.0.9");
  assert.equal(remote("10.0.0.9:1"), "10.0.0.9");
});
