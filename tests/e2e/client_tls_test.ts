/** Clients that speak TLS: they find the port by the lookup, and talk with those that do not. */
import assert from "node:assert/strict";
import { CLIENT_TYPE_WINDOWS } from "../../proto/mod.ts";
import { runDoctor } from "../../servers/suite/doctor/doctor.ts";
import { connectClient, lookupOverHttp, lookupOverTcp } from "../../shared/client/mod.ts";
import { systemClock } from "../../shared/clock.ts";
import { type ClientTls, memorySource } from "../../shared/config/mod.ts";
import { CertificateFolder } from "../../shared/netlib/test_support/secured_network.ts";
import { hears } from "../support/chat.ts";
import { type Cluster, startCluster } from "../support/cluster.ts";
import { demoData, PASSWORD } from "../support/demo_data.ts";

/** Any free port for each key. */
function tlsPorts<Port extends string>(
  { certFile, keyFile }: CertificateFolder,
  ...keys: readonly Port[]
): ClientTls<Port> {
  const ports = Object.fromEntries(keys.map((key) => [key, 0])) as Record<Port, number>;
  return { ports, certFile, keyFile, isRequired: false };
}

async function startTlsCluster(folder: CertificateFolder, isRequired = false): Promise<Cluster> {
  return await startCluster({
    seed: demoData(3),
    clientTls: { ...tlsPorts(folder, "TlsPort"), isRequired },
    loginTls: { ...tlsPorts(folder, "ClientTlsPort", "HttpTlsPort"), isRequired },
  });
}

Deno.test("a client finds the TLS port over every kind of lookup, and old ones are served", async () => {
  using folder = new CertificateFolder();
  await using cluster = await startTlsCluster(folder);
  const { network } = cluster;
  const caCerts = [folder.authority.cert];
  using http = Deno.createHttpClient({ caCerts });
  const { host, port } = cluster.lookupTls.http!;
  const lookups = {
    "plain HTTP": () => lookupOverHttp(`http://127.0.0.1:${cluster.lookupHttp.port}`),
    HTTPS: () =>
      lookupOverHttp(`https://${host}:${port}`, {
        fetch: (url, init) =>
          fetch(url, { ...init, client: http, headers: { connection: "close" } }),
      }),
    "plain TCP": () => lookupOverTcp(network, cluster.lookupTcp),
    "TCP with TLS": () =>
      lookupOverTcp(network, cluster.lookupTls.client!, { tls: folder.connect }),
  };
  await using old = await cluster.login("user2");
  for (const [name, lookup] of Object.entries(lookups)) {
    await using ann = await connectClient({
      network,
      clock: systemClock,
      server: lookup,
      tls: folder.connect,
      userName: "user1",
      password: PASSWORD,
      clientType: CLIENT_TYPE_WINDOWS,
      heartbeatMs: null,
    });
    await ann.sendText(old.userId, `found by ${name}`);
    await hears(old, `found by ${name}`);
    await old.sendText(ann.userId, "answer");
    await hears(ann, "answer");
  }
});

Deno.test("with RequireTls=1 no plain port is open", async () => {
  using folder = new CertificateFolder();
  await using cluster = await startTlsCluster(folder, true);
  const { network } = cluster;
  await assert.rejects(lookupOverTcp(network, cluster.lookupTcp), /Connection lost/);
  await assert.rejects(cluster.login("user1"), /connection|lost/i);
  const found = await lookupOverTcp(network, cluster.lookupTls.client!, { tls: folder.connect });
  assert.ok(found.ok);
  assert.equal(found.value.port, found.value.tlsPort, "old clients are told the same port");
  await using ann = await connectClient({
    network,
    clock: systemClock,
    server: { host: found.value.priorIp, port: found.value.tlsPort! },
    tls: folder.connect,
    userName: "user1",
    password: PASSWORD,
    clientType: CLIENT_TYPE_WINDOWS,
    heartbeatMs: null,
  });
  assert.equal(ann.isOnline, true);
});

Deno.test("a client that wants TLS does not fall back to plain TCP", async () => {
  await using cluster = await startCluster({ seed: demoData(1) });
  const options = {
    network: cluster.network,
    clock: systemClock,
    server: () => lookupOverTcp(cluster.network, cluster.lookupTcp),
    tls: { caFile: null, serverName: null, certFile: null, keyFile: null },
    userName: "user1",
    password: PASSWORD,
    clientType: CLIENT_TYPE_WINDOWS,
    heartbeatMs: null,
  } as const;
  await assert.rejects(connectClient(options), /speaks no TLS/);
});

Deno.test("the doctor connects to the TLS port as clients are told of it", async () => {
  using folder = new CertificateFolder();
  await using cluster = await startTlsCluster(folder);
  const { port } = cluster.lookupHttp;
  const examine = async (...args: string[]): Promise<string[]> => {
    const lines: string[] = [];
    await runDoctor({
      source: memorySource({ args: ["--server", `http://127.0.0.1:${port}`, ...args] }),
      network: cluster.network,
      fetch: (url, init) => fetch(url, { ...init, headers: { connection: "close" } }),
      clock: systemClock,
      machine: {
        denoVersion: "2.9.6",
        addresses: ["127.0.0.1"],
        resolve: (host) => Promise.resolve([host]),
      },
      print: (line) => void lines.push(line),
    });
    return lines.filter((line) => /^(OK|FAIL) +msg_server/.test(line));
  };
  const [plain, secured] = await examine("--ca", folder.caFile);
  assert.match(plain!, /^OK .* answers, \d+ ms$/);
  assert.match(secured!, /^OK .* answers over TLS, \d+ ms$/);
  const [, unknown] = await examine();
  assert.match(unknown!, /^FAIL .*certificate/);
});
