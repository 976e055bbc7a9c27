import assert from "node:assert/strict";
import {
  CID_LOGIN_REQ_MSGSERVER,
  CID_LOGIN_RES_MSGSERVER,
  IMMsgServRsp,
  type IMMsgServRspInit,
} from "../../proto/mod.ts";
import { ManualClock } from "../clock.ts";
import { MemoryNetwork } from "../netlib/mod.ts";
import { ok, refused } from "../result.ts";
import { ConnectionLostError, DeadlineError, LookupError } from "./errors.ts";
import { lookupOverHttp, parseMsgServer } from "./lookup_http.ts";
import { lookupOverTcp } from "./lookup_tcp.ts";
import { ScriptedServer } from "./test_support/scripted_server.ts";

/** As the original writes it (docs/spec/roles.md 3.4). */
const FOUND = `{
   "backupIP" : "10.0.0.2",
   "code" : 0,
   "discovery" : "http://127.0.0.1/api/discovery",
   "msfsBackup" : "http://127.0.0.1:8700/",
   "msfsPrior" : "http://127.0.0.1:8700/",
   "msg" : "",
   "port" : "8000",
   "priorIP" : "10.0.0.1"
}
`;

const MSG_SERVER = {
  priorIp: "10.0.0.1",
  backupIp: "10.0.0.2",
  port: 8000,
  msfsPrior: "http://127.0.0.1:8700/",
  discovery: "http://127.0.0.1/api/discovery",
};

function answering(text: string, asked: string[] = []) {
  return (url: string) => {
    asked.push(url);
    return Promise.resolve(new Response(text));
  };
}

Deno.test("lookupOverHttp() asks for /msg_server and reads the original's answer", async () => {
  const asked: string[] = [];
  const found = await lookupOverHttp("http://127.0.0.1:8080", { fetch: answering(FOUND, asked) });
  assert.deepEqual(found, ok(MSG_SERVER));
  assert.deepEqual(asked, ["http://127.0.0.1:8080/msg_server"]);
});

Deno.test("parseMsgServer() tells why there is no msg_server", () => {
  assert.deepEqual(parseMsgServer('{"code": 1, "msg": "none"}'), refused("no_msg_server"));
  assert.deepEqual(parseMsgServer('{"code": 2, "msg": "full"}'), refused("msg_servers_full"));
});

Deno.test("parseMsgServer() takes the prior address for a missing backup and a numeric port", () => {
  assert.deepEqual(
    parseMsgServer('{"code": 0, "priorIP": "10.0.0.1", "port": 8000}'),
    ok({ priorIp: "10.0.0.1", backupIp: "10.0.0.1", port: 8000 }),
  );
});

Deno.test("parseMsgServer() refuses what no login_server writes", () => {
  const bad = [
    "",
    "<html></html>",
    "[]",
    "null",
    "{}",
    '{"code": 0}',
    '{"code": 9, "priorIP": "10.0.0.1", "port": "8000"}',
    '{"code": 0, "priorIP": "10.0.0.1", "port": "0"}',
    '{"code": 0, "priorIP": "10.0.0.1", "port": "65536"}',
    '{"code": 0, "priorIP": "10.0.0.1", "port": "http"}',
    '{"code": 0, "priorIP": 5, "port": "8000"}',
  ];
  for (const answer of bad) assert.throws(() => parseMsgServer(answer), LookupError, answer);
});

Deno.test("lookupOverHttp() refuses bad URLs, failed fetches and endless answers", async () => {
  await assert.rejects(
    lookupOverHttp("nonsense"),
    new LookupError("Cannot ask nonsense: this is no URL"),
  );
  const failing = () => Promise.reject(new TypeError("connection refused"));
  await assert.rejects(
    lookupOverHttp("http://127.0.0.1:1", { fetch: failing }),
    new LookupError("Cannot ask http://127.0.0.1:1/msg_server: connection refused"),
  );
  await assert.rejects(
    lookupOverHttp("http://127.0.0.1:1", { fetch: answering(" ".repeat(70_000)) }),
    LookupError,
  );
});

Deno.test("lookupOverHttp() stops waiting at its deadline and when it is aborted", async () => {
  const clock = new ManualClock();
  const never = () => new Promise<Response>(() => {});
  const late = lookupOverHttp("http://a", { fetch: never, clock, timeoutMs: 500 });
  clock.advance(500);
  await assert.rejects(late, DeadlineError);
  const controller = new AbortController();
  const { signal } = controller;
  const aborted = lookupOverHttp("http://a", { fetch: never, clock, signal });
  controller.abort(new ConnectionLostError("stop"));
  await assert.rejects(aborted, new ConnectionLostError("stop"));
  assert.equal(clock.pendingTimers, 0);
});

Deno.test("lookupOverHttp() works over an HTTP listener of a memory network", async () => {
  const network = new MemoryNetwork(new ManualClock());
  const listener = await network.serveHttp({ host: "a", port: 0 }, () => new Response(FOUND));
  const url = `http://a:${listener.address.port}`;
  const found = await lookupOverHttp(url, { fetch: (target) => network.fetch(target) });
  assert.deepEqual(found, ok(MSG_SERVER));
});

async function askOverTcp(answer: IMMsgServRspInit | "close" | "silence") {
  const clock = new ManualClock();
  const network = new MemoryNetwork(clock);
  await using server = await ScriptedServer.start(network);
  server.answer(CID_LOGIN_REQ_MSGSERVER, (call) => {
    if (answer === "silence") clock.advance(500);
    else if (answer !== "close") call.reply(CID_LOGIN_RES_MSGSERVER, IMMsgServRsp, answer);
    if (answer !== "silence") call.link.close("answered");
  });
  try {
    return await lookupOverTcp(network, server.address, { clock, timeoutMs: 500 });
  } finally {
    assert.equal(clock.pendingTimers, 0);
  }
}

Deno.test("lookupOverTcp() reads the address or the reason why there is none", async () => {
  const found = {
    result_code: 0,
    prior_ip: "10.0.0.1",
    backip_ip: "10.0.0.2",
    port: 8000,
  } as const;
  assert.deepEqual(
    await askOverTcp(found),
    ok({ priorIp: "10.0.0.1", backupIp: "10.0.0.2", port: 8000 }),
  );
  assert.deepEqual(await askOverTcp({ result_code: 1 }), refused("no_msg_server"));
  assert.deepEqual(await askOverTcp({ result_code: 2 }), refused("msg_servers_full"));
});

Deno.test("lookupOverTcp() rejects when the server is silent, closes, is away or makes no sense", async () => {
  await assert.rejects(askOverTcp({ result_code: 0 }), LookupError);
  await assert.rejects(askOverTcp("close"), ConnectionLostError);
  await assert.rejects(askOverTcp("silence"), DeadlineError);
  const clock = new ManualClock();
  const away = lookupOverTcp(new MemoryNetwork(clock), { host: "a", port: 9 }, { clock });
  await assert.rejects(away, ConnectionLostError);
  assert.equal(clock.pendingTimers, 0);
});

Deno.test("lookupOverTcp() ends when it is aborted", async () => {
  const clock = new ManualClock();
  const network = new MemoryNetwork(clock);
  await using server = await ScriptedServer.start(network);
  const controller = new AbortController();
  const { signal } = controller;
  const lookup = lookupOverTcp(network, server.address, { clock, signal });
  await server.next(CID_LOGIN_REQ_MSGSERVER);
  controller.abort();
  await assert.rejects(lookup, ConnectionLostError);
  assert.equal(clock.pendingTimers, 0);
});
