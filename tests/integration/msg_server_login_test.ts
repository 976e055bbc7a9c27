/** The login as msg_server's clients and neighbours see it (docs/spec/flows.md 2 and 6). */
import assert from "node:assert/strict";
import * as proto from "../../proto/mod.ts";
import { decodeAttach, seqNumOf } from "../../shared/pdu/mod.ts";
import { acceptance, MsgFixture, userInfo } from "../support/msg_fixture.ts";
import { isServed, sendLogin } from "../support/raw_login.ts";

const RESULT = proto.CID_LOGIN_RES_USERLOGIN;
const ACCEPTED = proto.CID_OTHER_VALIDATE_RSP;
const { CLIENT_TYPE_ANDROID, CLIENT_TYPE_MAC, CLIENT_TYPE_WINDOWS } = proto;

Deno.test("msg_server, asks db_proxy with the client's seq_num and its own attach_data", async () => {
  await using msg = await MsgFixture.start();
  await using client = await msg.connect();
  sendLogin(client, { user_name: "user7", password: "p" }, 321);
  const request = await msg.db.expect(proto.CID_OTHER_VALIDATE_REQ, proto.IMValidateReq);
  assert.equal(seqNumOf(request.frame), 321);
  const { user_name, password, attach_data } = request.message;
  assert.deepEqual([user_name, password, attach_data?.length], ["user7", "p", 12]);
  assert.equal(decodeAttach(attach_data!)?.type, 1);
  request.answer(ACCEPTED, acceptance(request.message, 7));
  const frame = await client.next();
  assert.equal(seqNumOf(frame), 321);
  const { server_time, ...answer } = proto.IMLoginRes.decode(frame.subarray(16));
  assert.equal(server_time, Math.floor(msg.clock.nowMs() / 1000));
  assert.deepEqual({ ...answer, user_info: { ...answer.user_info } }, {
    result_code: 0,
    result_string: "成功",
    online_status: proto.USER_STATUS_ONLINE,
    user_info: userInfo(7),
  });
});

Deno.test("msg_server, a login kicks first, then tells the servers, then answers", async () => {
  await using msg = await MsgFixture.start();
  await using old = await msg.logIn(7, CLIENT_TYPE_WINDOWS);
  await using phone = await msg.logIn(7, CLIENT_TYPE_ANDROID);
  const { client, request } = await msg.ask(7, CLIENT_TYPE_MAC);
  await using fresh = client;
  msg.takeJournal();
  request.answer(ACCEPTED, acceptance(request.message, 7));

  const kick = await old.expect(proto.CID_LOGIN_KICK_USER, proto.IMKickUser);
  assert.deepEqual({ ...kick }, { user_id: 7, kick_reason: 1 });
  await fresh.expect(RESULT, proto.IMLoginRes);
  assert.deepEqual(msg.takeJournal(), [
    "client 1 0x0107",
    "route 0x070d",
    "login 0x070b",
    "route 0x070a",
    // Then the kicked one is gone: never both, and never nobody.
    "login 0x070b",
    "route 0x070a",
    "client 3 0x0104",
  ]);
  const { route, login } = msg;
  const relayed = await route.expect(proto.CID_OTHER_SERVER_KICK_USER, proto.IMServerKickUser);
  assert.deepEqual({ ...relayed.message }, { user_id: 7, client_type: CLIENT_TYPE_MAC, reason: 1 });
  assert.equal(seqNumOf(relayed.frame), 0);
  for (const [user_status, client_type] of [[1, CLIENT_TYPE_MAC], [2, CLIENT_TYPE_WINDOWS]]) {
    const news = await route.expect(proto.CID_OTHER_USER_STATUS_UPDATE, proto.IMUserStatusUpdate);
    assert.deepEqual({ ...news.message }, { user_status, user_id: 7, client_type });
    const count = await login.expect(proto.CID_OTHER_USER_CNT_UPDATE, proto.IMUserCntUpdate);
    assert.deepEqual({ ...count.message }, { user_action: user_status, user_id: 7 });
  }
  await isServed(phone);
});

