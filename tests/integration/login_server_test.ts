/** login_server: which msg_server a client is sent to (docs/spec/roles.md 3). */
import assert from "node:assert/strict";
import {
  CID_INTERNAL_FIGURES_REQ,
  CID_INTERNAL_FIGURES_RSP,
  CID_INTERNAL_HELLO,
  CID_INTERNAL_HELLO_RSP,
  CID_LOGIN_REQ_MSGSERVER,
  CID_LOGIN_RES_MSGSERVER,
  CID_OTHER_MSG_SERV_INFO,
  IMFiguresReq,
  IMFiguresRsp,
  IMInternalHello,
  IMInternalHelloRsp,
  IMMsgServInfo,
  IMMsgServReq,
  IMMsgServRsp,
  REFUSE_REASON_MSG_SERVER_FULL,
  REFUSE_REASON_NO_MSG_SERVER,
  REFUSE_REASON_NONE,
} from "../../proto/mod.ts";
import { startLoginServer } from "../../servers/login/server.ts";
import { ROLE_HTTP_MSG_SERVER } from "../../shared/management/features.ts";
import type { Address } from "../../shared/netlib/mod.ts";
import { buildFrame } from "../../shared/pdu/mod.ts";
import {
  LOGIN_CONFIG,
  lookups,
  register,
  report,
  startLoginInMemory,
  tcpDeps,
} from "../support/login_fixture.ts";
import { ScriptedLink } from "../support/scripted_link.ts";
import { WatchedLog } from "../support/watched_log.ts";

Deno.test("login_server, answers 0x0101 with both addresses and closes, over TCP (P-LB1)", async () => {
  const log = new WatchedLog();
  await using server = await startLoginServer(LOGIN_CONFIG, { ...tcpDeps(), log: log.logger });
  await using msg = await ScriptedLink.connect(server.addresses.msgServer);
  register(msg, "10.0.0.1");
  await log.logged("command", 1);
  await using client = await ScriptedLink.connect(server.addresses.client);
  client.send(CID_LOGIN_REQ_MSGSERVER, IMMsgServReq.encode({}), { seqNum: 7 });
  const answer = IMMsgServRsp.encode({
    result_code: REFUSE_REASON_NONE,
    prior_ip: "10.0.0.1",
    backip_ip: "10.0.0.10",
    port: 8000,
  });
  await client.expectBytes(buildFrame(CID_LOGIN_RES_MSGSERVER, 7, answer));
  await client.ended();
});

Deno.test("login_server, tells http_msg_server what clients are told, and sends none there", async () => {
  await using login = await startLoginInMemory();
  await using http = await login.connect("msgServer");
  http.send(
    CID_INTERNAL_HELLO,
    IMInternalHello.encode({ role: ROLE_HTTP_MSG_SERVER, server_name: "h", feature_list: [] }),
  );
  const hello = await http.expect(CID_INTERNAL_HELLO_RSP, IMInternalHelloRsp);
  assert.deepEqual([hello.role, hello.feature_list], ["L", ["figures/1"]]);
  assert.equal(await lookups(login, 1), `result ${REFUSE_REASON_NO_MSG_SERVER}`);
  await using msg = await login.connect("msgServer");
  register(msg, "10.0.0.1", { online: 3, max: 9 });
  await lookups(login, 1);
  const attach_data = Uint8Array.of(1, 2);
  http.send(CID_INTERNAL_FIGURES_REQ, IMFiguresReq.encode({ attach_data }));
  const answer = await http.expect(CID_INTERNAL_FIGURES_RSP, IMFiguresRsp);
  assert.deepEqual([...answer.attach_data!], [...attach_data]);
  assert.deepEqual(JSON.parse(answer.figures), {
    msgServers: [{
      ...{ ip1: "10.0.0.1", ip2: "10.0.0.10", port: 8000, hostName: "test" },
      ...{ online: 3, maxOnline: 9 },
    }],
    msfs: LOGIN_CONFIG.msfs,
    discovery: LOGIN_CONFIG.discovery,
  });
});

Deno.test("login_server, answers only the first PDU, when a client sends several", async () => {
  await using login = await startLoginInMemory();
  await using client = await login.connect("client");
  client.send(CID_LOGIN_REQ_MSGSERVER, IMMsgServReq.encode({}), { seqNum: 1 });
  client.send(CID_LOGIN_REQ_MSGSERVER, IMMsgServReq.encode({}), { seqNum: 2 });
  const answer = await client.expect(CID_LOGIN_RES_MSGSERVER, IMMsgServRsp);
  assert.deepEqual({ ...answer }, { result_code: REFUSE_REASON_NO_MSG_SERVER });
  await client.ended();
  await assert.rejects(client.next(), /the other side closed the link/);
});

Deno.test("login_server, tells no server from full servers, on both ports", async () => {
  await using login = await startLoginInMemory();
  assert.equal(await lookups(login, 1), `result ${REFUSE_REASON_NO_MSG_SERVER}`);
  assert.equal(
    await (await login.http("/msg_server")).text(),
    '{\n   "code" : 1,\n   "msg" : "没有msg_server"\n}\n',
  );
  await using msg = await login.connect("msgServer");
  register(msg, "a", { online: 2, max: 2 });
  assert.equal(await lookups(login, 1), `result ${REFUSE_REASON_MSG_SERVER_FULL}`);
  assert.equal(
    await (await login.http("/msg_server")).text(),
    '{\n   "code" : 2,\n   "msg" : "负载过高"\n}\n',
  );
});

