import assert from "node:assert/strict";
import {
  CID_BUDDY_LIST_ALL_USER_REQUEST,
  CID_BUDDY_LIST_ALL_USER_RESPONSE,
  CID_GROUP_INFO_REQUEST,
  CID_GROUP_INFO_RESPONSE,
  CID_MSG_DATA,
  CID_MSG_DATA_ACK,
  CID_MSG_TIME_REQUEST,
  CID_MSG_TIME_RESPONSE,
  CID_OTHER_HEARTBEAT,
  CLIENT_TYPE_ANDROID,
  CLIENT_TYPE_IOS,
  GROUP_TYPE_TMP,
  IMAllUserRsp,
  IMClientTimeRsp,
  IMGroupInfoListRsp,
  IMMsgData,
  IMMsgDataAck,
  ProtocolError,
} from "../../proto/mod.ts";
import { buildFrame } from "../pdu/mod.ts";
import { DEFAULT_CLIENT_AES_KEY, encodeText } from "../text_cipher.ts";
import { ClientLimitError, ConnectionLostError, DeadlineError } from "./errors.ts";
import { MAX_WAITING } from "./options.ts";
import { type Call, userInfo } from "./test_support/scripted_server.ts";
import { setUp } from "./test_support/setup.ts";

function acknowledge(call: Call, msg_id: number): void {
  const { to_session_id } = call.decode(IMMsgData);
  const ack = { user_id: 7, session_id: to_session_id, msg_id, session_type: 1 } as const;
  call.reply(CID_MSG_DATA_ACK, IMMsgDataAck, ack);
}

Deno.test("requests get their own answer when answers come out of order", async () => {
  await using test = await setUp();
  const client = await test.login();
  const sent = [client.sendText(8, "one"), client.sendText(8, "two"), client.sendText(9, "three")];
  const calls: Call[] = [];
  while (calls.length < 3) calls.push(await test.server.next(CID_MSG_DATA));
  [2, 0, 1].forEach((index) => acknowledge(calls[index]!, 100 + index));
  const acks = await Promise.all(sent);
  assert.deepEqual(acks.map((ack) => [ack.session_id, ack.msg_id]), [[8, 100], [8, 101], [9, 102]]);
});

Deno.test("sendText() rejects at its deadline, and a late ack disturbs nothing", async () => {
  await using test = await setUp();
  const client = await test.login({ requestTimeoutMs: 2000 });
  const sent = client.sendText(8, "hello");
  const call = await test.server.next(CID_MSG_DATA);
  test.clock.advance(2000);
  await assert.rejects(sent, new DeadlineError("No answer 0x0302 within 2000 ms"));
  acknowledge(call, 1);
  assert.ok(await client.serverTime() > 0);
});

Deno.test("sendText() encodes with the client's key and rejects an empty text", async () => {
  await using test = await setUp();
  const client = await test.login();
  test.server.answer(CID_MSG_DATA, (call) => acknowledge(call, 1));
  await client.sendText(8, "second");
  const message = (await test.server.next(CID_MSG_DATA)).decode(IMMsgData);
  assert.deepEqual(message.msg_data, encodeText("second", DEFAULT_CLIENT_AES_KEY));
  await assert.rejects(client.sendText(8, ""), RangeError);
});

Deno.test("a request rejects when the link is cut under it, and so does any later one", async () => {
  await using test = await setUp();
  const client = await test.login();
  test.server.answer(CID_MSG_TIME_REQUEST, (call) => call.link.abort("cut"));
  await assert.rejects(client.serverTime(), ConnectionLostError);
  assert.equal(await client.closed, "closed by the other side");
  await assert.rejects(client.serverTime(), ConnectionLostError);
  assert.throws(() => client.readAck({ session_type: 1, session_id: 8 }, 1), ConnectionLostError);
  assert.equal(test.clock.pendingTimers, 0);
});

Deno.test("a request rejects when the answer does not decode, and the client goes on", async () => {
  await using test = await setUp();
  const client = await test.login();
  let isFirst = true;
  test.server.answer(CID_MSG_TIME_REQUEST, (call) => {
    const body = isFirst ? Uint8Array.of(0xff) : IMClientTimeRsp.encode({ server_time: 5 });
    isFirst = false;
    call.link.send(buildFrame(CID_MSG_TIME_RESPONSE, call.seqNum, body));
  });
  await assert.rejects(client.serverTime(), ProtocolError);
  assert.equal(await client.serverTime(), 5);
});

