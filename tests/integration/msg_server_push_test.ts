/** Pushes to phones, between db_proxy, route_server and push_server (docs/spec/flows.md 18). */
import assert from "node:assert/strict";
import * as proto from "../../proto/mod.ts";
import { MAX_ROUNDS } from "../../servers/msg/push/push_pipeline.ts";
import { decodeAttach, encodeDbAttach, seqNumOf } from "../../shared/pdu/mod.ts";
import { DEFAULT_CLIENT_AES_KEY, encodeText } from "../../shared/text_cipher.ts";
import { MsgFixture, RECONNECT_MS, userInfo } from "../support/msg_fixture.ts";
import { pushed } from "../support/played_servers.ts";
import { isServed } from "../support/raw_login.ts";
import type { ScriptedLink } from "../support/scripted_link.ts";
import type { Received } from "../support/scripted_server.ts";

const { CID_MSG_DATA, IMMsgData, MSG_TYPE_GROUP_TEXT, MSG_TYPE_SINGLE_TEXT } = proto;
const GROUP = 70;
const HELLO = encodeText("hello", DEFAULT_CLIENT_AES_KEY);

const messageTo = (to_session_id: number, msg_type: proto.MsgType = MSG_TYPE_SINGLE_TEXT) => ({
  from_user_id: 1,
  to_session_id,
  msg_id: 0,
  create_time: 1,
  msg_type,
  msg_data: HELLO,
});

/** The client says hello, and db_proxy has it when this resolves. */
function say(
  msg: MsgFixture,
  client: ScriptedLink,
  message: proto.IMMsgDataInit,
): Promise<Received<proto.IMMsgData>> {
  client.send(CID_MSG_DATA, IMMsgData.encode(message), { seqNum: 33 });
  return msg.db.expect(CID_MSG_DATA, IMMsgData);
}

/** db_proxy stores the message. */
function store(request: Received<proto.IMMsgData>, msg_id: number): void {
  request.answer(CID_MSG_DATA, IMMsgData.encode({ ...request.message, msg_id }));
}

function answerMembers(
  query: Received<proto.IMGroupInfoListReq>,
  group_member_list: number[],
): void {
  const { user_id, attach_data } = query.message;
  const group = {
    group_id: GROUP,
    version: 1,
    group_name: "g",
    group_avatar: "",
    group_creator_id: 1,
    group_type: proto.GROUP_TYPE_TMP,
    shield_status: 0,
    group_member_list,
  };
  const answer = { user_id, group_info_list: [group], attach_data };
  query.answer(proto.CID_GROUP_INFO_RESPONSE, proto.IMGroupInfoListRsp.encode(answer));
}

const membersQuery = (msg: MsgFixture) =>
  msg.db.expect(proto.CID_GROUP_INFO_REQUEST, proto.IMGroupInfoListReq);

const tokensQuery = (msg: MsgFixture) =>
  msg.db.expect(proto.CID_OTHER_GET_DEVICE_TOKEN_REQ, proto.IMGetDeviceTokenReq);

function answerTokens(query: Received<proto.IMGetDeviceTokenReq>, owners: readonly number[]): void {
  const user_token_info = owners.map((user_id) => ({
    user_id,
    user_type: proto.CLIENT_TYPE_ANDROID,
    token: `token ${user_id}`,
    push_count: 7,
    push_type: 1,
  }));
  const { attach_data } = query.message;
  const answer = proto.IMGetDeviceTokenRsp.encode({ user_token_info, attach_data });
  query.answer(proto.CID_OTHER_GET_DEVICE_TOKEN_RSP, answer);
}

Deno.test("msg_server, pushes after ack, relay and delivery", async () => {
  await using msg = await MsgFixture.start({ pushServers: 1 });
  await using ann = await msg.logIn(1);
  await using bob = await msg.logIn(2);
  const request = await say(msg, ann, messageTo(2));
  msg.takeJournal();
  store(request, 5);
  const query = await tokensQuery(msg);
  assert.deepEqual(msg.takeJournal(), [
    "client 1 0x0302",
    "route 0x0301",
    "client 2 0x0301",
    "db 0x0705",
  ]);
  const { user_id, attach_data } = query.message;
  const { msg_id, attach_data: leaked } = IMMsgData.decode(attach_data!);
  assert.deepEqual([user_id, msg_id, leaked, seqNumOf(query.frame)], [[2], 5, undefined, 0]);
  answerTokens(query, [2]);
  assert.deepEqual(
    await pushed(msg.pushes[0]!),
    ["nick1:hello", [2, 1]],
    "also with a phone online (P-PUSH10)",
  );
  await bob.expect(CID_MSG_DATA, IMMsgData);
});