Deno.test("msg_server, a kick from route_server takes all of the class, and nobody else", async () => {
  await using msg = await MsgFixture.start();
  await using pc = await msg.logIn(7, CLIENT_TYPE_WINDOWS);
  await using phone = await msg.logIn(7);
  await using other = await msg.logIn(8, CLIENT_TYPE_WINDOWS);
  const kick = { user_id: 7, client_type: CLIENT_TYPE_MAC, reason: proto.KICK_REASON_MOBILE_KICK };
  msg.route.send(proto.CID_OTHER_SERVER_KICK_USER, proto.IMServerKickUser.encode(kick));
  const told = await pc.expect(proto.CID_LOGIN_KICK_USER, proto.IMKickUser);
  assert.equal(told.kick_reason, proto.KICK_REASON_MOBILE_KICK);
  const { message } = await msg.route.expect(
    proto.CID_OTHER_USER_STATUS_UPDATE,
    proto.IMUserStatusUpdate,
  );
  assert.deepEqual([message.user_status, message.client_type], [2, CLIENT_TYPE_WINDOWS]);
  await isServed(phone);
  await isServed(other);
});

Deno.test("msg_server, every refusal of db_proxy is result 6 with its text, then the end (Q-LOGCODE)", async () => {
  await using msg = await MsgFixture.start();
  for (const result_code of [1, 2, 6, 77]) {
    const { client, request } = await msg.ask(7);
    const { user_name, attach_data } = request.message;
    const refusal = { user_name, result_code, result_string: `text ${result_code}`, attach_data };
    request.answer(ACCEPTED, proto.IMValidateRsp.encode(refusal));
    const answer = await client.expect(RESULT, proto.IMLoginRes);
    assert.deepEqual([answer.result_code, answer.result_string], [6, `text ${result_code}`]);
    await client.ended();
    await client.close();
  }
  // Nobody was told of them: the next news are those of a login that works.
  await using _client = await msg.logIn(8);
});

Deno.test("msg_server, drops db_proxy's answer when the client is gone", async () => {
  await using msg = await MsgFixture.start();
  const { client, request } = await msg.ask(7);
  const closed = msg.clientsClosed;
  await client.close();
  await msg.clientsGone(1, closed);
  request.answer(ACCEPTED, acceptance(request.message, 7));
  await using _other = await msg.logIn(8); // Of user 7 nobody hears.
});

Deno.test("msg_server, drops answers that fit no waiting client", async () => {
  await using msg = await MsgFixture.start();
  const { client, request } = await msg.ask(7);
  await using waiting = client;
  const answer = (changes: Partial<proto.IMValidateReq>): void =>
    request.answer(ACCEPTED, acceptance({ ...request.message, ...changes }, 9));
  answer({ user_name: "user8" });
  answer({ attach_data: new Uint8Array(0) });
  answer({ attach_data: new Uint8Array(11) });
  answer({ attach_data: new Uint8Array(12).fill(0xff) });
  request.answer(ACCEPTED, acceptance(request.message, 7));
  answer({}); // One answer was enough.
  const first = await waiting.expect(RESULT, proto.IMLoginRes);
  assert.equal(first.user_info?.user_id, 7);
  await isServed(waiting);
});

Deno.test("msg_server, refuses logins above MaxConnCnt with result 2, at the answer too", async () => {
  await using msg = await MsgFixture.start({ maxConnCnt: 2 });
  await using _first = await msg.logIn(1);
  const asked = [await msg.ask(2), await msg.ask(3)];
  for (const [at, { request }] of asked.entries()) {
    request.answer(ACCEPTED, acceptance(request.message, 2 + at));
  }
  const results: number[] = [];
  for (const { client } of asked) {
    results.push((await client.expect(RESULT, proto.IMLoginRes)).result_code);
  }
  // They may have taken different links of db_proxy, so either may have come first.
  assert.deepEqual(results.toSorted(), [0, 2]);
  await using late = await msg.connect();
  sendLogin(late);
  assert.equal((await late.expect(RESULT, proto.IMLoginRes)).result_code, 2);
  await late.ended();
  for (const { client } of asked) await client.close();
});

