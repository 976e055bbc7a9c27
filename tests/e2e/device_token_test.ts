/** Where pushes go, from the phone's registration to what msg_server will ask (docs/spec/flows.md 18). */
import assert from "node:assert/strict";
import {
  CID_LOGIN_REQ_DEVICETOKEN,
  CID_LOGIN_RES_DEVICETOKEN,
  CLIENT_TYPE_ANDROID,
  CLIENT_TYPE_IOS,
  IMDeviceTokenReq,
} from "../../proto/mod.ts";
import { commandIdOf } from "../../shared/pdu/mod.ts";
import { settled } from "../support/chat.ts";
import type { Cluster } from "../support/cluster.ts";
import { DbPeer } from "../support/db_peer.ts";
import { matrix } from "../support/matrix.ts";

const iphone = { clientType: CLIENT_TYPE_IOS } as const;
const android = { clientType: CLIENT_TYPE_ANDROID } as const;

async function tokensOf(peer: DbPeer, ...userIds: number[]): Promise<[number, number, string][]> {
  const { user_token_info } = await peer.deviceTokens(userIds);
  return user_token_info.map(({ user_id, user_type, token }) => [user_id, user_type, token]);
}

/** Logs a phone in and registers its token. */
async function phoneWithToken(
  cluster: Cluster,
  { user, token, msgServer = 0, ...type }: {
    user: string;
    token: string;
    msgServer?: number;
    clientType: typeof CLIENT_TYPE_IOS | typeof CLIENT_TYPE_ANDROID;
  },
) {
  const phone = await cluster.login(user, { msgServer, ...type });
  assert.deepEqual({ ...await phone.setDeviceToken(token) }, { user_id: phone.userId });
  await settled(phone);
  return phone;
}

matrix(
  "phones register their tokens with their type, the last one counts (P-PUSH6)",
  {},
  async (cell) => {
    await using cluster = await cell.start();
    await using peer = await DbPeer.connect(cluster, cell.links);
    await using _one = await phoneWithToken(cluster, { user: "user1", token: "ONE", ...iphone });
    await using two = await phoneWithToken(cluster, {
      user: "user2",
      token: "OLD",
      msgServer: cell.far,
      ...android,
    });
    await two.setDeviceToken("TWO");
    await settled(two);
    assert.deepEqual(await tokensOf(peer, 1, 2, 3), [
      [1, CLIENT_TYPE_IOS, "ONE"],
      [2, CLIENT_TYPE_ANDROID, "TWO"],
    ]);
  },
);

matrix("a token from a PC is ignored without an answer", {}, async (cell) => {
  await using cluster = await cell.start();
  await using peer = await DbPeer.connect(cluster, cell.links);
  await using _phone = await phoneWithToken(cluster, { user: "user1", token: "MINE", ...iphone });
  await using pc = await cluster.login("user1", { msgServer: cell.far });
  const answers: number[] = [];
  pc.onFrame((frame) => {
    if (commandIdOf(frame) === CID_LOGIN_RES_DEVICETOKEN) answers.push(commandIdOf(frame));
  });
  for (const device_token of ["PC", ""]) {
    pc.notify({ id: CID_LOGIN_REQ_DEVICETOKEN, request: IMDeviceTokenReq }, {
      user_id: 1,
      device_token,
      client_type: CLIENT_TYPE_IOS,
    });
  }
  await settled(pc);
  assert.deepEqual(answers, []);
  assert.deepEqual(await tokensOf(peer, 1), [[1, CLIENT_TYPE_IOS, "MINE"]]);
});

matrix("a client cannot register in the name of others, nor as another type", {}, async (cell) => {
  await using cluster = await cell.start();
  await using peer = await DbPeer.connect(cluster, cell.links);
  await using phone = await cluster.login("user1", { msgServer: cell.far, ...android });
  phone.notify({ id: CID_LOGIN_REQ_DEVICETOKEN, request: IMDeviceTokenReq }, {
    user_id: 2,
    device_token: "T",
    client_type: CLIENT_TYPE_IOS,
  });
  await settled(phone);
  assert.deepEqual(await tokensOf(peer, 1, 2), [[1, CLIENT_TYPE_ANDROID, "T"]]);
});

matrix("a phone that changes hands is pushed for its new user only (P-PUSH9)", {}, async (cell) => {
  await using cluster = await cell.start();
  await using peer = await DbPeer.connect(cluster, cell.links);
  await using _ann = await phoneWithToken(cluster, { user: "user1", token: "SHARED", ...iphone });
  await using _bob = await phoneWithToken(cluster, {
    user: "user2",
    token: "SHARED",
    msgServer: cell.far,
    ...iphone,
  });
  assert.deepEqual(await tokensOf(peer, 1, 2), [[2, CLIENT_TYPE_IOS, "SHARED"]]);
});

matrix("a phone that logs out is pushed no more, a PC that does changes nothing", {}, async (
  cell,
) => {
  await using cluster = await cell.start();
  await using peer = await DbPeer.connect(cluster, cell.links);
  await using phone = await phoneWithToken(cluster, { user: "user1", token: "T", ...android });
  const pc = await cluster.login("user1");
  await pc.logout();
  await settled(phone);
  assert.deepEqual(await tokensOf(peer, 1), [[1, CLIENT_TYPE_ANDROID, "T"]]);
  await using witness = await cluster.login("user1");
  await phone.logout();
  await settled(witness);
  assert.deepEqual(await tokensOf(peer, 1), []);
});

matrix("the badge counts all unread messages, and the query comes back with it", {}, async (
  cell,
) => {
  await using cluster = await cell.start();
  await using peer = await DbPeer.connect(cluster, cell.links);
  await using bob = await phoneWithToken(cluster, { user: "user2", token: "T", ...android });
  await using ann = await cluster.login("user1", { msgServer: cell.far });
  await ann.sendText(2, "one");
  await ann.sendText(2, "two");
  await ann.groupText(2, "three");
  await ann.sendText(3, "not for user2");
  const message = new Uint8Array([1, 2, 3]);
  const { user_token_info, attach_data } = await peer.deviceTokens([2, 1], message);
  assert.deepEqual(user_token_info.map((info) => ({ ...info })), [{
    user_id: 2,
    user_type: CLIENT_TYPE_ANDROID,
    token: "T",
    push_count: 3,
    push_type: 1,
  }]);
  assert.deepEqual(attach_data, message);
  await bob.shieldGroup(2, 1);
  assert.deepEqual(await peer.groupShields(2, [3, 2, 1, 2]), [[3, 0], [2, 1], [1, 0], [2, 1]]);
  peer.askUnknownGroup(99);
  assert.deepEqual(await peer.groupShields(1, [2]), [[2, 0]]);
});
