import assert from "node:assert/strict";
import {
  CID_BUDDY_LIST_STATUS_NOTIFY,
  CID_GROUP_CHANGE_MEMBER_NOTIFY,
  CID_GROUP_CHANGE_MEMBER_REQUEST,
  CID_GROUP_CHANGE_MEMBER_RESPONSE,
  CID_GROUP_CREATE_REQUEST,
  CID_GROUP_CREATE_RESPONSE,
  CID_LOGIN_KICK_USER,
  CID_MSG_DATA,
  CID_MSG_DATA_ACK,
  CID_MSG_READ_ACK,
  GROUP_MODIFY_TYPE_ADD,
  IMGroupChangeMemberNotify,
  IMGroupChangeMemberReq,
  IMGroupChangeMemberRsp,
  IMGroupCreateReq,
  IMGroupCreateRsp,
  IMKickUser,
  IMMsgData,
  IMMsgDataAck,
  IMMsgDataReadAck,
  IMUserStatNotify,
  KICK_REASON_DUPLICATE_USER,
  MSG_TYPE_GROUP_TEXT,
  SESSION_TYPE_SINGLE,
  USER_STATUS_OFFLINE,
  USER_STATUS_ONLINE,
} from "../../../proto/mod.ts";
import { textOf } from "../mod.ts";
import { ANN, BOB, startChat, TEAM } from "./test_support/chat_server.ts";

function acknowledge(test: Awaited<ReturnType<typeof startChat>>): void {
  test.server.answer(CID_MSG_DATA, (call) =>
    call.reply(CID_MSG_DATA_ACK, IMMsgDataAck, {
      user_id: ANN,
      session_id: BOB,
      msg_id: 4,
      session_type: SESSION_TYPE_SINGLE,
    }));
}

Deno.test("the chat greets with recent conversations and what is unread in them", async () => {
  await using test = await startChat();
  const line = await test.console.printed("2 unread");
  assert.match(line, /^ {3}2023-11-1\d \d\d:\d\d {2}bob {2}2 unread {2}see you$/);
  test.console.enter("/users");
  assert.equal(await test.console.printed("offline"), "   offline  bob  bob  2 unread");
});

Deno.test("/open shows the history, oldest first, and marks it as read", async () => {
  await using test = await startChat();
  test.console.enter("/open bob", "/unread");
  await test.console.printed("nothing is unread");
  const shown = test.console.output.slice(test.console.output.indexOf("-- talking to bob") + 1);
  assert.deepEqual(
    shown.slice(0, 3).map((line) => line.replace(/^[-\d]+ [:\d]+ /, "")),
    ["ann: bye", "bob: see you", "      | later"],
  );
  assert.equal(test.console.prompt, "bob> ");
  const ack = (await test.server.next(CID_MSG_READ_ACK)).decode(IMMsgDataReadAck);
  assert.deepEqual({ ...ack }, { user_id: ANN, session_id: BOB, session_type: 1, msg_id: 3 });
});

Deno.test("a line without slash is sent to the open conversation and shown when stored", async () => {
  await using test = await startChat();
  acknowledge(test);
  test.console.enter("/open bob", "hello there");
  await test.console.printed("ann: hello there");
  const sent = (await test.server.next(CID_MSG_DATA)).decode(IMMsgData);
  assert.equal(textOf(sent), "hello there");
  assert.equal(sent.to_session_id, BOB);
  assert.equal(test.console.erased, 1);
});

Deno.test("a line that cannot be sent is shown again with the reason", async () => {
  await using test = await startChat({ requestTimeoutMs: 1000 });
  test.console.enter("too early");
  await test.console.printed("! Open a conversation first");
  test.console.enter("/open bob", "hello");
  await test.server.next(CID_MSG_DATA);
  test.advance(1000);
  await test.console.printed("-- not sent: hello");
  assert.ok(test.console.errors.includes("! The server did not answer in time"));
  test.console.enter("x".repeat(4000));
  await test.console.printed("! The text is too long");
});

