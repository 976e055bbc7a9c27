/** Pushes from a phone's token to push_server, which is played (docs/spec/flows.md 18). */
import assert from "node:assert/strict";
import {
  CID_OTHER_PUSH_TO_USER_REQ,
  CLIENT_TYPE_ANDROID,
  CLIENT_TYPE_IOS,
  IMPushToUserReq,
} from "../../proto/mod.ts";
import { settled } from "../support/chat.ts";
import type { Cluster } from "../support/cluster.ts";
import { type Cell, matrix } from "../support/matrix.ts";
import { pushed } from "../support/played_servers.ts";

const GROUP = 2;

const startWithPush = (cell: Cell) => cell.start({ played: { pushServers: 1 } });

/** A phone of the user registers its token and stays. */
async function phoneOf(
  cluster: Cluster,
  user: string,
  { msgServer = 0, clientType = CLIENT_TYPE_ANDROID as 0x11 | 0x12 } = {},
) {
  const phone = await cluster.login(user, { msgServer, clientType });
  await phone.setDeviceToken(`token of ${user}`);
  await settled(phone);
  return phone;
}

/** Phones of these users register and go. */
async function phonesWere(cluster: Cluster, ...users: readonly string[]): Promise<void> {
  for (const user of users) await (await phoneOf(cluster, user)).close();
}

matrix("a message is pushed with author, badge and what the phone needs to know", {}, async (
  cell,
) => {
  await using cluster = await startWithPush(cell);
  await phonesWere(cluster, "user2");
  await using ann = await cluster.login("user1", { msgServer: cell.far });
  await ann.sendText(2, "hello 你好");
  await ann.sendText(2, "again");
  const push = cluster.played.pushes[0]!;
  for (const [at, alert] of ["nick1:hello 你好", "nick1:again"].entries()) {
    const { message } = await push.expect(CID_OTHER_PUSH_TO_USER_REQ, IMPushToUserReq);
    assert.equal(message.flash, alert);
    assert.deepEqual(JSON.parse(message.data), { from_id: 1, msg_type: 1 });
    const [{ push_count, ...token } = { push_count: 0 }, ...rest] = message.user_token_list;
    assert.deepEqual([{ ...token }, rest], [
      { user_id: 2, user_type: CLIENT_TYPE_ANDROID, token: "token of user2", push_type: 1 },
      [],
    ]);
    // The badge is that of the moment when it was asked for.
    assert.ok(push_count > at && push_count <= 2, `badge ${push_count}`);
  }
});

matrix("a group message is pushed once to each member who wants it (P-PUSH1)", {}, async (cell) => {
  await using cluster = await startWithPush(cell);
  await phonesWere(cluster, "user1", "user2");
  await using shielding = await phoneOf(cluster, "user3", { msgServer: cell.far });
  await shielding.shieldGroup(GROUP, 1);
  await using ann = await cluster.login("user1", { msgServer: cell.far });
  const push = cluster.played.pushes[0]!;
  for (const text of ["one", "two"]) {
    await ann.groupText(GROUP, text);
    assert.deepEqual(await pushed(push), [`nick1:${text}`, [2, 1]]);
  }
});

matrix("a push is silent for who has a PC online, wherever", {}, async (cell) => {
  await using cluster = await startWithPush(cell);
  await phonesWere(cluster, "user2", "user3");
  await using ann = await cluster.login("user1");
  const push = cluster.played.pushes[0]!;
  for (const msgServer of [0, cell.far]) {
    const pc = await cluster.login("user2", { msgServer });
    await pc.next("status"); // msg_servers know now.
    await ann.sendText(2, "hello");
    assert.deepEqual(await pushed(push), ["nick1:hello", [2, 2]]);
    await ann.sendText(3, "hello");
    assert.deepEqual(await pushed(push), ["nick1:hello", [3, 1]]);
    await pc.close();
  }
});

matrix("a phone that is online gets its push too (P-PUSH10)", {}, async (cell) => {
  await using cluster = await startWithPush(cell);
  await using _phone = await phoneOf(cluster, "user2", {
    msgServer: cell.far,
    clientType: CLIENT_TYPE_IOS,
  });
  await using ann = await cluster.login("user1");
  await ann.sendText(2, "hello");
  assert.deepEqual(await pushed(cluster.played.pushes[0]!), ["nick1:hello", [2, 1]]);
});

matrix(
  "after its logout a phone gets no pushes, a PC that logs out changes nothing (P-PUSH2)",
  {},
  async (
    cell,
  ) => {
    await using cluster = await startWithPush(cell);
    await phonesWere(cluster, "user2");
    const phone = await phoneOf(cluster, "user3");
    await (await cluster.login("user2")).logout();
    await phone.logout();
    await using ann = await cluster.login("user1");
    await settled(ann);
    await ann.sendText(3, "nobody hears it");
    await ann.sendText(2, "hello");
    assert.deepEqual(await pushed(cluster.played.pushes[0]!), ["nick1:hello", [2, 1]]);
  },
);
