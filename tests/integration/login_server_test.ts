/**
 * login_server with scripted msg_servers and clients. What depends on the order across links or on
 * time runs on a `MemoryNetwork`, where a frame sent later is also handled later; what depends on
 * bytes and sockets runs on TCP.
 */
import assert from "node:assert/strict";
import { connect } from "node:net";
import {
  CID_LOGIN_REQ_MSGSERVER,
  CID_LOGIN_RES_MSGSERVER,
  CID_OTHER_HEARTBEAT,
  CID_OTHER_MSG_SERV_INFO,
  CID_OTHER_USER_CNT_UPDATE,
  IMMsgServInfo,
  IMMsgServReq,
  IMMsgServRsp,
  type IMMsgServRsp as LookupAnswer,
  IMUserCntUpdate,
  REFUSE_REASON_MSG_SERVER_FULL,
  REFUSE_REASON_NO_MSG_SERVER,
  REFUSE_REASON_NONE,
} from "../../proto/mod.ts";
import type { LoginConfig } from "../../servers/login/config.ts";
import { type LoginListener, startLoginServer } from "../../servers/login/server.ts";
import { ManualClock, systemClock } from "../../shared/clock.ts";
import { createLogger, silentLogger } from "../../shared/log/mod.ts";
import { type Address, ListenError, MemoryNetwork, TcpNetwork } from "../../shared/netlib/mod.ts";
import { buildFrame } from "../../shared/pdu/mod.ts";
import { systemRandom } from "../../shared/random.ts";
import type { RoleDeps, RunningServer } from "../../shared/role.ts";
import { ScriptedLink, withDeadline } from "../support/scripted_link.ts";

type LoginServer = RunningServer<LoginListener>;

const CONFIG: LoginConfig = {
  ClientListenIP: ["127.0.0.1"],
  ClientPort: 0,
  HttpListenIP: ["127.0.0.1"],
  HttpPort: 0,
  MsgServerListenIP: ["127.0.0.1"],
  MsgServerPort: 0,
  msfs: "http://127.0.0.1:8700/",
  discovery: "http://127.0.0.1/api/discovery",
  MaxClientConnCnt: 100,
  MaxMsgServerConnCnt: 100,
  MaxClientPduBytes: 64 * 1024,
};

function tcpDeps(): RoleDeps {
  const clock = systemClock;
  return { network: new TcpNetwork(clock), clock, random: systemRandom, log: silentLogger };
}

/** A server in memory, and how its neighbours reach it. */
interface MemoryLogin extends AsyncDisposable {
  readonly clock: ManualClock;
  readonly server: LoginServer;
  connect(listener: LoginListener): Promise<ScriptedLink>;
  http(path: string): Promise<Response>;
}

async function startInMemory(): Promise<MemoryLogin> {
  const clock = new ManualClock();
  const network = new MemoryNetwork(clock);
  const deps = { network, clock, random: systemRandom, log: silentLogger };
  const server = await startLoginServer(CONFIG, deps);
  return {
    clock,
    server,
    connect: (listener) => ScriptedLink.connect(server.addresses[listener], network),
    http: (path) => network.fetch(`http://127.0.0.1:${server.addresses.http.port}${path}`),
    [Symbol.asyncDispose]: () => server.stop(),
  };
}

interface Counts {
  readonly online?: number;
  readonly max?: number;
}

function register(link: ScriptedLink, ip: string, { online = 0, max = 1000 }: Counts = {}): void {
  link.send(
    CID_OTHER_MSG_SERV_INFO,
    IMMsgServInfo.encode({
      ip1: ip,
      ip2: `${ip}0`,
      port: 8000,
      max_conn_cnt: max,
      cur_conn_cnt: online,
      host_name: "test",
    }),
  );
}

function report(link: ScriptedLink, userAction: number): void {
  const body = IMUserCntUpdate.encode({ user_action: userAction, user_id: 1 });
  link.send(CID_OTHER_USER_CNT_UPDATE, body);
}

/** Asks over the client port, on a link of its own as clients do. */
async function lookup(connecting: Promise<ScriptedLink>): Promise<LookupAnswer> {
  await using client = await connecting;
  client.send(CID_LOGIN_REQ_MSGSERVER, IMMsgServReq.encode({}));
  return await client.expect(CID_LOGIN_RES_MSGSERVER, IMMsgServRsp);
}

async function lookups(login: MemoryLogin, count: number): Promise<string> {
  const answers: string[] = [];
  for (let each = 0; each < count; each++) {
    const { result_code, prior_ip } = await lookup(login.connect("client"));
    answers.push(result_code === REFUSE_REASON_NONE ? prior_ip! : `result ${result_code}`);
  }
  return answers.join(" ");
}

