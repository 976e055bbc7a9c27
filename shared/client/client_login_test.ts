import assert from "node:assert/strict";
import {
  CID_BUDDY_LIST_STATUS_NOTIFY,
  CID_LOGIN_REQ_USERLOGIN,
  CID_LOGIN_RES_USERLOGIN,
  CLIENT_TYPE_IOS,
  IMLoginReq,
  IMLoginRes,
  IMUserStatNotify,
  REFUSE_REASON_DB_VALIDATE_FAILED,
  USER_STATUS_LEAVE,
  USER_STATUS_ONLINE,
} from "../../proto/mod.ts";
import type { Network } from "../netlib/mod.ts";
import { md5Hex } from "../password.ts";
import { ok, refused } from "../result.ts";
import { connectClient } from "./client.ts";
import {
  ConnectionLostError,
  DeadlineError,
  LoginRefusedError,
  LookupRefusedError,
} from "./errors.ts";
import { loginAccepted, SERVER_TIME } from "./test_support/scripted_server.ts";
import { setUp } from "./test_support/setup.ts";

Deno.test("connectClient() sends the hash of the password and knows its user afterwards", async () => {
  await using test = await setUp();
  const client = await test.login({ clientVersion: "1.0" });
  const request = (await test.server.next(CID_LOGIN_REQ_USERLOGIN)).decode(IMLoginReq);
  assert.deepEqual({ ...request }, {
    user_name: "ann",
    password: md5Hex("secret"),
    online_status: USER_STATUS_ONLINE,
    client_type: test.options().clientType,
    client_version: "1.0",
  });
  assert.equal(client.userId, 7);
  assert.equal(client.userInfo.user_nick_name, "ann");
  assert.equal(client.loginTime, SERVER_TIME);
  assert.equal(client.isOnline, true);
});

Deno.test("connectClient() sends a given password hash, client type and status as they are", async () => {
  await using test = await setUp();
  const { password: _, ...options } = test.options();
  await using _client = await connectClient({
    ...options,
    passwordHash: "hash",
    clientType: CLIENT_TYPE_IOS,
    onlineStatus: USER_STATUS_LEAVE,
  });
  const request = (await test.server.next(CID_LOGIN_REQ_USERLOGIN)).decode(IMLoginReq);
  assert.equal(request.password, "hash");
  assert.equal(request.client_type, CLIENT_TYPE_IOS);
  assert.equal(request.online_status, USER_STATUS_LEAVE);
});

Deno.test("connectClient() rejects with the server's refusal and leaves nothing behind", async () => {
  await using test = await setUp();
  test.server.answer(CID_LOGIN_REQ_USERLOGIN, (call) => {
    call.reply(CID_LOGIN_RES_USERLOGIN, IMLoginRes, {
      server_time: SERVER_TIME,
      result_code: REFUSE_REASON_DB_VALIDATE_FAILED,
      result_string: "wrong password",
    });
    call.link.close("refused");
  });
  await assert.rejects(
    test.login(),
    (error) =>
      error instanceof LoginRefusedError && error.resultCode === 6 &&
      error.resultString === "wrong password",
  );
  assert.equal(test.clock.pendingTimers, 0);
});

Deno.test("connectClient() rejects when the server is silent", async () => {
  await using test = await setUp();
  test.server.answer(CID_LOGIN_REQ_USERLOGIN, null);
  const login = test.login({ requestTimeoutMs: 5000 });
  await test.server.next(CID_LOGIN_REQ_USERLOGIN);
  test.clock.advance(5000);
  await assert.rejects(login, DeadlineError);
  assert.equal(test.clock.pendingTimers, 0);
});

Deno.test("connectClient() rejects when the server closes before it answers", async () => {
  await using test = await setUp();
  test.server.answer(CID_LOGIN_REQ_USERLOGIN, (call) => call.link.abort("out of order"));
  await assert.rejects(test.login(), ConnectionLostError);
  assert.equal(test.clock.pendingTimers, 0);
});

Deno.test("connectClient() rejects when nothing listens", async () => {
  await using test = await setUp();
  await test.server.stopListening();
  await assert.rejects(
    test.login(),
    new ConnectionLostError(`Cannot connect to 127.0.0.1:40001: connection refused`),
  );
  assert.equal(test.clock.pendingTimers, 0);
});

Deno.test("connectClient() tries the backup address when the prior one cannot be reached", async () => {
  await using test = await setUp();
  const { port } = test.server.address;
  const tried: string[] = [];
  const network: Network = {
    connect(address, limits, handler) {
      tried.push(address.host);
      const isPrior = address.host === "10.0.0.1";
      return test.network.connect(isPrior ? { host: "", port: 1 } : address, limits, handler);
    },
    listen: (...args) => test.network.listen(...args),
    serveHttp: (...args) => test.network.serveHttp(...args),
    serveLookups: (...args) => test.network.serveLookups(...args),
  };
  const server = () => Promise.resolve(ok({ priorIp: "10.0.0.1", backupIp: "10.0.0.2", port }));
  await test.login({ network, server });
  assert.deepEqual(tried, ["10.0.0.1", "10.0.0.2"]);
});

Deno.test("connectClient() rejects when the lookup is refused, or silent", async () => {
  await using test = await setUp();
  const full = () => Promise.resolve(refused("msg_servers_full"));
  await assert.rejects(
    test.login({ server: full }),
    (error) => error instanceof LookupRefusedError && error.refusal === "msg_servers_full",
  );
  const { promise: asked, resolve } = Promise.withResolvers<AbortSignal>();
  const login = test.login({
    server: (signal) => {
      resolve(signal);
      return new Promise(() => {});
    },
  });
  const signal = await asked;
  test.clock.advance(10_000);
  await assert.rejects(login, DeadlineError);
  assert.equal(signal.aborted, true);
  assert.equal(test.clock.pendingTimers, 0);
});

Deno.test("next() gives a push that came in the same turn as the answer to the login", async () => {
  await using test = await setUp();
  test.server.answer(CID_LOGIN_REQ_USERLOGIN, (call) => {
    call.reply(CID_LOGIN_RES_USERLOGIN, IMLoginRes, loginAccepted(call.decode(IMLoginReq)));
    test.server.push(CID_BUDDY_LIST_STATUS_NOTIFY, IMUserStatNotify, {
      user_stat: { user_id: 8, status: USER_STATUS_ONLINE },
    });
  });
  const client = await test.login();
  assert.deepEqual({ ...await client.next("status") }, { user_id: 8, status: USER_STATUS_ONLINE });
});
