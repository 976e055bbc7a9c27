/**
 * MySQL or Redis dies under load and comes back. Clients get no ack for what was not stored, service
 * goes on by itself, and everything that was acknowledged is there.
 */
import assert from "node:assert/strict";
import type { Client } from "../../shared/client/mod.ts";
import { TestMariadb } from "../../shared/storage/mysql/test_support/test_mariadb.ts";
import { NEEDED_ENGINES } from "../../shared/storage/mysql/test_support/engine_suite.ts";
import { isSkipped } from "../../shared/test_support/engines.ts";
import { group, single, unreadOf, wholeHistory } from "../support/chat.ts";
import { type Cluster, startCluster } from "../support/cluster.ts";
import { makeEnginesPlace } from "../support/data_place.ts";
import { demoData } from "../support/demo_data.ts";
import { Ledger } from "../support/ledger.ts";

/** What the issue allows; the engine's own retry is every two seconds. */
const BACK_WITHIN_MS = 5000;

interface Outage {
  /** What dies. */
  readonly stop: () => Promise<void>;
  readonly start: () => Promise<void>;
}

/** Sends until a message is not acknowledged: then the engine's absence has been noticed. */
async function noticed(client: Client): Promise<void> {
  for (;;) {
    try {
      await client.sendText(4, "is anybody there?");
    } catch {
      return;
    }
  }
}

async function surviving(cluster: Cluster, outage: Outage): Promise<void> {
  await using ann = await cluster.login("user1", { msgServer: 0 });
  await using bob = await cluster.login("user2", { msgServer: 1 });
  await using probe = await cluster.login("user3", { msgServer: 1, requestTimeoutMs: 1000 });
  const ledger = new Ledger();
  const talks = [
    ledger.talk(ann, [{ session: single(2), conversation: "pair" }]),
    ledger.talk(bob, [
      { session: single(1), conversation: "pair" },
      { session: group(1), conversation: "group" },
    ]),
  ];
  await ledger.acks(100);
  await outage.stop();
  await noticed(probe);
  await outage.start();
  const backAtMs = performance.now();
  while (true) {
    const isStored = await probe.sendText(4, "again").then(() => true, () => false);
    if (isStored) break;
    assert.ok(performance.now() - backAtMs < BACK_WITHIN_MS, "service resumes in time");
  }
  await ledger.acks(100);
  for (const client of [ann, bob]) await client.close();
  await Promise.all(talks);
  await using reader = await cluster.login("user2", { msgServer: 0 });
  ledger.check("pair", await wholeHistory(reader, single(1)), { gaps: "allowed" });
  ledger.check("group", await wholeHistory(reader, group(1)), { gaps: "allowed" });
  assert.ok(await unreadOf(reader, single(1)) > 0);
}

Deno.test("MySQL dies under load and comes back: no false ack, nothing lost", async (t) => {
  if (await isSkipped(t, NEEDED_ENGINES)) return;
  await using mariadb = await TestMariadb.start();
  await using place = await makeEnginesPlace({ mariadbPort: mariadb.port });
  await using cluster = await startCluster({
    data: place.storage,
    msgServers: 2,
    seed: demoData(5),
  });
  await surviving(cluster, { stop: () => mariadb.kill(), start: () => mariadb.restart() });
});

for (const keeps of ["everything", "nothing"] as const) {
  Deno.test(`Redis dies under load and comes back with ${keeps}: no false ack, nothing lost`, async (t) => {
    if (await isSkipped(t, NEEDED_ENGINES)) return;
    const folder = await Deno.makeTempDir({ prefix: "teamtalk_redis_" });
    try {
      const options = keeps === "nothing"
        ? []
        : ["--dir", folder, "--appendonly", "yes", "--appendfsync", "always"];
      await using place = await makeEnginesPlace({ redisOptions: options });
      await using cluster = await startCluster({
        data: place.storage,
        msgServers: 2,
        seed: demoData(5),
      });
      await surviving(cluster, {
        stop: () => place.engines.killRedis(),
        start: () => place.engines.restartRedis(...options),
      });
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}
