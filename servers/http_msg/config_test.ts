import assert from "node:assert/strict";
import { memorySource } from "../../shared/config/mod.ts";
import { DEFAULT_CLIENT_AES_KEY } from "../../shared/text_cipher.ts";
import { type HttpMsgConfig, loadHttpMsgConfig } from "./config.ts";

/** As the original ships it; its comments are left out. */
const ORIGINAL = `
ListenIP=0.0.0.0
ListenPort=8400
ConcurrentDBConnCnt=4
DBServerIP1=127.0.0.1
DBServerPort1=10600
DBServerIP2=127.0.0.1
DBServerPort2=10600
RouteServerIP1=localhost
RouteServerPort1=8200
`;

function load(text: string): { readonly config: HttpMsgConfig; readonly notices: string[] } {
  const notices: string[] = [];
  const source = memorySource({ files: { "httpmsgserver.conf": text } });
  return { config: loadHttpMsgConfig(source, { onNotice: (one) => notices.push(one) }), notices };
}

Deno.test("loadHttpMsgConfig(), the original's file: both calls stay open, with a warning", () => {
  const { config, notices } = load(ORIGINAL);
  assert.deepEqual(config.listen, [{ host: "0.0.0.0", port: 8400 }]);
  assert.equal(config.linksPerDb, 4);
  assert.deepEqual(config.routeServers, [{ host: "localhost", port: 8200 }]);
  assert.deepEqual(config.loginServers, []);
  assert.deepEqual(config.query, { access: "open", appKeys: [] });
  assert.match(notices.join(), /CreateGroup .* are open to everybody .* set AppKeys/);
  assert.deepEqual(config.api, {
    sessionSec: 12 * 3600,
    systemUserId: 0,
    historyRole: null,
    requestsPerSecond: 50,
    trustedProxies: [],
    msfsSite: null,
    aesKey: DEFAULT_CLIENT_AES_KEY,
  });
});

Deno.test("loadHttpMsgConfig(), the shipped conf/httpmsgserver.conf is on loopback and closed", () => {
  const url = new URL("../../conf/httpmsgserver.conf", import.meta.url);
  const { config, notices } = load(Deno.readTextFileSync(url));
  assert.deepEqual(config.listen, [{ host: "127.0.0.1", port: 8400 }]);
  assert.deepEqual(config.query, { access: "keys", appKeys: [] });
  assert.deepEqual(notices, []);
});

Deno.test("loadHttpMsgConfig(), app keys are several, and contradict being open", () => {
  const { config, notices } = load(`${ORIGINAL}AppKeys=one; two;\n`);
  assert.deepEqual(config.query, { access: "keys", appKeys: ["one", "two"] });
  assert.deepEqual(notices, []);
  assert.deepEqual(load(`${ORIGINAL}QueryWithoutKey=0\n`).config.query.access, "keys");
  assert.equal(load(`${ORIGINAL}QueryWithoutKey=1\n`).notices.length, 1);
  assert.throws(() => load(`${ORIGINAL}AppKeys=one\nQueryWithoutKey=1\n`), /contradict/);
});

Deno.test("loadHttpMsgConfig(), keys of ours", () => {
  const { api, loginServers } = load(
    `${ORIGINAL}SessionHours=1\nSystemUserId=9\nMessageHistory=manager\n` +
      "TrustedProxies=127.0.0.1;::1\nMsfsSite=http://msfs:8700/\n" +
      "LoginServerIP1=10.0.0.1\nLoginServerPort1=8100\n",
  ).config;
  assert.deepEqual(loginServers, [{ host: "10.0.0.1", port: 8100 }]);
  assert.deepEqual([api.sessionSec, api.systemUserId, api.historyRole], [3600, 9, "manager"]);
  assert.deepEqual(api.trustedProxies, ["127.0.0.1", "::1"]);
  assert.equal(api.msfsSite, "http://msfs:8700/");
  assert.throws(
    () => load(`${ORIGINAL}MessageHistory=everybody\n`),
    /allowed: off, owner, manager/,
  );
});