Deno.test("a message for the open conversation is printed and marked as read", async () => {
  await using test = await startChat();
  test.console.enter("/open bob");
  await test.server.next(CID_MSG_READ_ACK);
  test.deliver({ text: "evil \x1b[2J line\nfake: line", msg_id: 5 });
  assert.match(await test.console.printed("evil"), /^\d\d:\d\d bob: evil ␛\[2J line$/);
  assert.ok(test.console.output.includes("      | fake: line"));
  const ack = (await test.server.next(CID_MSG_READ_ACK)).decode(IMMsgDataReadAck);
  assert.equal(ack.msg_id, 5);
});

Deno.test("a message for another conversation is printed with its name and counted", async () => {
  await using test = await startChat();
  test.console.enter("/open bob");
  await test.server.next(CID_MSG_READ_ACK);
  test.deliver({ text: "to all", msg_type: MSG_TYPE_GROUP_TEXT, to_session_id: TEAM });
  assert.match(await test.console.printed("to all"), / \[#the team\] bob: to all$/);
  test.deliver({ text: "who is that", from_user_id: 99, to_session_id: ANN });
  assert.match(await test.console.printed("who is"), / \[stranger99\] stranger99: who is that$/);
  test.deliver({ text: "new group", msg_type: MSG_TYPE_GROUP_TEXT, to_session_id: 31 });
  assert.match(await test.console.printed("new group"), / \[#group31\] bob: new group$/);
  test.console.enter("/unread");
  await test.console.printed("#the team   1 unread");
});

Deno.test("presence is news only for the open conversation", async () => {
  await using test = await startChat();
  const push = (status: typeof USER_STATUS_ONLINE | typeof USER_STATUS_OFFLINE) =>
    test.server.push(CID_BUDDY_LIST_STATUS_NOTIFY, IMUserStatNotify, {
      user_stat: { user_id: BOB, status },
    });
  push(USER_STATUS_ONLINE);
  test.console.enter("/open bob");
  await test.server.next(CID_MSG_READ_ACK);
  push(USER_STATUS_ONLINE);
  push(USER_STATUS_OFFLINE);
  await test.console.printed("-- bob is offline");
  assert.ok(!test.console.output.includes("-- bob is online"));
});

Deno.test("/create opens the new group, /invite adds to it and the notice is printed once", async () => {
  await using test = await startChat();
  test.server.answer(
    CID_GROUP_CREATE_REQUEST,
    (call) =>
      call.reply(CID_GROUP_CREATE_RESPONSE, IMGroupCreateRsp, {
        user_id: ANN,
        result_code: 0,
        group_id: 31,
        group_name: "x",
      }),
  );
  test.server.answer(
    CID_GROUP_CHANGE_MEMBER_REQUEST,
    (call) =>
      call.reply(CID_GROUP_CHANGE_MEMBER_RESPONSE, IMGroupChangeMemberRsp, {
        user_id: ANN,
        result_code: 0,
        change_type: GROUP_MODIFY_TYPE_ADD,
        group_id: 31,
        cur_user_id_list: [ANN, BOB],
        chg_user_id_list: [BOB],
      }),
  );
  test.console.enter('/create "my group" bob', "/invite bob", "/members");
  await test.console.printed("-- talking to #group31");
  const create = (await test.server.next(CID_GROUP_CREATE_REQUEST)).decode(IMGroupCreateReq);
  assert.deepEqual([create.group_name, create.member_id_list], ["my group", [ANN, BOB]]);
  await test.console.printed("-- added bob");
  await test.console.printed("offline  bob");
  const invite = (await test.server.next(CID_GROUP_CHANGE_MEMBER_REQUEST))
    .decode(IMGroupChangeMemberReq);
  assert.deepEqual([invite.group_id, invite.member_id_list], [31, [BOB]]);

  for (let copy = 0; copy < 2; copy++) {
    test.server.push(CID_GROUP_CHANGE_MEMBER_NOTIFY, IMGroupChangeMemberNotify, {
      user_id: BOB,
      change_type: GROUP_MODIFY_TYPE_ADD,
      group_id: 31,
      cur_user_id_list: [ANN, BOB, 99],
      chg_user_id_list: [99],
    });
  }
  await test.console.printed("-- user 99 joined #group31");
  test.console.enter("/members");
  await test.console.printed("offline  user 99");
  const notices = test.console.output.filter((line) => line === "-- user 99 joined #group31");
  assert.equal(notices.length, 1);
});

Deno.test("a lost connection is told, and what was missed is shown after the reconnect", async () => {
  await using test = await startChat({ reconnect: true });
  test.console.enter("/open bob");
  await test.server.next(CID_MSG_READ_ACK);
  test.server.links[0]!.abort("cut");
  await test.console.printed("-- connection lost (closed by the other side); reconnecting …");
  test.console.enter("hello");
  await test.console.printed("! There is no connection to the server now");
  test.advance(5000);
  await test.console.printed("-- connected again");
  await test.server.next(CID_MSG_READ_ACK);
  // Nothing new was said, so nothing is shown twice.
  assert.equal(test.console.output.filter((line) => line.endsWith("ann: bye")).length, 1);
});

Deno.test("a kicked chat says so and ends with exit code 1", async () => {
  await using test = await startChat({ reconnect: true });
  test.server.push(CID_LOGIN_KICK_USER, IMKickUser, {
    user_id: ANN,
    kick_reason: KICK_REASON_DUPLICATE_USER,
  });
  assert.equal(await test.exitCode, 1);
  assert.ok(test.console.output.includes("-- logged out: you have logged in somewhere else"));
  assert.deepEqual(test.console.errors, ["-- the connection has ended: kicked"]);
});

Deno.test("/quit ends with exit code 0, and a person's mistakes do not change that", async () => {
  await using test = await startChat();
  test.console.enter("/bogus", "/quit");
  assert.equal(await test.exitCode, 0);
  assert.deepEqual(test.console.errors, ["! There is no /bogus; /help lists commands"]);
});

Deno.test("a failed line from a pipe makes the exit code 1, and the lines after it are run", async () => {
  await using test = await startChat({ isInteractive: false });
  acknowledge(test);
  test.console.enter("/open nobody", "/open bob", "hello", "/quit");
  assert.equal(await test.exitCode, 1);
  assert.ok(test.console.output.some((line) => line.endsWith("ann: hello")));
});

Deno.test("/history, /groups, /recent, /me and /help print what they promise", async () => {
  await using test = await startChat();
  test.console.enter("/groups", "/me", "/help", "/open bob", "/history 5", "/recent", "/history 0");
  await test.console.printed("! /history takes a number from 1 to 500");
  const { output } = test.console;
  assert.ok(output.includes("   #the team  2 members"));
  assert.ok(output.includes("   login      ann"));
  assert.ok(output.some((line) => line.startsWith("   /open NAME | #GROUP")));
  const count = (end: string) => output.filter((line) => line.endsWith(end)).length;
  assert.equal(count(" bob: see you"), 2, "/open and /history");
  assert.equal(count("  see you"), 2, "the greeting and /recent");
});
