import assert from "node:assert/strict";
import {
  CID_LOGIN_REQ_USERLOGIN,
  CID_LOGIN_RES_USERLOGIN,
  CID_MSG_TIME_REQUEST,
  IMLoginReq,
  IMLoginRes,
  REFUSE_REASON_DB_VALIDATE_FAILED,
  REFUSE_REASON_NO_DB_SERVER,
  type ResultType,
} from "../../proto/mod.ts";
import { seededRandom } from "../random.ts";
import { ok } from "../result.ts";
import { reconnectWaitMs } from "./backoff.ts";
import { ConnectionLostError } from "./errors.ts";
import { loginAccepted } from "./test_support/scripted_server.ts";
import { setUp } from "./test_support/setup.ts";

/** Longer than the longest wait before a try. */
const LONG_MS = 100_000;

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function refusal(result_code: ResultType) {
  return { server_time: 1, result_code, result_string: "no" };
}

Deno.test("a client looks up and logs in again after the link was lost", async () => {
  await using test = await setUp();
  const { host, port } = test.server.address;
  let lookups = 0;
  const client = await test.login({
    reconnect: true,
    heartbeatMs: null,
    server: () => {
      lookups++;
      return Promise.resolve(ok({ priorIp: host, backupIp: host, port }));
    },
  });
  test.server.answer(CID_MSG_TIME_REQUEST, (call) => call.link.abort("cut"));
  await assert.rejects(client.serverTime(), ConnectionLostError);
  await client.next("disconnected");
  assert.equal(client.isOnline, false);
  await assert.rejects(client.serverTime(), new ConnectionLostError("Cannot send: not connected"));

  test.server.answer(CID_MSG_TIME_REQUEST, (call) => call.link.send(call.frame));
  const back = client.next("reconnected", { timeoutMs: 10 * LONG_MS });
  test.clock.advance(LONG_MS);
  assert.deepEqual(await back, { attempts: 1 });
  assert.equal(client.isOnline, true);
  assert.equal(lookups, 2);
  assert.equal(test.server.links.length, 2);
});

Deno.test("a client keeps trying while the server is away or lacks its own servers", async () => {
  await using test = await setUp();
  const requestTimeoutMs = 1000 * LONG_MS;
  const client = await test.login({ reconnect: true, heartbeatMs: null, requestTimeoutMs });
  let logins = 0;
  test.server.answer(CID_LOGIN_REQ_USERLOGIN, (call) => {
    const answer = ++logins === 3
      ? loginAccepted(call.decode(IMLoginReq))
      : refusal(REFUSE_REASON_NO_DB_SERVER);
    call.reply(CID_LOGIN_RES_USERLOGIN, IMLoginRes, answer);
  });
  const back = client.next("reconnected");
  test.server.links[0]!.abort("cut");
  await client.next("disconnected");
  while (!client.isOnline) {
    test.clock.advance(LONG_MS);
    await nextTurn();
  }
  assert.deepEqual(await back, { attempts: 3 });
});

Deno.test("a client gives up when its password is refused", async () => {
  await using test = await setUp();
  const client = await test.login({ reconnect: true });
  test.server.answer(
    CID_LOGIN_REQ_USERLOGIN,
    (call) =>
      call.reply(CID_LOGIN_RES_USERLOGIN, IMLoginRes, refusal(REFUSE_REASON_DB_VALIDATE_FAILED)),
  );
  test.server.links[0]!.abort("cut");
  await client.next("disconnected");
  test.clock.advance(LONG_MS);
  assert.equal(await client.closed, "Cannot log in: refused with result 6 no");
  assert.equal(test.clock.pendingTimers, 0);
});

Deno.test("close() ends a client that is waiting to come back", async () => {
  await using test = await setUp();
  const client = await test.login({ reconnect: true });
  test.server.links[0]!.abort("cut");
  await client.next("disconnected");
  await client.close();
  assert.equal(test.clock.pendingTimers, 0);
  assert.equal(test.server.links.length, 1);
});

Deno.test("close() ends a client in the middle of coming back", async () => {
  await using test = await setUp();
  const client = await test.login({ reconnect: true });
  await test.server.next(CID_LOGIN_REQ_USERLOGIN);
  test.server.answer(CID_LOGIN_REQ_USERLOGIN, null);
  test.server.links[0]!.abort("cut");
  await client.next("disconnected");
  test.clock.advance(LONG_MS);
  await test.server.next(CID_LOGIN_REQ_USERLOGIN);
  await client.close();
  assert.equal(test.clock.pendingTimers, 0);
  assert.equal(client.isOnline, false);
});

Deno.test("reconnectWaitMs() doubles up to a limit, with up to as much again at random", () => {
  const random = seededRandom(1);
  for (const [attempt, base] of [[1, 1], [2, 2], [3, 4], [6, 32], [7, 32], [1000, 32]] as const) {
    const wait = reconnectWaitMs(random, attempt);
    assert.ok(wait >= base * 1000 && wait <= base * 2000, `attempt ${attempt}: ${wait} ms`);
  }
});
