import assert from "node:assert/strict";
import {
  CID_BUDDY_LIST_AVATAR_CHANGED_NOTIFY,
  CID_BUDDY_LIST_PC_LOGIN_STATUS_NOTIFY,
  CID_BUDDY_LIST_REMOVE_SESSION_NOTIFY,
  CID_BUDDY_LIST_SIGN_INFO_CHANGED_NOTIFY,
  CID_FILE_NOTIFY,
  CID_GROUP_CHANGE_MEMBER_NOTIFY,
  CID_LOGIN_KICK_USER,
  CID_MSG_DATA,
  CID_MSG_DATA_ACK,
  CID_MSG_READ_NOTIFY,
  CID_SWITCH_P2P_CMD,
  IMAvatarChangedNotify,
  IMFileNotify,
  IMGroupChangeMemberNotify,
  IMKickUser,
  IMMsgData,
  IMMsgDataAck,
  type IMMsgDataInit,
  IMMsgDataReadNotify,
  IMP2PCmdMsg,
  IMPCLoginStatusNotify,
  IMRemoveSessionNotify,
  IMSignInfoChangedNotify,
  KICK_REASON_DUPLICATE_USER,
  MSG_TYPE_GROUP_TEXT,
  MSG_TYPE_SINGLE_AUDIO,
  MSG_TYPE_SINGLE_TEXT,
} from "../../proto/mod.ts";
import { buildFrame, commandIdOf } from "../pdu/mod.ts";
import { DEFAULT_CLIENT_AES_KEY, encodeText } from "../text_cipher.ts";
import { ConnectionLostError } from "./errors.ts";
import { setUp } from "./test_support/setup.ts";

function message(more: Partial<IMMsgDataInit> = {}): IMMsgDataInit {
  return {
    from_user_id: 8,
    to_session_id: 7,
    msg_id: 1,
    create_time: 1000,
    msg_type: MSG_TYPE_SINGLE_TEXT,
    msg_data: encodeText("hello", DEFAULT_CLIENT_AES_KEY),
    ...more,
  };
}

Deno.test("a received message names its conversation and text, whichever seq_num it carries", async () => {
  await using test = await setUp();
  const client = await test.login();
  const cases = [
    [message(), 8, "hello"],
    [message({ from_user_id: 7, to_session_id: 9 }), 9, "hello"],
    [message({ msg_type: MSG_TYPE_GROUP_TEXT, to_session_id: 30 }), 30, "hello"],
    [message({ msg_type: MSG_TYPE_SINGLE_AUDIO }), 8, null],
    [message({ msg_data: new TextEncoder().encode("plain") }), 8, null],
  ] as const;
  for (const [index, [sent, session_id, text]] of cases.entries()) {
    test.server.push(CID_MSG_DATA, IMMsgData, sent, index);
    const received = await client.next("message");
    assert.deepEqual([received.session_id, received.text], [session_id, text]);
    assert.deepEqual(received.msg_data, new Uint8Array(sent.msg_data));
  }
});

Deno.test("messages of others are acknowledged, unless that is switched off", async () => {
  await using test = await setUp();
  await test.login();
  test.server.push(CID_MSG_DATA, IMMsgData, message({ from_user_id: 7, to_session_id: 8 }));
  test.server.push(CID_MSG_DATA, IMMsgData, message({ msg_id: 2 }));
  const ack = (await test.server.next(CID_MSG_DATA_ACK)).decode(IMMsgDataAck);
  assert.deepEqual({ ...ack }, { user_id: 7, session_id: 8, msg_id: 2, session_type: 1 });

  const silent = await test.login({ deliveryAck: "off" });
  test.server.push(CID_MSG_DATA, IMMsgData, message({ msg_id: 3 }));
  await silent.next("message");
  silent.sendFrame(buildFrame(CID_MSG_DATA_ACK, 77, new Uint8Array(0)));
  assert.equal((await test.server.next(CID_MSG_DATA_ACK)).seqNum, 77);
});