Deno.test("login_server, gives the recorded HTTP body, for the recorded registration (Q-PORTTXT)", async () => {
  const log = new WatchedLog();
  await using server = await startLoginServer(LOGIN_CONFIG, { ...tcpDeps(), log: log.logger });
  await using msg = await ScriptedLink.connect(server.addresses.msgServer);
  const info = { ip1: "127.0.0.1", ip2: "127.0.0.1", port: 8000, max_conn_cnt: 100 };
  msg.send(
    CID_OTHER_MSG_SERV_INFO,
    IMMsgServInfo.encode({ ...info, cur_conn_cnt: 0, host_name: "test" }),
  );
  await log.logged("command", 1);
  const answer = await httpGet(server.addresses.http, "/msg_server");
  const [, recorded] = goldenHttp();
  assert.equal(answer.body, recorded!.split("\r\n\r\n")[1]);
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get("content-type"), "text/html;charset=utf-8");
  assert.equal(answer.headers.get("content-length"), "248");
  assert.equal(answer.headers.get("connection"), "close");
});

Deno.test("login_server, answers any method and longer paths, and 404 elsewhere", async () => {
  await using server = await startLoginServer(LOGIN_CONFIG, tcpDeps());
  const { http } = server.addresses;
  for (const path of ["/msg_server", "/msg_server?a=b", "/msg_server/x", "/msg_servers"]) {
    const answer = await httpGet(http, path, { method: "POST" });
    assert.deepEqual([answer.status, JSON.parse(answer.body).code], [200, 1], path);
  }
  for (const path of ["/", "/favicon.ico", "/x/msg_server", "/MSG_SERVER"]) {
    const answer = await httpGet(http, path);
    assert.deepEqual([answer.status, JSON.parse(answer.body).code], [404, 404], path);
  }
});

Deno.test("login_server, follows the counts of msg_servers, never below zero (P-LB3)", async () => {
  await using login = await startLoginInMemory();
  await using a = await login.connect("msgServer");
  await using b = await login.connect("msgServer");
  register(a, "a", { online: 1 });
  register(b, "b", { online: 2 });
  assert.equal(await lookups(login, 1), "a");
  login.clock.advance(10_000);
  report(a, 1);
  report(a, 1);
  assert.equal(await lookups(login, 1), "b");
  login.clock.advance(10_000);
  for (let times = 0; times < 9; times++) report(b, 2);
  report(b, 1);
  report(a, 2);
  report(a, 2);
  report(a, 2);
  // Now a has 0 and b has 1.
  assert.equal(await lookups(login, 1), "a");
});

Deno.test("login_server, spreads a burst of lookups over both ports, for ten seconds (P-LB2)", async () => {
  await using login = await startLoginInMemory();
  await using a = await login.connect("msgServer");
  await using b = await login.connect("msgServer");
  register(a, "a");
  register(b, "b", { online: 1 });
  assert.equal(await lookups(login, 2), "a a");
  const answer = JSON.parse(await (await login.http("/msg_server")).text());
  assert.deepEqual([answer.priorIP, answer.backupIP, answer.port], ["b", "b0", "8000"]);
  login.clock.advance(10_000);
  assert.equal(await lookups(login, 1), "a");
});

Deno.test("login_server, replaces a registration, when the link sends a second one (P-LB3)", async () => {
  await using login = await startLoginInMemory();
  await using msg = await login.connect("msgServer");
  register(msg, "a", { online: 9, max: 9 });
  assert.equal(await lookups(login, 1), "result 2");
  register(msg, "a2", { online: 3, max: 9 });
  assert.equal(await lookups(login, 1), "a2");
});

Deno.test("login_server, forgets a msg_server, when its link closes", async () => {
  await using login = await startLoginInMemory();
  await using a = await login.connect("msgServer");
  await using b = await login.connect("msgServer");
  register(a, "a");
  register(b, "b", { online: 5 });
  assert.equal(await lookups(login, 1), "a");
  await a.close();
  assert.equal(await lookups(login, 2), "b b");
});

Deno.test("login_server, knows only its own msg_servers, beside another one", async () => {
  await using one = await startLoginInMemory();
  await using other = await startLoginInMemory();
  await using msg = await one.connect("msgServer");
  register(msg, "a");
  assert.equal(await lookups(one, 1), "a");
  assert.equal(await lookups(other, 1), "result 1");
});

async function httpGet(address: Address, path: string, init: RequestInit = {}) {
  const response = await fetch(`http://${address.host}:${address.port}${path}`, init);
  return { status: response.status, headers: response.headers, body: await response.text() };
}

function goldenHttp(): string[] {
  const url = new URL("../golden/http_msg_server_lookup.json", import.meta.url);
  const entries: { hex: string }[] = JSON.parse(Deno.readTextFileSync(url));
  return entries.map(({ hex }) => new TextDecoder().decode(Uint8Array.fromHex(hex)));
}

Deno.test("login_server, an HTTP answer may be of any length (P-LB4)", async () => {
  const msfs = `http://pictures.example.com/${"long/".repeat(1000)}`;
  const log = new WatchedLog();
  const deps = { ...tcpDeps(), log: log.logger };
  await using server = await startLoginServer({ ...LOGIN_CONFIG, msfs }, deps);
  await using msg = await ScriptedLink.connect(server.addresses.msgServer);
  register(msg, "10.0.0.1");
  await log.logged("command", 1);
  const answer = JSON.parse((await httpGet(server.addresses.http, "/msg_server")).body);
  assert.equal(answer.msfsPrior, msfs);
  assert.equal(answer.backupIP, "10.0.0.10");
});
