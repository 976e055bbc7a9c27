/** msg_server and its links: lost and found again, and input that is not what it should be. */
import assert from "node:assert/strict";
import fc from "fast-check";
import * as proto from "../../proto/mod.ts";
import {
  clientCommands,
  dbCommands,
  fileCommands,
  pushCommands,
  routeCommands,
} from "../../servers/msg/commands.ts";
import { buildFrame, HEADER_SIZE } from "../../shared/pdu/mod.ts";
import { MsgFixture, RECONNECT_MS } from "../support/msg_fixture.ts";
import { isServed } from "../support/raw_login.ts";

/** A header that announces a frame of this length. */
function headerOf(length: number, commandId = 0x0701): Uint8Array {
  const header = buildFrame(commandId, 0, new Uint8Array(0));
  new DataView(header.buffer, header.byteOffset).setUint32(0, length);
  return header;
}

Deno.test("msg_server, a route_server that comes back hears its role and who is online", async () => {
  await using msg = await MsgFixture.start();
  await using _phone = await msg.logIn(7);
  await using _pc = await msg.logIn(7, proto.CLIENT_TYPE_MAC);
  await msg.route.drop();
  await msg.log.logged("route_server link lost", 1);
  msg.clock.advance(RECONNECT_MS);
  const { message } = await msg.route.expect(proto.CID_OTHER_ROLE_SET, proto.IMRoleSet);
  assert.equal(message.master, 1);
  const list = await msg.route.expect(proto.CID_OTHER_ONLINE_USER_INFO, proto.IMOnlineUserInfo);
  assert.deepEqual(list.message.user_stat_list.map((one) => ({ ...one })), [
    { user_id: 7, status: 1, client_type: proto.CLIENT_TYPE_ANDROID },
    { user_id: 7, status: 1, client_type: proto.CLIENT_TYPE_MAC },
  ]);
});

Deno.test("msg_server, a login_server that comes back hears how many are here", async () => {
  await using msg = await MsgFixture.start();
  await using _client = await msg.logIn(7);
  await msg.login.drop();
  await msg.log.logged("login_server link lost", 1);
  msg.clock.advance(RECONNECT_MS);
  const info = await msg.login.expect(proto.CID_OTHER_MSG_SERV_INFO, proto.IMMsgServInfo);
  assert.deepEqual([info.message.cur_conn_cnt, info.message.max_conn_cnt], [1, 100]);
});

const NEW_CLIENT_LIMIT = 64 * 1024;
const CLIENT_LIMIT = 1024 * 1024;

Deno.test("msg_server, closes a client for a length below 16 or above the limit (P-FRM1, 2)", async () => {
  await using msg = await MsgFixture.start();
  const before = msg.clientsClosed;
  const lengths = [0, 1, 15, NEW_CLIENT_LIMIT + 1, 0x3c706f6c, 0xffffffff];
  for (const length of lengths) {
    await using client = await msg.connect();
    client.sendBytes(headerOf(length));
    await client.ended();
  }
  for (const length of [15, CLIENT_LIMIT + 1]) {
    await using client = await msg.logIn(7);
    client.sendBytes(headerOf(length));
    await client.ended();
    await msg.route.expect(proto.CID_OTHER_USER_STATUS_UPDATE, proto.IMUserStatusUpdate);
    await msg.login.expect(proto.CID_OTHER_USER_CNT_UPDATE, proto.IMUserCntUpdate);
  }
  await msg.clientsGone(lengths.length + 2, before);
});

Deno.test("msg_server, takes frames up to the limit, which rises with the login", async () => {
  await using msg = await MsgFixture.start();
  await using client = await msg.logIn(7);
  client.sendBytes(buildFrame(0x0fff, 0, new Uint8Array(CLIENT_LIMIT - HEADER_SIZE)));
  await isServed(client);
});

Deno.test("msg_server, closes a client for any command but login and heartbeat before the login", async () => {
  await using msg = await MsgFixture.start();
  const open = new Set<number>([
    proto.CID_LOGIN_REQ_USERLOGIN,
    proto.CID_OTHER_HEARTBEAT,
    proto.CID_MSG_TIME_REQUEST,
  ]);
  const ids = [...clientCommands.map(({ id }) => id), 0x0fff].filter((id) => !open.has(id));
  for (const id of ids) {
    await using client = await msg.connect();
    client.send(id, new Uint8Array(0));
    await client.ended();
  }
  // Not while db_proxy thinks about the password either.
  const { client } = await msg.ask(7);
  client.send(proto.CID_MSG_UNREAD_CNT_REQUEST, proto.IMUnreadMsgCntReq.encode({ user_id: 7 }));
  await client.ended();
  await client.close();
});