Deno.test("each kind of push arrives under its name", async () => {
  await using test = await setUp();
  const client = await test.login();
  const { server } = test;
  const session = { user_id: 7, session_type: 1, session_id: 8 } as const;
  const group = { user_id: 8, change_type: 1, group_id: 3 } as const;
  const file = {
    from_user_id: 8,
    to_user_id: 7,
    file_name: "a",
    file_size: 1,
    task_id: "t",
    trans_mode: 2,
    offline_ready: 1,
  } as const;
  server.push(CID_MSG_READ_NOTIFY, IMMsgDataReadNotify, { ...session, msg_id: 4 });
  server.push(CID_BUDDY_LIST_REMOVE_SESSION_NOTIFY, IMRemoveSessionNotify, session);
  server.push(CID_GROUP_CHANGE_MEMBER_NOTIFY, IMGroupChangeMemberNotify, group);
  server.push(CID_BUDDY_LIST_PC_LOGIN_STATUS_NOTIFY, IMPCLoginStatusNotify, {
    user_id: 7,
    login_stat: 1,
  });
  const change = { changed_user_id: 8 };
  server.push(CID_BUDDY_LIST_SIGN_INFO_CHANGED_NOTIFY, IMSignInfoChangedNotify, {
    ...change,
    sign_info: "busy",
  });
  server.push(CID_BUDDY_LIST_AVATAR_CHANGED_NOTIFY, IMAvatarChangedNotify, {
    ...change,
    avatar_url: "u",
  });
  server.push(CID_SWITCH_P2P_CMD, IMP2PCmdMsg, {
    from_user_id: 8,
    to_user_id: 7,
    cmd_msg_data: "{}",
  });
  server.push(CID_FILE_NOTIFY, IMFileNotify, file);
  assert.equal((await client.next("readNotify")).msg_id, 4);
  assert.equal((await client.next("sessionRemoved")).session_id, 8);
  assert.equal((await client.next("groupChanged")).group_id, 3);
  assert.equal((await client.next("pcStatus")).login_stat, 1);
  assert.equal((await client.next("signInfo")).sign_info, "busy");
  assert.equal((await client.next("avatarChanged")).avatar_url, "u");
  assert.equal((await client.next("p2p")).cmd_msg_data, "{}");
  assert.equal((await client.next("fileNotify")).task_id, "t");
});

Deno.test("onFrame() sees every frame as it came", async () => {
  await using test = await setUp();
  const client = await test.login();
  const ids: number[] = [];
  const leave = client.onFrame((frame) => ids.push(commandIdOf(frame)));
  test.server.push(CID_MSG_DATA, IMMsgData, message());
  test.server.push(0x0999, IMMsgData, message());
  await client.serverTime();
  leave();
  await client.serverTime();
  assert.deepEqual(ids, [CID_MSG_DATA, 0x0999, 0x0306]);
});

Deno.test("a push that does not decode is dropped and counted", async () => {
  await using test = await setUp();
  const client = await test.login();
  test.server.links[0]!.send(buildFrame(CID_MSG_DATA, 0, Uint8Array.of(0xff, 0xff)));
  test.server.push(CID_MSG_DATA, IMMsgData, message({ msg_id: 5 }));
  assert.equal((await client.next("message")).msg_id, 5);
  assert.equal(client.malformedPushes, 1);
});

Deno.test("pushes beyond the buffer drop the oldest and are counted", async () => {
  await using test = await setUp();
  const client = await test.login({ pushBufferLimit: 2 });
  for (const msg_id of [1, 2, 3]) test.server.push(CID_MSG_DATA, IMMsgData, message({ msg_id }));
  await client.serverTime();
  assert.deepEqual(client.drain("message").map((one) => one.msg_id), [2, 3]);
  assert.equal(client.droppedPushes, 1);
});

Deno.test("a kicked client tells so, then closes, and does not come back", async () => {
  await using test = await setUp();
  const client = await test.login({ reconnect: true });
  const events: string[] = [];
  for (const kind of ["kicked", "disconnected", "closed"] as const) {
    client.on(kind, () => events.push(kind));
  }
  test.server.push(CID_LOGIN_KICK_USER, IMKickUser, {
    user_id: 7,
    kick_reason: KICK_REASON_DUPLICATE_USER,
  });
  assert.equal(await client.closed, "kicked");
  assert.equal((await client.next("kicked")).kick_reason, KICK_REASON_DUPLICATE_USER);
  assert.deepEqual(events, ["kicked", "closed"]);
  assert.equal(test.clock.pendingTimers, 0);
});

Deno.test("a kicked client that stays goes on until the server closes, and does not come back", async () => {
  await using test = await setUp();
  const client = await test.login({ reconnect: true, onKick: "stay" });
  test.server.push(CID_LOGIN_KICK_USER, IMKickUser, {
    user_id: 7,
    kick_reason: KICK_REASON_DUPLICATE_USER,
  });
  await client.next("kicked");
  await client.serverTime();
  test.server.links[0]!.close("kicked");
  assert.equal(await client.closed, "kicked");
  assert.equal(test.clock.pendingTimers, 0);
});

Deno.test("close() rejects waits, fires closed once and can be repeated", async () => {
  await using test = await setUp();
  const client = await test.login();
  const reasons: string[] = [];
  client.on("closed", ({ reason }) => reasons.push(reason));
  const waiting = client.next("message");
  const rejected = assert.rejects(waiting, ConnectionLostError);
  await client.close();
  await client.close();
  await rejected;
  assert.deepEqual(reasons, ["closed by the client"]);
  assert.equal(test.clock.pendingTimers, 0);
});
