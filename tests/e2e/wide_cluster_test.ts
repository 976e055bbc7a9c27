/**
 * Two db_proxies, two login_servers, two route_servers and three msg_servers: users do not notice on
 * which of them they are, nor that one of them goes away and comes back.
 */
import assert from "node:assert/strict";
import { CLIENT_TYPE_ANDROID, KICK_REASON_DUPLICATE_USER } from "../../proto/mod.ts";
import { lookupOverTcp } from "../../shared/client/mod.ts";
import { ManualClock } from "../../shared/clock.ts";
import { NEEDED_ENGINES } from "../../shared/storage/mysql/test_support/engine_suite.ts";
import { isSkipped } from "../../shared/test_support/engines.ts";
import { group, hears, single, wholeHistory } from "../support/chat.ts";
import { type BackServer, type Cluster, startCluster } from "../support/cluster.ts";
import { demoData } from "../support/demo_data.ts";
import { Ledger } from "../support/ledger.ts";

const BACKS = { db_proxy: 2, login_server: 2, route_server: 2 } as const;

/** The scenario on both kinds of storage, over TCP. Time of the servers stands still. */
function wide(name: string, scenario: (cluster: Cluster) => Promise<void>): void {
  for (const storage of ["sqlite", "mysql"] as const) {
    Deno.test(`${name} (${storage}, two of each, 3 msg_server)`, async (t) => {
      if (storage === "mysql" && await isSkipped(t, NEEDED_ENGINES)) return;
      await using cluster = await startCluster({
        backs: BACKS,
        msgServers: 3,
        storage,
        clock: new ManualClock(),
        seed: demoData(5),
      });
      await scenario(cluster);
    });
  }
}

wide(
  "users on three msg_servers chat, and see each change of presence once (P-RT3)",
  async (cluster) => {
    await using watcher = await cluster.login("user5", { msgServer: 2 });
    const seen: number[] = [];
    watcher.on("status", ({ user_id }) => seen.push(user_id));
    await using ann = await cluster.login("user1", { msgServer: 0 });
    await using bob = await cluster.login("user2", { msgServer: 1 });
    await using eve = await cluster.login("user3", { msgServer: 2 });
    await using phone = await cluster.login("user1", {
      msgServer: 2,
      clientType: CLIENT_TYPE_ANDROID,
    });
    await ann.sendText(2, "hello");
    await hears(bob, "hello");
    await hears(phone, "hello");
    await bob.groupText(1, "hello all");
    for (const client of [ann, eve, phone]) await hears(client, "hello all");
    phone.readAck(single(2), 1);
    assert.equal((await ann.next("readNotify")).session_id, 2);
    const { user_stat_list } = await bob.usersStatus([1, 2, 3, 4, 5]);
    assert.deepEqual(user_stat_list.map(({ status }) => status), [1, 1, 1, 2, 1]);

    await using again = await cluster.login("user1", { msgServer: 1 });
    assert.equal((await ann.next("kicked")).kick_reason, KICK_REASON_DUPLICATE_USER);
    await again.sendText(3, "from elsewhere");
    await hears(eve, "from elsewhere");
    // What a route_server tells comes before what it relays: by now everything was told.
    assert.deepEqual(seen.slice(0, 4), [5, 1, 2, 3]);
  },
);

wide("clients are told of all msg_servers by either login_server", async (cluster) => {
  const told = await lookupOverTcp(cluster.network, cluster.lookupTcp, {});
  assert.ok(told.ok && cluster.msgServers.some(({ port }) => port === told.value.port));
  await cluster.stopServer("login_server", 1);
  await using ann = await cluster.login("user1", { msgServer: 2 });
  assert.equal(ann.userId, 1);
});

for (const name of Object.keys(BACKS) as BackServer[]) {
  wide(
    `each ${name} goes away and comes back while people talk; nothing is lost`,
    async (cluster) => {
      await using ann = await cluster.login("user1", { msgServer: 0 });
      await using bob = await cluster.login("user2", { msgServer: 1 });
      await using eve = await cluster.login("user3", { msgServer: 2 });
      const ledger = new Ledger();
      const ofPair = { session: single(2), conversation: "1 and 2" };
      const ofGroup = { session: group(1), conversation: "group 1" };
      const talks = [
        ledger.talk(ann, [ofPair, ofGroup]),
        ledger.talk(bob, [{ ...ofPair, session: single(1) }, ofGroup]),
        ledger.talk(eve, [ofGroup]),
      ];
      for (const index of [0, 1]) {
        await ledger.acks(200);
        await cluster.stopServer(name, index);
        await ledger.acks(200);
        await using dan = await cluster.login("user4", { msgServer: index });
        assert.equal(dan.userId, 4);
        await cluster.startServer(name, { index });
      }
      await ledger.acks(200);
      for (const client of [ann, bob, eve]) await client.close();
      await Promise.all(talks);
      await using reader = await cluster.login("user1", { msgServer: 2 });
      ledger.check("1 and 2", await wholeHistory(reader, single(2)));
      ledger.check("group 1", await wholeHistory(reader, group(1)));
    },
  );
}
