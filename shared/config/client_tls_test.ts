import assert from "node:assert/strict";
import { clientLimits } from "./client_limits.ts";
import { clientBindings, clientTls, tlsAddress, withShiftedPorts } from "./client_tls.ts";
import { ConfigError } from "./error.ts";
import { loadConfig } from "./load.ts";
import { defineConfig } from "./schema.ts";
import { memorySource } from "./source.ts";

const schema = defineConfig("a.conf", {
  Tls: clientTls("ClientTlsPort", "HttpTlsPort"),
  Limits: clientLimits({ newcomers: 50, newcomersPerIp: 10 }),
});

function load(text: string) {
  return loadConfig(schema, memorySource({ files: { "a.conf": text } }));
}

const FILES = "TlsCertFile=c\nTlsKeyFile=k\n";
const PLAIN = { hosts: ["10.0.0.1", "::1"], port: 8008 };

Deno.test("clientTls(), without a TLS port there is none, and every address is plain", () => {
  const { Tls } = load(FILES);
  assert.equal(Tls, null);
  assert.deepEqual(clientBindings(PLAIN, Tls, "ClientTlsPort"), [
    { host: "10.0.0.1", port: 8008 },
    { host: "::1", port: 8008 },
  ]);
});

Deno.test("clientTls(), a TLS port is beside the plain one, or in its place", () => {
  const { Tls } = load(`${FILES}ClientTlsPort=8443`);
  const tls = { certFile: "c", keyFile: "k", clientCaFile: null };
  const bindings = clientBindings(PLAIN, Tls, "ClientTlsPort");
  assert.deepEqual(bindings.map(({ port }) => port), [8008, 8008, 8443, 8443]);
  assert.deepEqual(bindings[2], { host: "10.0.0.1", port: 8443, tls });
  assert.deepEqual(clientBindings(PLAIN, Tls, "HttpTlsPort").map(({ port }) => port), [8008, 8008]);
  assert.equal(tlsAddress(bindings, ["a", "b", "c", "d"]), "c");
  assert.equal(tlsAddress(bindings.slice(0, 2), ["a", "b"]), null);

  const required = load(`${FILES}ClientTlsPort=8443\nHttpTlsPort=9443\nRequireTls=1`).Tls;
  assert.deepEqual(
    clientBindings(PLAIN, required, "HttpTlsPort").map(({ port }) => port),
    [9443, 9443],
  );
  const shifted = withShiftedPorts(required, (port) => port + 100);
  assert.deepEqual(shifted?.ports, { ClientTlsPort: 8543, HttpTlsPort: 9543 });
});

for (
  const [text, problem] of [
    ["ClientTlsPort=8443", /TlsCertFile is missing .*\n.*TlsKeyFile is missing/],
    [`${FILES}RequireTls=1`, /ClientTlsPort is missing .*\n.*HttpTlsPort is missing/],
    [`${FILES}RequireTls=1\nClientTlsPort=1`, /HttpTlsPort is missing/],
    [`${FILES}ClientTlsPort=x`, /ClientTlsPort="x" is not allowed/],
    ["MaxNewConnCnt=0", /MaxNewConnCnt="0" is not allowed/],
    ["MaxConnCntPerIP=-1", /MaxConnCntPerIP="-1" is not allowed/],
  ] as const
) {
  Deno.test(`clientTls() and clientLimits(), ${JSON.stringify(text)} stops the start`, () => {
    assert.throws(() => load(text), (error) => {
      assert.ok(error instanceof ConfigError);
      assert.match(error.message, problem);
      return true;
    });
  });
}

Deno.test("clientLimits(), 0 is no limit, and absent keys have the role's defaults", () => {
  assert.deepEqual(load("").Limits, { newcomers: { max: 50, maxPerAddress: 10 } });
  const text = "MaxConnCntPerIP=7\nMaxNewConnCnt=3\nMaxNewConnCntPerIP=0";
  assert.deepEqual(load(text).Limits, {
    maxLinksPerAddress: 7,
    newcomers: { max: 3, maxPerAddress: null },
  });
});
