/** Who is told that somebody came or went (docs/spec/flows.md 5). */
import assert from "node:assert/strict";
import {
  CLIENT_TYPE_ANDROID,
  CLIENT_TYPE_IOS,
  USER_STATUS_OFFLINE,
  USER_STATUS_ONLINE,
} from "../../proto/mod.ts";
import type { Client } from "../../shared/client/mod.ts";
import type { Cluster } from "../support/cluster.ts";
import { endOf, hears } from "../support/chat.ts";
import { matrix } from "../support/matrix.ts";

const ONLINE = USER_STATUS_ONLINE;
const OFFLINE = USER_STATUS_OFFLINE;

/** The next notification at a PC is this one. */
async function sees(watcher: Client, userId: number, status: number): Promise<void> {
  const next = await watcher.next("status");
  assert.deepEqual([next.user_id, next.status], [userId, status]);
}

/** A PC that has seen its own login. */
async function watcherAt(cluster: Cluster, msgServer: number): Promise<Client> {
  const watcher = await cluster.login("user5", { msgServer });
  await sees(watcher, 5, ONLINE);
  return watcher;
}

matrix("PC clients see a PC come and go, the user himself included (Q-STAT)", {}, async (cell) => {
  await using cluster = await cell.start();
  await using watcher = await watcherAt(cluster, cell.far);
  const pc = await cluster.login("user1");
  await sees(pc, 1, ONLINE);
  await sees(watcher, 1, ONLINE);
  await pc.close();
  await sees(watcher, 1, OFFLINE);
});

matrix("phones come and go unseen", {}, async (cell) => {
  await using cluster = await cell.start();
  await using watcher = await watcherAt(cluster, cell.far);
  const phone = await cluster.login("user1", { clientType: CLIENT_TYPE_IOS });
  await phone.close();
  await using other = await cluster.login("user2");
  await sees(watcher, 2, ONLINE);
  await sees(other, 2, ONLINE);
});

matrix(
  "a PC that goes while the phone stays is seen, and told to the phone (Q-PCNUM)",
  {},
  async (cell) => {
    await using cluster = await cell.start();
    await using watcher = await watcherAt(cluster, cell.far);
    await using phone = await cluster.login("user1", {
      msgServer: cell.far,
      clientType: CLIENT_TYPE_ANDROID,
    });
    const pc = await cluster.login("user1");
    assert.deepEqual({ ...await phone.next("pcStatus") }, { user_id: 1, login_stat: ONLINE });
    await sees(watcher, 1, ONLINE);
    await pc.logout();
    assert.deepEqual({ ...await phone.next("pcStatus") }, { user_id: 1, login_stat: OFFLINE });
    await sees(watcher, 1, OFFLINE);
    // The phone goes too: nobody has to be told.
    await phone.close();
    await using _fence = await cluster.login("user4");
    await sees(watcher, 4, ONLINE);
  },
);

matrix(
  "a phone that logs in learns that a PC is online, and only then (Q-PCON)",
  {},
  async (cell) => {
    await using cluster = await cell.start();
    await using watcher = await watcherAt(cluster, cell.far);
    await using pc = await cluster.login("user1");
    await sees(watcher, 1, ONLINE);
    await using phone = await cluster.login("user1", {
      msgServer: cell.far,
      clientType: CLIENT_TYPE_IOS,
    });
    assert.deepEqual({ ...await phone.next("pcStatus") }, { user_id: 1, login_stat: ONLINE });
    await using alone = await cluster.login("user2", {
      msgServer: cell.far,
      clientType: CLIENT_TYPE_IOS,
    });
    await using _fence = await cluster.login("user4");
    await sees(watcher, 4, ONLINE);
    await alone.serverTime();
    assert.deepEqual(alone.drain("pcStatus"), []);
    assert.deepEqual(pc.drain("pcStatus"), []);
  },
);

matrix("phones get no status notifications (Q-STAT)", {}, async (cell) => {
  await using cluster = await cell.start();
  await using phone = await cluster.login("user1", {
    msgServer: cell.far,
    clientType: CLIENT_TYPE_ANDROID,
  });
  await using watcher = await watcherAt(cluster, cell.far);
  await using bob = await cluster.login("user2");
  await sees(watcher, 2, ONLINE);
  await bob.sendText(1, "did you see me?");
  await hears(phone, "did you see me?");
  assert.deepEqual(phone.drain("status"), []);
});

matrix("users status tells who has a PC online, in the order of the question", {}, async (cell) => {
  await using cluster = await cell.start();
  await using ann = await cluster.login("user1");
  await using bob = await cluster.login("user2", { msgServer: cell.far });
  await using _phone = await cluster.login("user3", {
    msgServer: cell.far,
    clientType: CLIENT_TYPE_IOS,
  });
  await sees(ann, 1, ONLINE);
  await sees(ann, 2, ONLINE);
  const { user_id, user_stat_list } = await ann.usersStatus([99, 2, 3, 1, 2]);
  assert.equal(user_id, 1);
  assert.deepEqual(
    user_stat_list.map((stat) => [stat.user_id, stat.status]),
    [[99, OFFLINE], [2, ONLINE], [3, OFFLINE], [1, ONLINE], [2, ONLINE]],
  );
  await bob.close();
  await sees(ann, 2, OFFLINE);
  const later = await ann.usersStatus([2]);
  assert.equal(later.user_stat_list[0]!.status, OFFLINE);
});

matrix("a logout is answered and then the connection closed", {}, async (cell) => {
  await using cluster = await cell.start();
  await using watcher = await watcherAt(cluster, cell.far);
  const pc = await cluster.login("user1");
  await sees(watcher, 1, ONLINE);
  assert.equal((await pc.logout()).result_code, 0);
  await sees(watcher, 1, OFFLINE);
});

matrix("the users of a msg_server that stops are seen to go", { msgServers: [2] }, async (cell) => {
  await using cluster = await cell.start();
  await using watcher = await watcherAt(cluster, 0);
  await using pc = await cluster.login("user1", { msgServer: 1 });
  await sees(watcher, 1, ONLINE);
  await cluster.stopMsgServer(1);
  await endOf(pc);
  await sees(watcher, 1, OFFLINE);
});

matrix("without route_server everybody is reported offline", { msgServers: [1] }, async (cell) => {
  await using cluster = await cell.start();
  await using ann = await cluster.login("user1");
  await cluster.stopServer("route_server");
  const { user_stat_list } = await ann.usersStatus([1, 2]);
  assert.deepEqual(user_stat_list.map((stat) => stat.status), [OFFLINE, OFFLINE]);
});
