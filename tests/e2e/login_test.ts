/** Who may log in and what the answer says (docs/spec/flows.md 2). */
import assert from "node:assert/strict";
import {
  CID_LOGIN_RES_USERLOGIN,
  CID_MSG_DATA,
  CLIENT_TYPE_ANDROID,
  IMLoginRes,
  IMMsgData,
  REFUSE_REASON_DB_VALIDATE_FAILED,
  REFUSE_REASON_MSG_SERVER_FULL,
  REFUSE_REASON_NO_DB_SERVER,
  REFUSE_REASON_NO_LOGIN_SERVER,
  REFUSE_REASON_NO_ROUTE_SERVER,
  REFUSE_REASON_NONE,
  USER_STATUS_LEAVE,
  USER_STATUS_OFFLINE,
} from "../../proto/mod.ts";
import { connectClient, LoginRefusedError, lookupOverTcp } from "../../shared/client/mod.ts";
import { systemClock } from "../../shared/clock.ts";
import { hears } from "../support/chat.ts";
import type { BackServer } from "../support/cluster.ts";
import { demoData, demoUser, PASSWORD } from "../support/demo_data.ts";
import { matrix, ONE } from "../support/matrix.ts";
import { isServed, rawLogin, sendLogin } from "../support/raw_login.ts";

matrix("a login answers with the user, the time and what was asked for", ONE, async (cell) => {
  await using cluster = await cell.start();
  for (const online_status of [USER_STATUS_OFFLINE, USER_STATUS_LEAVE]) {
    await using link = await cluster.connect();
    const answer = await rawLogin(link, { user_name: "user2", online_status });
    assert.equal(answer.result_code, REFUSE_REASON_NONE);
    assert.equal(answer.result_string, "成功");
    assert.equal(answer.online_status, online_status);
    assert.ok(Math.abs(answer.server_time - Date.now() / 1000) <= 5);
    assert.deepEqual({ ...answer.user_info }, {
      user_id: 2,
      user_gender: 1,
      user_nick_name: "nick2",
      avatar_url: "",
      department_id: 1,
      email: "user2@example.com",
      user_real_name: "user2",
      user_tel: "13800000002",
      user_domain: "user2",
      status: 0,
      sign_info: "",
    });
  }
});

matrix("a client finds its msg_server through login_server", {}, async (cell) => {
  await using cluster = await cell.start();
  await using client = await connectClient({
    network: cluster.network,
    clock: systemClock,
    server: (signal) => lookupOverTcp(cluster.network, cluster.lookupTcp, { signal }),
    userName: "user1",
    password: PASSWORD,
    clientType: CLIENT_TYPE_ANDROID,
  });
  assert.equal(client.userId, 1);
});

const REFUSED: Readonly<Record<string, { user_name: string; password?: string }>> = {
  "wrong password": { user_name: "user1", password: "0".repeat(32) },
  "the password itself instead of its hash": { user_name: "user1", password: PASSWORD },
  "unknown user": { user_name: "nobody" },
  "name in capitals": { user_name: "USER1" },
  "SQL in the name": { user_name: "x' UNION SELECT * FROM IMUser WHERE id=1 -- " },
  "a user who left": { user_name: "user6" },
};

for (const [name, request] of Object.entries(REFUSED)) {
  matrix(`a login is refused and the connection closed: ${name}`, ONE, async (cell) => {
    await using cluster = await cell.start({
      seed: async (storage) => {
        await demoData(5)(storage);
        await storage.users.add([demoUser(6, { status: 3 })]);
      },
    });
    await using link = await cluster.connect();
    const answer = await rawLogin(link, request);
    assert.equal(answer.result_code, REFUSE_REASON_DB_VALIDATE_FAILED);
    assert.equal(answer.result_string, "用户名/密码错误");
    assert.equal(answer.user_info, undefined);
    await link.ended();
  });
}

matrix("whoever has not left may log in, whatever the status", ONE, async (cell) => {
  await using cluster = await cell.start({
    seed: async (storage) => {
      await demoData(5)(storage);
      await storage.users.add([1, 2, 4].map((status) => demoUser(10 + status, { status })));
    },
  });
  for (const id of [11, 12, 14]) {
    await using client = await cluster.login(`user${id}`);
    assert.equal(client.userId, id);
    assert.equal(client.userInfo.status, 0);
  }
});

matrix("a second login request on a connection is ignored", ONE, async (cell) => {
  await using cluster = await cell.start();
  await using link = await cluster.connect();
  sendLogin(link, {}, 1);
  sendLogin(link, { user_name: "user2" }, 2);
  const answer = await link.expect(CID_LOGIN_RES_USERLOGIN, IMLoginRes);
  assert.equal(answer.user_info?.user_id, 1);
  sendLogin(link, { user_name: "user2" }, 3);
  await isServed(link);
  await using bob = await cluster.login("user2");
  await bob.sendText(1, "still user1?");
  const message = await link.expect(CID_MSG_DATA, IMMsgData);
  assert.equal(message.to_session_id, 1);
});

matrix("a login request that does not parse may be repeated", ONE, async (cell) => {
  await using cluster = await cell.start();
  await using link = await cluster.connect();
  link.send(0x0103, new Uint8Array([0x0a, 0x05, 0x41]));
  link.send(0x0103, new Uint8Array(0));
  assert.equal((await rawLogin(link)).result_code, REFUSE_REASON_NONE);
});

const OBSTACLES: readonly (readonly [BackServer, number])[] = [
  ["db_proxy", REFUSE_REASON_NO_DB_SERVER],
  ["login_server", REFUSE_REASON_NO_LOGIN_SERVER],
  ["route_server", REFUSE_REASON_NO_ROUTE_SERVER],
];

for (const [server, result] of OBSTACLES) {
  matrix(`without ${server} a login gets result ${result}`, ONE, async (cell) => {
    await using cluster = await cell.start();
    await cluster.stopServer(server);
    await using link = await cluster.connect();
    const answer = await rawLogin(link);
    assert.equal(answer.result_code, result);
    assert.equal(answer.result_string, "服务端异常");
    await link.ended();
  });
}

matrix("a full server refuses further logins until somebody leaves (P-LIM5)", ONE, async (cell) => {
  await using cluster = await cell.start({ maxConnCnt: 2 });
  await using ann = await cluster.login("user1");
  await using bob = await cluster.login("user2");
  await assert.rejects(
    cluster.login("user3"),
    (error) =>
      error instanceof LoginRefusedError && error.resultCode === REFUSE_REASON_MSG_SERVER_FULL,
  );
  await ann.sendText(bob.userId, "crowded here");
  await hears(bob, "crowded here");
  await bob.logout();
  await using eve = await cluster.login("user3");
  assert.equal(eve.isOnline, true);
});

matrix("logins at the same time do not get past the limit", ONE, async (cell) => {
  await using cluster = await cell.start({ maxConnCnt: 2 });
  const logins = await Promise.allSettled(
    ["user1", "user2", "user3", "user4"].map((name) => cluster.login(name)),
  );
  const clients = logins.flatMap((login) => login.status === "fulfilled" ? [login.value] : []);
  for (const client of clients) await client.close();
  assert.equal(clients.length, 2);
});