Deno.test("msg_server, a logout is answered, then the servers are told that the user went", async () => {
  await using msg = await MsgFixture.start();
  await using client = await msg.logIn(7, CLIENT_TYPE_WINDOWS);
  client.send(proto.CID_LOGIN_REQ_LOGINOUT, proto.IMLogoutReq.encode({}), { seqNum: 5 });
  const frame = await client.next();
  assert.deepEqual([seqNumOf(frame), frame[11]], [5, proto.CID_LOGIN_RES_LOGINOUT & 0xff]);
  await client.ended();
  const { message } = await msg.login.expect(
    proto.CID_OTHER_USER_CNT_UPDATE,
    proto.IMUserCntUpdate,
  );
  assert.deepEqual({ ...message }, { user_action: 2, user_id: 7 });
  const news = await msg.route.expect(proto.CID_OTHER_USER_STATUS_UPDATE, proto.IMUserStatusUpdate);
  assert.deepEqual({ ...news.message }, { user_status: 2, user_id: 7, client_type: 1 });
});

Deno.test("msg_server, tells db_proxy where a login comes from, if it is to (P-LOCK)", async () => {
  for (const [tellClientAddress, expected] of [[true, "127.0.0.1"], [false, undefined]] as const) {
    await using msg = await MsgFixture.start({ tellClientAddress });
    await using client = await msg.connect();
    sendLogin(client, { user_name: "user7", password: "p" }, 1);
    const { message } = await msg.db.expect(proto.CID_OTHER_VALIDATE_REQ, proto.IMValidateReq);
    assert.equal(message.client_address, expected);
  }
});

Deno.test("msg_server, the answer to a wrong password comes after a while (P-PWD)", async () => {
  const loginFailureDelayMs = 500;
  await using msg = await MsgFixture.start({ links: "memory", loginFailureDelayMs });
  const { client, request } = await msg.ask(7, CLIENT_TYPE_MAC);
  await using patient = client;
  const second = await msg.ask(8, CLIENT_TYPE_MAC);
  msg.takeJournal();
  for (const { message, answer } of [request, second.request]) {
    const { user_name, attach_data } = message;
    const refusal = { user_name, result_code: 1, result_string: "no", attach_data: attach_data! };
    answer(ACCEPTED, proto.IMValidateRsp.encode(refusal));
  }
  request.answer(ACCEPTED, acceptance(request.message, 7));
  // Whoever does not wait for it leaves no timer behind, which the fixture checks at its end.
  await second.client.close();
  await msg.clientsGone(1, 0);
  msg.clock.advance(loginFailureDelayMs - 1);
  // Behind them on the same links: what they have not been sent by now, they have not been sent.
  await using other = await msg.logIn(9);
  await isServed(other);
  assert.ok(!msg.takeJournal().includes("client 1 0x0104"));
  msg.clock.advance(1);
  const answer = await patient.expect(RESULT, proto.IMLoginRes);
  assert.deepEqual([answer.result_code, answer.result_string], [6, "no"]);
  await patient.ended();
});

Deno.test("msg_server, a kick from route_server is obeyed and not answered by another (P-RT6)", async () => {
  await using msg = await MsgFixture.start();
  await using phone = await msg.logIn(7);
  msg.takeJournal();
  const kick = { user_id: 7, client_type: CLIENT_TYPE_ANDROID, reason: 1 };
  msg.route.send(proto.CID_OTHER_SERVER_KICK_USER, proto.IMServerKickUser.encode(kick));
  await phone.expect(proto.CID_LOGIN_KICK_USER, proto.IMKickUser);
  await msg.route.expect(proto.CID_OTHER_USER_STATUS_UPDATE, proto.IMUserStatusUpdate);
  assert.ok(!msg.takeJournal().includes("route 0x070d"));
});

Deno.test("msg_server, a changed signature is told as that and nothing else (P-RT4)", async () => {
  await using msg = await MsgFixture.start();
  await using pc = await msg.logIn(7, CLIENT_TYPE_WINDOWS);
  const notice = proto.IMSignInfoChangedNotify.encode({ changed_user_id: 8, sign_info: "busy" });
  msg.takeJournal();
  msg.route.send(proto.CID_BUDDY_LIST_SIGN_INFO_CHANGED_NOTIFY, notice);
  await pc.expect(proto.CID_BUDDY_LIST_SIGN_INFO_CHANGED_NOTIFY, proto.IMSignInfoChangedNotify);
  await isServed(pc);
  assert.deepEqual(msg.takeJournal(), ["client 1 0x0215", "client 1 0x0306"]);
});
