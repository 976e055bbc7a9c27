/** How many connections one address may have, and how many that have not logged in, over TCP and TLS. */
import assert from "node:assert/strict";
import { CertificateFolder } from "../../shared/netlib/test_support/secured_network.ts";
import { type Cluster, startCluster } from "../support/cluster.ts";
import { demoData } from "../support/demo_data.ts";
import { isServed, rawLogin } from "../support/raw_login.ts";
import { ScriptedLink } from "../support/scripted_link.ts";

/** Connects as a client that says nothing yet; resolves when the server has accepted it. */
async function accepted(cluster: Cluster): Promise<ScriptedLink> {
  const link = await cluster.connect();
  await isServed(link);
  return link;
}

Deno.test("msg_server closes the oldest of too many that have not logged in, and none that has", async () => {
  await using cluster = await startCluster({
    seed: demoData(3),
    limits: { newcomers: { max: 3, maxPerAddress: null } },
  });
  await using user = await accepted(cluster);
  assert.equal((await rawLogin(user)).result_code, 0);
  const silent = [];
  for (let i = 0; i < 5; i++) silent.push(await accepted(cluster));
  for (const link of silent.slice(0, 2)) await link.ended();
  for (const link of silent.slice(2)) await isServed(link);
  await isServed(user);
  // Whoever means it gets in, however many say nothing.
  await using late = await accepted(cluster);
  assert.equal((await rawLogin(late, { user_name: "user2" })).result_code, 0);
  for (const link of silent) await link.close();
});

Deno.test("msg_server closes the oldest of an address with too many that have not logged in", async () => {
  await using cluster = await startCluster({
    seed: demoData(1),
    limits: { newcomers: { max: 100, maxPerAddress: 2 } },
  });
  const silent = [];
  for (let i = 0; i < 3; i++) silent.push(await accepted(cluster));
  await silent[0]!.ended();
  for (const link of silent.slice(1)) await isServed(link);
  for (const link of silent) await link.close();
});

Deno.test("msg_server refuses connections of an address above MaxConnCntPerIP, with TLS too", async () => {
  using folder = new CertificateFolder();
  const { certFile, keyFile } = folder;
  await using cluster = await startCluster({
    seed: demoData(3),
    clientTls: { ports: { TlsPort: 0 }, certFile, keyFile, isRequired: false },
    limits: { maxLinksPerAddress: 2, newcomers: { max: 100, maxPerAddress: null } },
  });
  await using ann = await cluster.login("user1");
  await using bob = await cluster.login("user2");
  await using third = await cluster.connect();
  await third.ended();
  assert.deepEqual([ann.isOnline, bob.isOnline], [true, true]);
});