Deno.test("requests beyond the limit are refused before anything is sent", async () => {
  await using test = await setUp();
  const client = await test.login();
  test.server.answer(CID_MSG_TIME_REQUEST, null);
  const waiting = Array.from({ length: MAX_WAITING }, () => client.serverTime());
  await assert.rejects(client.serverTime(), ClientLimitError);
  const all = Promise.allSettled(waiting);
  await client.close();
  assert.ok((await all).every((one) => one.status === "rejected"));
});

Deno.test("allUsers() of an Android client joins the PDUs of a split answer", async () => {
  await using test = await setUp();
  const client = await test.login({ clientType: CLIENT_TYPE_ANDROID });
  test.server.answer(CID_BUDDY_LIST_ALL_USER_REQUEST, (call) => {
    for (const [id, time] of [[1, 50], [2, 50], [3, 90]] as const) {
      call.reply(CID_BUDDY_LIST_ALL_USER_RESPONSE, IMAllUserRsp, {
        user_id: 7,
        latest_update_time: time,
        user_list: [userInfo(id, `user${id}`)],
      });
    }
  });
  const users = await client.allUsers(50);
  assert.deepEqual(users.user_list.map((user) => user.user_id), [1, 2, 3]);
  assert.equal(users.latest_update_time, 90);
  assert.equal(test.clock.pendingTimers, 1, "only the heartbeat is left");
});

Deno.test("groupInfo() of an Android client joins the PDUs of a split answer", async () => {
  await using test = await setUp();
  const client = await test.login({ clientType: CLIENT_TYPE_ANDROID });
  test.server.answer(CID_GROUP_INFO_REQUEST, (call) => {
    for (const group_id of [4, 5]) {
      call.reply(CID_GROUP_INFO_RESPONSE, IMGroupInfoListRsp, {
        user_id: 7,
        group_info_list: [{
          group_id,
          version: 1,
          group_name: "",
          group_avatar: "",
          group_creator_id: 7,
          group_type: GROUP_TYPE_TMP,
          shield_status: 0,
        }],
      });
    }
  });
  const groups = await client.groupInfo([{ group_id: 4, version: 0 }, { group_id: 5, version: 0 }]);
  assert.deepEqual(groups.group_info_list.map((group) => group.group_id), [4, 5]);
});

Deno.test("an Android client's split answer that breaks off rejects and leaves no request", async () => {
  await using test = await setUp();
  const client = await test.login({ clientType: CLIENT_TYPE_ANDROID, requestTimeoutMs: 1000 });
  test.server.answer(CID_MSG_TIME_REQUEST, null);
  test.server.answer(
    CID_BUDDY_LIST_ALL_USER_REQUEST,
    (call) =>
      call.reply(CID_BUDDY_LIST_ALL_USER_RESPONSE, IMAllUserRsp, {
        user_id: 7,
        latest_update_time: 0,
      }),
  );
  const users = client.allUsers();
  await test.server.next(CID_MSG_TIME_REQUEST);
  test.clock.advance(1000);
  await assert.rejects(users, DeadlineError);
  assert.equal(test.clock.pendingTimers, 1, "only the heartbeat is left");
});

Deno.test("the client sends heartbeats, which the server's echo answers", async () => {
  await using test = await setUp();
  const client = await test.login({ clientType: CLIENT_TYPE_IOS, heartbeatMs: 30_000 });
  for (let beat = 0; beat < 5; beat++) {
    test.clock.advance(30_000);
    await test.server.next(CID_OTHER_HEARTBEAT);
    await client.serverTime();
  }
  assert.equal(client.isOnline, true);
});

Deno.test("a server that answers no heartbeat is given up", async () => {
  await using test = await setUp();
  const client = await test.login();
  test.server.answer(CID_OTHER_HEARTBEAT, null);
  for (let beat = 0; beat < 4; beat++) test.clock.advance(30_000);
  assert.equal(await client.closed, "the server does not answer heartbeats");
  assert.equal(test.clock.pendingTimers, 0);
});
