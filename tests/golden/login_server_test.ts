/**
 * login_server in the recordings: the HTTP lookup of the clients, and the counts of users that the
 * original msg_server reports.
 */
import assert from "node:assert/strict";
import { connect } from "node:net";
import { buffer } from "node:stream/consumers";
import { CID_OTHER_MSG_SERV_INFO, IMMsgServInfo, IMUserCntUpdate } from "../../proto/mod.ts";
import { startLoginServer } from "../../servers/login/server.ts";
import { bodyOf } from "../../shared/pdu/mod.ts";
import { LOGIN_CONFIG, lookups, startLoginInMemory, tcpDeps } from "../support/login_fixture.ts";
import { ScriptedLink } from "../support/scripted_link.ts";
import { WatchedLog } from "../support/watched_log.ts";
import { readRecording, recordingNames } from "./support/recording.ts";

Deno.test("login_server, golden http_msg_server_lookup over tcp: where to log in", async () => {
  const [request, answer] = readRecording("http_msg_server_lookup");
  const log = new WatchedLog();
  await using server = await startLoginServer(LOGIN_CONFIG, { ...tcpDeps(), log: log.logger });
  await using msgServer = await ScriptedLink.connect(server.addresses.msgServer);
  register(msgServer, { online: 0, max: 1000 });
  await log.logged("msg_server registered", 1);
  const socket = connect(server.addresses.http);
  socket.write(request!.bytes);
  // The server ends the connection, as the original does.
  const received = (await buffer(socket)).toString();
  assertSameAnswer(parseHttp(received), parseHttp(new TextDecoder().decode(answer!.bytes)));
});

Deno.test("login_server, golden http_msg_server_lookup over memory: where to log in", async () => {
  const [, answer] = readRecording("http_msg_server_lookup");
  await using login = await startLoginInMemory();
  await using msgServer = await login.connect("msgServer");
  register(msgServer, { online: 0, max: 1000 });
  await lookups(login, 1); // Links in memory keep their order, HTTP is called at once: a fence.
  const { status, headers, body } = await login.http("/msg_server").then(async (response) => ({
    status: response.status,
    headers: response.headers,
    body: await response.text(),
  }));
  assertSameAnswer({ status, headers, body }, parseHttp(new TextDecoder().decode(answer!.bytes)));
});

Deno.test("login_server, golden internal: each recorded login and logout is counted", async () => {
  for (const { name, frame } of recordedCounts()) {
    const isLogin = IMUserCntUpdate.decode(bodyOf(frame)).user_action === 1;
    await using login = await startLoginInMemory();
    await using msgServer = await login.connect("msgServer");
    // One place is left, or none: the count changes that.
    register(msgServer, { online: isLogin ? 0 : 1, max: 1 });
    assert.equal(await lookups(login, 1), isLogin ? "127.0.0.1" : "result 2", name);
    msgServer.sendBytes(frame);
    assert.equal(await lookups(login, 1), isLogin ? "result 2" : "127.0.0.1", name);
  }
});

function recordedCounts() {
  return recordingNames("internal/").flatMap((name) =>
    readRecording(`internal/${name}`)
      .filter(({ direction }) => direction === "->login")
      .map(({ bytes }) => ({ name, frame: bytes }))
  );
}

/** 0x0709 of the msg_server in the recordings; it was not recorded itself. */
function register(link: ScriptedLink, counts: { readonly online: number; readonly max: number }) {
  const body = IMMsgServInfo.encode({
    ip1: "127.0.0.1",
    ip2: "127.0.0.1",
    port: 8000,
    max_conn_cnt: counts.max,
    cur_conn_cnt: counts.online,
    host_name: "test",
  });
  link.send(CID_OTHER_MSG_SERV_INFO, body);
}

interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

/** All that was recorded; Deno adds headers. */
function assertSameAnswer(actual: HttpAnswer, recorded: HttpAnswer): void {
  assert.equal(actual.status, recorded.status);
  assert.equal(actual.body, recorded.body);
  for (const [name, value] of recorded.headers) {
    assert.equal(actual.headers.get(name)?.toLowerCase(), value, name);
  }
}

function parseHttp(text: string): HttpAnswer {
  const [head = "", body = ""] = text.split("\r\n\r\n", 2);
  const [statusLine = "", ...lines] = head.split("\r\n");
  const headers = new Headers(lines.map((line): [string, string] => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon), line.slice(colon + 1)];
  }));
  return { status: Number(statusLine.split(" ")[1]), headers, body };
}
