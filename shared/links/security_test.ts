import assert from "node:assert/strict";
import { ConfigError, defineConfig, loadConfig, memorySource } from "../config/mod.ts";
import { AddressList } from "./address_list.ts";
import { linkSecurity, OPEN_LINKS } from "./security.ts";

const SECRET = "a secret of this cluster";

function load(
  text: string,
  { role = "listens", env = {}, files = {} }: {
    readonly role?: "listens" | "connects";
    readonly env?: Readonly<Record<string, string>>;
    readonly files?: Readonly<Record<string, string>>;
  } = {},
) {
  const schema = defineConfig("a.conf", { Links: linkSecurity(role) });
  return loadConfig(schema, memorySource({ files: { ...files, "a.conf": text }, env })).Links;
}

Deno.test("linkSecurity(), a file without its keys leaves links as the original has them", () => {
  assert.deepEqual(load(""), OPEN_LINKS);
});

Deno.test("linkSecurity(), the secret comes from the file, a file of its own or the environment", () => {
  assert.equal(load(`LinkSecret=${SECRET}`).secret?.reveal(), SECRET);
  const files = { "/run/link": `${SECRET}\n` };
  assert.equal(load("LinkSecretFile=/run/link", { files }).secret?.reveal(), SECRET);
  const env = { TEAMTALK_A_LINKSECRET: SECRET };
  assert.equal(load("", { env }).secret?.reveal(), SECRET);
});

Deno.test("linkSecurity(), reads TLS when it is on, and not before", () => {
  const keys = "LinkCertFile=c\nLinkKeyFile=k\nLinkCaFile=a\nLinkServerName=n\n";
  assert.equal(load(keys).tls, null);
  const tls = { certFile: "c", keyFile: "k", caFile: "a", serverName: "n" };
  assert.deepEqual(load(`LinkTls=1\n${keys}`).tls, tls);
  assert.deepEqual(load("LinkTls=1", { role: "connects" }).tls, {
    certFile: null,
    keyFile: null,
    caFile: null,
    serverName: null,
  });
});

for (
  const [text, role, problem] of [
    ["LinkSecret=short", "listens", /LinkSecret .*at least 16 characters/],
    ["LinkTls=1", "listens", /LinkCertFile is missing/],
    ["LinkTls=1\nLinkCertFile=c", "connects", /LinkKeyFile is missing/],
    ["LinkTls=yes", "listens", /LinkTls="yes" is not allowed; allowed: 0 or 1/],
    ["LinkPlainPeers=10.0.0.0/33", "listens", /LinkPlainPeers="10.0.0.0\/33" is not allowed/],
    ["LinkPlainPeers=10.0.0", "listens", /LinkPlainPeers="10.0.0" is not allowed/],
    ["LinkPlainPeers=a/8", "listens", /LinkPlainPeers="a\/8" is not allowed/],
  ] as const
) {
  Deno.test(`linkSecurity(), ${JSON.stringify(text)} stops the start of who ${role}`, () => {
    assert.throws(() => load(text, { role }), (error) => {
      assert.ok(error instanceof ConfigError);
      assert.match(error.message, problem);
      assert.ok(!error.message.includes("short"), "the secret is not shown");
      return true;
    });
  });
}

Deno.test("AddressList knows addresses, networks and names", () => {
  const { plainPeers } = load(
    "LinkPlainPeers=10.0.0.1; 10.1.0.0/16 ;fd00::/8;Old.example;0.0.0.0/0",
  );
  assert.equal(plainPeers.length, 5);
  const list = new AddressList(plainPeers.slice(0, 4));
  for (const inside of ["10.0.0.1", "10.1.255.3", "fd12::1", "old.example", "OLD.example"]) {
    assert.equal(list.has(inside), true, inside);
  }
  for (const outside of ["10.0.0.2", "10.2.0.1", "fe80::1", "example", "127.0.0.1", ""]) {
    assert.equal(list.has(outside), false, outside);
  }
  assert.equal(new AddressList(["0.0.0.0/0"]).has("203.0.113.9"), true);
  assert.equal(new AddressList([]).has("127.0.0.1"), false);
});