Deno.test("msg_server, without a push_server db_proxy is asked for nothing", async () => {
  await using msg = await MsgFixture.start();
  await using ann = await msg.logIn(1);
  for (const msg_id of [5, 6]) {
    store(await say(msg, ann, messageTo(2)), msg_id);
    await ann.expect(proto.CID_MSG_DATA_ACK, proto.IMMsgDataAck);
  }
  store(await say(msg, ann, messageTo(GROUP, MSG_TYPE_GROUP_TEXT)), 7);
  answerMembers(await membersQuery(msg), [1, 2]);
  await say(msg, ann, messageTo(2)); // The next frame there: nothing came between.
});

Deno.test("msg_server, a group message is pushed to members who do not shield the group", async () => {
  await using msg = await MsgFixture.start({ pushServers: 1 });
  await using ann = await msg.logIn(1);
  await using bob = await msg.logIn(2);
  msg.route.send(
    proto.CID_OTHER_LOGIN_STATUS_NOTIFY,
    proto.IMServerPCLoginStatusNotify.encode({ user_id: 2, login_status: 1 }),
  );
  await bob.expect(proto.CID_BUDDY_LIST_PC_LOGIN_STATUS_NOTIFY, proto.IMPCLoginStatusNotify);
  store(await say(msg, ann, messageTo(GROUP, MSG_TYPE_GROUP_TEXT)), 5);
  answerMembers(await membersQuery(msg), [1, 2, 3, 4]);
  const shields = await msg.db.expect(proto.CID_OTHER_GET_SHIELD_REQ, proto.IMGroupGetShieldReq);
  const { group_id, user_id, attach_data } = shields.message;
  assert.deepEqual([group_id, user_id], [GROUP, [1, 2, 3, 4]]);
  const shield_status_list = user_id.map((id) => ({
    user_id: id,
    group_id,
    shield_status: id === 3 ? 1 : 0,
  }));
  shields.answer(
    proto.CID_OTHER_GET_SHIELD_RSP,
    proto.IMGroupGetShieldRsp.encode({ group_id, shield_status_list, attach_data }),
  );
  const query = await tokensQuery(msg);
  assert.deepEqual(query.message.user_id, [1, 2, 4]);
  answerTokens(query, [1, 2, 4]);
  assert.deepEqual(
    await pushed(msg.pushes[0]!),
    ["nick1:hello", [2, 2]],
    "silent: bob has a PC online",
  );
  await msg.route.expect(CID_MSG_DATA, IMMsgData);
  const status = await msg.route.expect(
    proto.CID_BUDDY_LIST_USERS_STATUS_REQUEST,
    proto.IMUsersStatReq,
  );
  assert.deepEqual([status.message.user_id, status.message.user_id_list], [0, [4]]);
  assert.equal(decodeAttach(status.message.attach_data!)?.type, 4);
  const online = [{ user_id: 4, status: proto.USER_STATUS_ONLINE }] as const;
  status.answer(
    proto.CID_BUDDY_LIST_USERS_STATUS_RESPONSE,
    proto.IMUsersStatRsp.encode({
      user_id: 0,
      user_stat_list: online,
      attach_data: status.message.attach_data,
    }),
  );
  assert.deepEqual(await pushed(msg.pushes[0]!), ["nick1:hello", [4, 2]]);
});

Deno.test("msg_server, a message of another msg_server is not pushed here (P-PUSH1)", async () => {
  await using msg = await MsgFixture.start({ pushServers: 1 });
  await using ann = await msg.logIn(1);
  await using bob = await msg.logIn(2);
  const relayed = { ...messageTo(2), msg_id: 8, attach_data: encodeDbAttach(1, 1) };
  msg.route.send(CID_MSG_DATA, IMMsgData.encode(relayed));
  await bob.expect(CID_MSG_DATA, IMMsgData);
  msg.route.send(CID_MSG_DATA, IMMsgData.encode({ ...relayed, ...messageTo(GROUP, 0x11) }));
  answerMembers(await membersQuery(msg), [1, 2]);
  await bob.expect(CID_MSG_DATA, IMMsgData);
  await say(msg, ann, messageTo(2)); // The next frame there: no shields, no tokens.
});

Deno.test("msg_server, a message whose author has gone is pushed with his name (P-PUSH4)", async () => {
  await using msg = await MsgFixture.start({ pushServers: 1 });
  const ann = await msg.logIn(1);
  await using _bob = await msg.logIn(2);
  for (const message of [messageTo(2), messageTo(GROUP, MSG_TYPE_GROUP_TEXT)]) {
    const client = message.to_session_id === 2 ? ann : await msg.logIn(1);
    const request = await say(msg, client, message);
    const closed = msg.clientsClosed;
    await client.close();
    await msg.clientsGone(1, closed);
    await msg.route.expect(proto.CID_OTHER_USER_STATUS_UPDATE, proto.IMUserStatusUpdate);
    await msg.login.expect(proto.CID_OTHER_USER_CNT_UPDATE, proto.IMUserCntUpdate);
    store(request, 5);
    await msg.route.expect(CID_MSG_DATA, IMMsgData);
    if (message.to_session_id === GROUP) {
      answerMembers(await membersQuery(msg), [1, 2]);
      const shields = await msg.db.expect(
        proto.CID_OTHER_GET_SHIELD_REQ,
        proto.IMGroupGetShieldReq,
      );
      const answer = { ...shields.message, shield_status_list: [] };
      shields.answer(
        proto.CID_OTHER_GET_SHIELD_RSP,
        proto.IMGroupGetShieldRsp.encode(answer),
      );
    }
    answerTokens(await tokensQuery(msg), [2]);
    const infos = await msg.db.expect(
      proto.CID_BUDDY_LIST_USER_INFO_REQUEST,
      proto.IMUsersInfoReq,
    );
    assert.deepEqual(infos.message.user_id_list, [1]);
    const { user_id, attach_data } = infos.message;
    const answer = { user_id, user_info_list: [userInfo(1)], attach_data };
    infos.answer(proto.CID_BUDDY_LIST_USER_INFO_RESPONSE, proto.IMUsersInfoRsp.encode(answer));
    assert.deepEqual(await pushed(msg.pushes[0]!), ["nick1:hello", [2, 1]]);
  }
});

