import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { ConfigError, memorySource } from "../shared/config/mod.ts";
import { type AdminConfig, loadAdminConfig } from "./config.ts";

const SHIPPED = await Deno.readTextFile(
  fileURLToPath(new URL("../conf/admin.conf", import.meta.url)),
);

function load(text: string): AdminConfig {
  return loadAdminConfig(memorySource({ files: { "admin.conf": text } }));
}

Deno.test("loadAdminConfig(), the file in conf/ is the default, on loopback", () => {
  const config = load(SHIPPED);
  assert.deepEqual(config.listen, [{ host: "127.0.0.1", port: 8800 }]);
  assert.equal(config.apiSite, "http://127.0.0.1:8400/");
  assert.equal(config.publicOrigin, null);
  assert.equal(config.secureCookies, false);
});

Deno.test("loadAdminConfig(), the keys that are commented out can be used as they are", () => {
  const config = load(SHIPPED.replace(/^#(?=[A-Z]\w+=)/gm, ""));
  assert.equal(config.publicOrigin, "https://admin.example.org");
  assert.equal(config.secureCookies, true);
  assert.deepEqual(config.trustedProxies, ["127.0.0.1", "::1"]);
});

const API = "ApiSite=http://127.0.0.1:8400/\n";

Deno.test("loadAdminConfig(), cookies are for TLS only where the public origin has TLS", () => {
  assert.equal(load(`${API}PublicOrigin=https://a.example\n`).secureCookies, true);
  assert.equal(load(`${API}PublicOrigin=http://a.example:81\n`).secureCookies, false);
  assert.equal(
    load(`${API}PublicOrigin=https://a.example\nSecureCookies=0\n`).secureCookies,
    false,
  );
  assert.equal(load(`${API}SecureCookies=1\n`).secureCookies, true);
});

const MISTAKES: readonly (readonly [text: string, reason: RegExp])[] = [
  ["", /ApiSite/],
  [
    `${API}PublicOrigin=https://a.example/admin\n`,
    /PublicOrigin="https:\/\/a\.example\/admin".*no path/,
  ],
  [`${API}PublicOrigin=a.example\n`, /PublicOrigin="a\.example"/],
  [`${API}PublicOrigin=ftp://a.example\n`, /PublicOrigin="ftp:/],
  [`${API}PublicOrigin=http://a.example\nSecureCookies=1\n`, /contradict/],
  [`${API}ListenPort=70000\n`, /ListenPort="70000"/],
  [`${API}Listen=1\n`, /Listen/],
];

for (const [text, reason] of MISTAKES) {
  Deno.test(`loadAdminConfig(), refuses ${JSON.stringify(text.replace(API, ""))}`, () => {
    assert.throws(
      () => load(text),
      (error) => error instanceof ConfigError && reason.test(error.message),
    );
  });
}
