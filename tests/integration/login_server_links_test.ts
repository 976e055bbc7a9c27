/** login_server and its links: framing, malformed input, limits, stopping. */
import assert from "node:assert/strict";
import {
  CID_LOGIN_REQ_MSGSERVER,
  CID_LOGIN_RES_MSGSERVER,
  CID_OTHER_HEARTBEAT,
  CID_OTHER_MSG_SERV_INFO,
  CID_OTHER_USER_CNT_UPDATE,
  IMMsgServInfo,
  IMMsgServReq,
  IMMsgServRsp,
  REFUSE_REASON_NO_MSG_SERVER,
} from "../../proto/mod.ts";
import { startLoginServer } from "../../servers/login/server.ts";
import { type Address, ListenError } from "../../shared/netlib/mod.ts";
import { buildFrame } from "../../shared/pdu/mod.ts";
import {
  LOGIN_CONFIG,
  lookup,
  lookups,
  register,
  startLoginInMemory,
  tcpDeps,
} from "../support/login_fixture.ts";
import { ScriptedLink } from "../support/scripted_link.ts";

Deno.test("login_server, closes a silent msg_server after 30 s, a silent client after 120 s", async () => {
  await using login = await startLoginInMemory();
  await using msg = await login.connect("msgServer");
  await using client = await login.connect("client");
  register(msg, "a");
  assert.equal(await lookups(login, 1), "a");
  login.clock.advance(6_000);
  assert.equal((await msg.next({ heartbeats: "keep" }))[11], CID_OTHER_HEARTBEAT & 0xff);
  login.clock.advance(24_000);
  assert.equal(await lookups(login, 1), "a");
  login.clock.advance(1_000);
  await msg.ended();
  assert.equal(await lookups(login, 1), "result 1");
  login.clock.advance(88_000);
  client.send(CID_OTHER_HEARTBEAT, new Uint8Array(0)); // Any input is a life sign.
  assert.equal(await lookups(login, 1), "result 1");
  login.clock.advance(120_000);
  assert.equal(await lookups(login, 1), "result 1");
  login.clock.advance(1_000);
  await client.ended();
});

Deno.test("login_server, closes a link at once, for a length below 16 or above its limit", async () => {
  await using server = await startLoginServer(LOGIN_CONFIG, tcpDeps());
  const { client, msgServer } = server.addresses;
  for (const length of [0, 1, 15, 64 * 1024 + 1, 0x3c706f6c]) {
    await assertClosedFor(client, length);
  }
  for (const length of [0, 15, 64 * 1024 * 1024 + 1, 0xffffffff]) {
    await assertClosedFor(msgServer, length);
  }
  assert.equal((await lookup(ScriptedLink.connect(client))).result_code, 1);
});

Deno.test("login_server, drops PDUs it cannot read or does not know, and keeps the link", async () => {
  await using login = await startLoginInMemory();
  await using msg = await login.connect("msgServer");
  const info = IMMsgServInfo.encode({
    ip1: "a",
    ip2: "a",
    port: 8000,
    max_conn_cnt: 9,
    cur_conn_cnt: 0,
    host_name: "test",
  });
  msg.send(CID_OTHER_MSG_SERV_INFO, info.subarray(0, info.length - 1));
  msg.send(CID_OTHER_MSG_SERV_INFO, info.subarray(0, 3));
  msg.send(CID_OTHER_USER_CNT_UPDATE, new Uint8Array([0xff]));
  msg.send(CID_LOGIN_REQ_MSGSERVER, IMMsgServReq.encode({})); // Not on this port.
  msg.send(0x0fff, new Uint8Array(9));
  assert.equal(await lookups(login, 1), "result 1");
  msg.send(CID_OTHER_MSG_SERV_INFO, info);
  assert.equal(await lookups(login, 1), "a");

  await using client = await login.connect("client");
  client.send(CID_OTHER_MSG_SERV_INFO, info); // Not on this port.
  client.send(0xffff, new Uint8Array(0));
  client.send(CID_LOGIN_REQ_MSGSERVER, IMMsgServReq.encode({}));
  await client.expect(CID_LOGIN_RES_MSGSERVER, IMMsgServRsp);
});

Deno.test("login_server, reads PDUs from any split of the stream, over TCP", async () => {
  await using server = await startLoginServer(LOGIN_CONFIG, tcpDeps());
  await using client = await ScriptedLink.connect(server.addresses.client);
  const frame = buildFrame(CID_LOGIN_REQ_MSGSERVER, 3, IMMsgServReq.encode({}));
  for (const byte of frame) client.sendBytes(new Uint8Array([byte]));
  await client.expect(CID_LOGIN_RES_MSGSERVER, IMMsgServRsp);
});

Deno.test("login_server, refuses further client links, at MaxClientConnCnt", async () => {
  await using server = await startLoginServer({ ...LOGIN_CONFIG, MaxClientConnCnt: 1 }, tcpDeps());
  const { client } = server.addresses;
  await using first = await ScriptedLink.connect(client);
  await using second = await ScriptedLink.connect(client);
  await second.ended();
  first.send(CID_LOGIN_REQ_MSGSERVER, IMMsgServReq.encode({}));
  await first.expect(CID_LOGIN_RES_MSGSERVER, IMMsgServRsp);
});

Deno.test("login_server, listens on every address of a list", async () => {
  const hosts = ["127.0.0.1", "127.0.0.2"];
  const config = { ...LOGIN_CONFIG, ClientListenIP: hosts, ClientPort: freePort() };
  await using server = await startLoginServer(config, tcpDeps());
  assert.deepEqual(server.addresses.client, { host: "127.0.0.1", port: config.ClientPort });
  for (const host of hosts) {
    const answer = await lookup(ScriptedLink.connect({ host, port: config.ClientPort }));
    assert.equal(answer.result_code, REFUSE_REASON_NO_MSG_SERVER);
  }
});

Deno.test("login_server, leaves nothing open, when a port is in use", async () => {
  await using server = await startLoginServer(LOGIN_CONFIG, tcpDeps());
  const taken = { ...LOGIN_CONFIG, HttpPort: server.addresses.http.port };
  await assert.rejects(startLoginServer(taken, tcpDeps()), ListenError);
});

Deno.test("login_server, closes links, listeners and timers, when it stops", async () => {
  const login = await startLoginInMemory();
  await using msg = await login.connect("msgServer");
  await using client = await login.connect("client");
  await login.server.stop();
  await msg.ended();
  await client.ended();
  assert.equal(login.clock.pendingTimers, 0);
  await assert.rejects(login.http("/msg_server"), /connection refused/);
  await login.server.stop();
});

Deno.test("login_server, frees its ports, when it stops", async () => {
  const server = await startLoginServer(LOGIN_CONFIG, tcpDeps());
  const { client, http, msgServer } = server.addresses;
  await using link = await ScriptedLink.connect(msgServer);
  await server.stop();
  await link.ended();
  for (const address of [client, http, msgServer]) {
    await assert.rejects(ScriptedLink.connect(address), /the connection was refused/);
  }
});

async function assertClosedFor(address: Address, length: number): Promise<void> {
  await using link = await ScriptedLink.connect(address);
  const header = buildFrame(CID_LOGIN_REQ_MSGSERVER, 0, new Uint8Array(0));
  new DataView(header.buffer, header.byteOffset).setUint32(0, length);
  link.sendBytes(header);
  await link.ended();
  await assert.rejects(link.next(), /the other side closed the link/);
}

/** A port that was free a moment ago, for a server that has to have the same one twice. */
function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