Deno.test("msg_server, drops what a client sends and nobody can read, and serves it on", async () => {
  await using msg = await MsgFixture.start();
  await using client = await msg.logIn(7);
  for (const { id, request } of clientCommands) {
    if (request === null || id === proto.CID_LOGIN_REQ_LOGINOUT) continue;
    if (id === proto.CID_MSG_TIME_REQUEST) continue; // Has no fields: it cannot be too short.
    for (const body of [[], [0x08], [0xff, 0xff, 0xff], [0x0a, 0x7f, 1]]) {
      client.send(id, Uint8Array.from(body));
    }
  }
  for (const id of [0, 0x0777, 0xffff, proto.CID_OTHER_SERVER_KICK_USER]) {
    client.send(id, new Uint8Array(5));
  }
  await isServed(client);
});

Deno.test("msg_server, survives any bodies of any commands from every neighbour", async () => {
  await using msg = await MsgFixture.start({ fileServers: 1, pushServers: 1 });
  await using client = await msg.logIn(7, proto.CLIENT_TYPE_MAC);
  const ids = [...dbCommands, ...routeCommands, ...fileCommands, ...pushCommands]
    .map(({ id }) => id);
  const frame = fc.tuple(fc.constantFrom(...ids), fc.uint8Array({ maxLength: 40 }));
  for (const [id, body] of fc.sample(frame, { seed: 4711, numRuns: 2000 })) {
    // A kick that is well-formed is obeyed, and status notices are passed on: not what is asked here.
    if (id === proto.CID_OTHER_SERVER_KICK_USER || id === proto.CID_BUDDY_LIST_STATUS_NOTIFY) {
      continue;
    }
    const servers = [msg.db, msg.route, msg.login, ...msg.files, ...msg.pushes];
    for (const server of servers) server.send(id, body);
  }
  // The links are still the same ones: an answer over each of them gets through.
  client.send(proto.CID_MSG_UNREAD_CNT_REQUEST, proto.IMUnreadMsgCntReq.encode({ user_id: 7 }));
  const asked = await msg.db.expect(proto.CID_MSG_UNREAD_CNT_REQUEST, proto.IMUnreadMsgCntReq);
  const { attach_data } = asked.message;
  const answer = proto.IMUnreadMsgCntRsp.encode({ user_id: 7, total_cnt: 3, attach_data });
  asked.answer(proto.CID_MSG_UNREAD_CNT_RESPONSE, answer);
  const { total_cnt } = await client.expect(
    proto.CID_MSG_UNREAD_CNT_RESPONSE,
    proto.IMUnreadMsgCntRsp,
  );
  assert.equal(total_cnt, 3);
  const names = ["db_proxy", "route_server", "login_server", "file_server", "push_server"];
  const lost = names.map((name) => msg.log.countOf(`${name} link lost`));
  assert.deepEqual(lost, names.map(() => 0));
});

Deno.test("msg_server, leaves a server that breaks the framing, and comes back to it", async () => {
  await using msg = await MsgFixture.start({ fileServers: 1, pushServers: 1 });
  const servers = {
    db_proxy: msg.db,
    route_server: msg.route,
    login_server: msg.login,
    file_server: msg.files[0]!,
    push_server: msg.pushes[0]!,
  };
  for (const length of [15, 64 * 1024 * 1024 + 1]) {
    for (const [name, server] of Object.entries(servers)) {
      const lost = msg.log.countOf(`${name} link lost`);
      const opened = msg.log.countOf(`${name} link opened`);
      const links = server.links.length;
      for (const link of server.links) link.send(headerOf(length));
      await msg.log.logged(`${name} link lost`, lost + links);
      msg.clock.advance(RECONNECT_MS);
      await msg.log.logged(`${name} link opened`, opened + links);
    }
  }
});

Deno.test("msg_server, no link is left behind when clients come and go as they like", async () => {
  await using msg = await MsgFixture.start();
  const before = msg.clientsClosed;
  const silent = await msg.connect();
  const waiting = (await msg.ask(1)).client;
  const online = await msg.logIn(2);
  const kicked = await msg.logIn(3, proto.CLIENT_TYPE_WINDOWS);
  const kick = { user_id: 3, client_type: proto.CLIENT_TYPE_WINDOWS, reason: 1 };
  msg.route.send(proto.CID_OTHER_SERVER_KICK_USER, proto.IMServerKickUser.encode(kick));
  await kicked.expect(proto.CID_LOGIN_KICK_USER, proto.IMKickUser);
  for (const client of [silent, waiting, online, kicked]) await client.close();
  await msg.clientsGone(4, before);
  await msg.route.drop();
  await msg.log.logged("route_server link lost", 1);
  msg.clock.advance(RECONNECT_MS);
  for (let i = 0; i < 2; i++) {
    await msg.route.expect(proto.CID_OTHER_USER_STATUS_UPDATE, proto.IMUserStatusUpdate);
  }
  await msg.route.expect(proto.CID_OTHER_ROLE_SET, proto.IMRoleSet);
  const list = await msg.route.expect(proto.CID_OTHER_ONLINE_USER_INFO, proto.IMOnlineUserInfo);
  assert.deepEqual(list.message.user_stat_list, []);
});