Deno.test("login_server, answers 0x0101 with both addresses and closes, over TCP", async () => {
  const log = commandLog();
  await using server = await startLoginServer(CONFIG, { ...tcpDeps(), log: log.logger });
  await using msg = await ScriptedLink.connect(server.addresses.msgServer);
  register(msg, "10.0.0.1");
  await log.handled(1);
  await using client = await ScriptedLink.connect(server.addresses.client);
  client.send(CID_LOGIN_REQ_MSGSERVER, IMMsgServReq.encode({}), { seqNum: 7 });
  const answer = { result_code: 0, prior_ip: "10.0.0.1", backip_ip: "10.0.0.10", port: 8000 };
  await client.expectBytes(
    buildFrame(CID_LOGIN_RES_MSGSERVER, 7, IMMsgServRsp.encode({ ...answer, result_code: 0 })),
  );
  await client.ended();
});

Deno.test("login_server, answers only the first PDU, when a client sends several", async () => {
  await using login = await startInMemory();
  await using client = await login.connect("client");
  client.send(CID_LOGIN_REQ_MSGSERVER, IMMsgServReq.encode({}), { seqNum: 1 });
  client.send(CID_LOGIN_REQ_MSGSERVER, IMMsgServReq.encode({}), { seqNum: 2 });
  const answer = await client.expect(CID_LOGIN_RES_MSGSERVER, IMMsgServRsp);
  assert.deepEqual({ ...answer }, { result_code: REFUSE_REASON_NO_MSG_SERVER });
  await client.ended();
  await assert.rejects(client.next(), /the other side closed the link/);
});

