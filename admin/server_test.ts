import assert from "node:assert/strict";
import { systemClock } from "../shared/clock.ts";
import { memorySource } from "../shared/config/mod.ts";
import { silentLogger } from "../shared/log/mod.ts";
import { ListenError, TcpNetwork } from "../shared/netlib/mod.ts";
import type { RunningServer } from "../shared/role.ts";
import { type AdminConfig, loadAdminConfig } from "./config.ts";
import { startAdminServer } from "./server.ts";

/** Any free port; nobody is asked for data in these tests. */
const CONFIG = loadAdminConfig(
  memorySource({ files: { "admin.conf": "ListenPort=0\nApiSite=http://127.0.0.1:1/\n" } }),
);

function start(config: Partial<AdminConfig> = {}): Promise<RunningServer<"http">> {
  return startAdminServer({ ...CONFIG, ...config }, {
    network: new TcpNetwork(systemClock),
    clock: systemClock,
    log: silentLogger,
  });
}

function urlOf({ addresses: { http } }: RunningServer<"http">, path: string): string {
  return `http://${http.host}:${http.port}${path}`;
}

for (const [path, status] of [["/login", 200], ["/no-such-page", 404], ["/users", 303]] as const) {
  Deno.test(`startAdminServer(), an answer with ${status} is private and runs nothing inline`, async () => {
    await using server = await start();
    const { status: told, headers, body } = await fetch(urlOf(server, path), {
      redirect: "manual",
    });
    await body?.cancel();
    assert.equal(told, status);
    const policy = headers.get("content-security-policy") ?? "";
    assert.match(policy, /default-src 'self'; .*frame-ancestors 'none'/);
    assert.doesNotMatch(policy, /unsafe|upgrade-insecure-requests/);
    assert.equal(headers.get("x-content-type-options"), "nosniff");
    assert.equal(headers.get("referrer-policy"), "same-origin");
    assert.equal(headers.get("cache-control"), "no-store");
  });
}

Deno.test("startAdminServer(), a form of another site is refused, also behind a proxy", async () => {
  await using server = await start({ publicOrigin: "https://admin.example" });
  const send = async (origin: string): Promise<number> => {
    const response = await fetch(urlOf(server, "/no-such-page"), {
      method: "POST",
      headers: { origin },
    });
    await response.body?.cancel();
    return response.status;
  };
  assert.equal(await send("https://admin.example"), 404);
  assert.equal(await send("https://evil.example"), 403);
  assert.equal(await send(new URL(urlOf(server, "/")).origin), 403);
});

Deno.test("startAdminServer(), leaves nothing open when one of its addresses cannot be bound", async () => {
  await using server = await start();
  const taken = server.addresses.http;
  await assert.rejects(start({ listen: [...CONFIG.listen, taken] }), ListenError);
});

Deno.test("startAdminServer(), after stop() nobody answers", async () => {
  const server = await start();
  await server.stop();
  await assert.rejects(fetch(urlOf(server, "/")), TypeError);
});