Deno.test("msg_server, answers of db_proxy to clients and to pushes do not get mixed up", async () => {
  await using msg = await MsgFixture.start({ pushServers: 1 });
  await using ann = await msg.logIn(1);
  const ask = proto.IMUsersInfoReq.encode({
    user_id: 1,
    user_id_list: [2],
    attach_data: encodeDbAttach(4, 1), // Not the client's to say.
  });
  ann.send(proto.CID_BUDDY_LIST_USER_INFO_REQUEST, ask, { seqNum: 3 });
  const asked = await msg.db.expect(proto.CID_BUDDY_LIST_USER_INFO_REQUEST, proto.IMUsersInfoReq);
  const { user_id, attach_data } = asked.message;
  const answer = { user_id, user_info_list: [userInfo(2)], attach_data };
  asked.answer(proto.CID_BUDDY_LIST_USER_INFO_RESPONSE, proto.IMUsersInfoRsp.encode(answer));
  const infos = await ann.expect(proto.CID_BUDDY_LIST_USER_INFO_RESPONSE, proto.IMUsersInfoRsp);
  assert.equal(infos.user_info_list[0]!.user_id, 2);
});

Deno.test("msg_server, pushes over the push_server that is there, and over none when it is gone", async () => {
  await using msg = await MsgFixture.start({ pushServers: 2 });
  await using ann = await msg.logIn(1);
  await using _bob = await msg.logIn(2);
  const push = async (): Promise<void> => {
    store(await say(msg, ann, messageTo(2)), 5);
    answerTokens(await tokensQuery(msg), [2]);
  };
  await msg.pushes[1]!.drop();
  await msg.log.logged("push_server link lost", 1);
  await push();
  assert.deepEqual(await pushed(msg.pushes[0]!), ["nick1:hello", [2, 1]]);
  await msg.pushes[0]!.drop();
  await msg.log.logged("push_server link lost", 2);
  store(await say(msg, ann, messageTo(2)), 5);
  await say(msg, ann, messageTo(2)); // The next frame there: no tokens.
  await msg.pushes[1]![Symbol.asyncDispose]();
  const opened = msg.log.countOf("push_server link opened");
  msg.clock.advance(RECONNECT_MS);
  await msg.log.logged("push_server link opened", opened + 1);
  await push();
  assert.deepEqual(await pushed(msg.pushes[0]!), ["nick1:hello", [2, 1]]);
});

Deno.test("msg_server, messages go on while db_proxy does not answer about pushes", async () => {
  await using msg = await MsgFixture.start({ pushServers: 1 });
  await using ann = await msg.logIn(1);
  await using bob = await msg.logIn(2);
  for (let sent = 0; sent < MAX_ROUNDS + 10; sent++) {
    store(await say(msg, ann, messageTo(sent < MAX_ROUNDS ? 100 + sent : 2)), 5);
    assert.equal((await ann.expect(proto.CID_MSG_DATA_ACK, proto.IMMsgDataAck)).msg_id, 5);
    // So many questions at most are in front of a message there.
    if (sent < MAX_ROUNDS) await tokensQuery(msg);
    else await bob.expect(CID_MSG_DATA, IMMsgData);
  }
});

Deno.test("msg_server, a push_server that stays away gets connected to again and again, silently", async () => {
  await using msg = await MsgFixture.start({ pushServers: 1, fileServers: 1 });
  await using ann = await msg.logIn(1);
  for (const server of [msg.pushes[0]!, msg.files[0]!]) await server[Symbol.asyncDispose]();
  for (const name of ["push_server", "file_server"]) await msg.log.logged(`${name} link lost`, 1);
  const lines = ["push_server link lost", "file_server link lost"];
  for (let tries = 0; tries < 5; tries++) {
    msg.clock.advance(RECONNECT_MS);
    await isServed(ann);
  }
  assert.deepEqual(lines.map((line) => msg.log.countOf(line)), [1, 1]);
});