Deno.test("login_server, tells no server from full servers, on both ports", async () => {
  await using login = await startInMemory();
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

Deno.test("login_server, gives the recorded HTTP body, for the recorded registration", async () => {
  const log = commandLog();
  await using server = await startLoginServer(CONFIG, { ...tcpDeps(), log: log.logger });
  await using msg = await ScriptedLink.connect(server.addresses.msgServer);
  const info = { ip1: "127.0.0.1", ip2: "127.0.0.1", port: 8000, max_conn_cnt: 100 };
  msg.send(
    CID_OTHER_MSG_SERV_INFO,
    IMMsgServInfo.encode({ ...info, cur_conn_cnt: 0, host_name: "test" }),
  );
  await log.handled(1);
  const answer = await httpGet(server.addresses.http, "/msg_server");
  const [, recorded] = goldenHttp();
  assert.equal(answer.body, recorded!.split("\r\n\r\n")[1]);
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get("content-type"), "text/html;charset=utf-8");
  assert.equal(answer.headers.get("content-length"), "248");
  assert.equal(answer.headers.get("connection"), "close");
});

Deno.test("login_server, answers any method and longer paths, and 404 elsewhere", async () => {
  await using server = await startLoginServer(CONFIG, tcpDeps());
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

Deno.test("login_server, follows the counts of msg_servers, never below zero", async () => {
  await using login = await startInMemory();
  await using a = await login.connect("msgServer");
  await using b = await login.connect("msgServer");
  register(a, "a", { online: 1 });
  register(b, "b", { online: 2 });
  assert.equal(await lookups(login, 1), "a");
  login.clock.advance(10_000);
  // Both are life signs for the silence limit, which the advanced clock would reach otherwise.
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

Deno.test("login_server, spreads a burst of lookups over both ports, for ten seconds", async () => {
  await using login = await startInMemory();
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

Deno.test("login_server, replaces a registration, when the link sends a second one", async () => {
  await using login = await startInMemory();
  await using msg = await login.connect("msgServer");
  register(msg, "a", { online: 9, max: 9 });
  assert.equal(await lookups(login, 1), "result 2");
  register(msg, "a2", { online: 3, max: 9 });
  assert.equal(await lookups(login, 1), "a2");
});

Deno.test("login_server, forgets a msg_server, when its link closes", async () => {
  await using login = await startInMemory();
  await using a = await login.connect("msgServer");
  await using b = await login.connect("msgServer");
  register(a, "a");
  register(b, "b", { online: 5 });
  assert.equal(await lookups(login, 1), "a");
  await a.close();
  assert.equal(await lookups(login, 2), "b b");
});

Deno.test("login_server, closes a silent msg_server after 30 s, a silent client after 120 s", async () => {
  await using login = await startInMemory();
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
  await using server = await startLoginServer(CONFIG, tcpDeps());
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
  await using login = await startInMemory();
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
  await using server = await startLoginServer(CONFIG, tcpDeps());
  await using client = await ScriptedLink.connect(server.addresses.client);
  const frame = buildFrame(CID_LOGIN_REQ_MSGSERVER, 3, IMMsgServReq.encode({}));
  for (const byte of frame) client.sendBytes(new Uint8Array([byte]));
  await client.expect(CID_LOGIN_RES_MSGSERVER, IMMsgServRsp);
});

Deno.test("login_server, refuses further client links, at MaxClientConnCnt", async () => {
  await using server = await startLoginServer({ ...CONFIG, MaxClientConnCnt: 1 }, tcpDeps());
  const { client } = server.addresses;
  await using first = await ScriptedLink.connect(client);
  await using second = await ScriptedLink.connect(client);
  await second.ended();
  first.send(CID_LOGIN_REQ_MSGSERVER, IMMsgServReq.encode({}));
  await first.expect(CID_LOGIN_RES_MSGSERVER, IMMsgServRsp);
});

Deno.test("login_server, listens on every address of a list", async () => {
  const hosts = ["127.0.0.1", "127.0.0.2"];
  const config = { ...CONFIG, ClientListenIP: hosts, ClientPort: freePort() };
  await using server = await startLoginServer(config, tcpDeps());
  assert.deepEqual(server.addresses.client, { host: "127.0.0.1", port: config.ClientPort });
  for (const host of hosts) {
    const answer = await lookup(ScriptedLink.connect({ host, port: config.ClientPort }));
    assert.equal(answer.result_code, REFUSE_REASON_NO_MSG_SERVER);
  }
});

Deno.test("login_server, leaves nothing open, when a port is in use", async () => {
  await using server = await startLoginServer(CONFIG, tcpDeps());
  const taken = { ...CONFIG, HttpPort: server.addresses.http.port };
  await assert.rejects(startLoginServer(taken, tcpDeps()), ListenError);
});

Deno.test("login_server, closes links, listeners and timers, when it stops", async () => {
  const login = await startInMemory();
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
  const server = await startLoginServer(CONFIG, tcpDeps());
  const { client, http, msgServer } = server.addresses;
  await using link = await ScriptedLink.connect(msgServer);
  await server.stop();
  await link.ended();
  for (const address of [client, http, msgServer]) {
    assert.equal(await connectOutcome(address), "refused");
  }
});

Deno.test("login_server, knows only its own msg_servers, beside another one", async () => {
  await using one = await startInMemory();
  await using other = await startInMemory();
  await using msg = await one.connect("msgServer");
  register(msg, "a");
  assert.equal(await lookups(one, 1), "a");
  assert.equal(await lookups(other, 1), "result 1");
});

async function assertClosedFor(address: Address, length: number): Promise<void> {
  await using link = await ScriptedLink.connect(address);
  const header = buildFrame(CID_LOGIN_REQ_MSGSERVER, 0, new Uint8Array(0));
  new DataView(header.buffer, header.byteOffset).setUint32(0, length);
  link.sendBytes(header);
  await link.ended();
  await assert.rejects(link.next(), /the other side closed the link/);
}

/** Tells when the server has handled PDUs, of which a msg_server gets no answer. */
function commandLog() {
  let commands = 0;
  let changed = (): void => {};
  const logger = createLogger({
    level: "debug",
    format: "json",
    clock: systemClock,
    sink(line) {
      if (JSON.parse(line).message === "command") commands++;
      changed();
    },
  });
  const handled = async (count: number): Promise<void> => {
    while (commands < count) await withDeadline("a command", (resolve) => changed = resolve);
  };
  return { logger, handled };
}

async function httpGet(address: Address, path: string, init: RequestInit = {}) {
  const response = await fetch(`http://${address.host}:${address.port}${path}`, init);
  return { status: response.status, headers: response.headers, body: await response.text() };
}

function goldenHttp(): string[] {
  const url = new URL("../golden/http_msg_server_lookup.json", import.meta.url);
  const entries: { hex: string }[] = JSON.parse(Deno.readTextFileSync(url));
  return entries.map(({ hex }) => new TextDecoder().decode(Uint8Array.fromHex(hex)));
}

/** A port that was free a moment ago, for a server that has to have the same one twice. */
function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

function connectOutcome(address: Address): Promise<string> {
  return withDeadline<string>("the outcome of a connect", (resolve) => {
    const socket = connect(address.port, address.host);
    socket.on("connect", () => {
      socket.destroy();
      resolve("connected");
    });
    socket.on("error", () => resolve("refused"));
  });
}
