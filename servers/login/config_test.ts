import assert from "node:assert/strict";
import { loadConfig, memorySource } from "../../shared/config/mod.ts";
import { type LoginConfig, loginSchema } from "./config.ts";

/** As the original ships it; its comments are left out. */
const ORIGINAL = `
ClientListenIP=0.0.0.0
ClientPort=8008
HttpListenIP=0.0.0.0
HttpPort=8080
MsgServerListenIP=0.0.0.0
MsgServerPort=8100
msfs=http://127.0.0.1:8700/
discovery=http://127.0.0.1/api/discovery
`;

function load(text: string, onNotice: (notice: string) => void = assert.fail): LoginConfig {
  const files = { "loginserver.conf": text };
  return loadConfig(loginSchema, memorySource({ files }), { onNotice });
}

Deno.test("loginSchema, loads the original's file, with our limits at their defaults", () => {
  const config = load(ORIGINAL);
  assert.equal(config.ClientPort, 8008);
  assert.equal(config.msfs, "http://127.0.0.1:8700/");
  assert.equal(config.MaxClientPduBytes, 65536);
});

Deno.test("loginSchema, loads the shipped conf/loginserver.conf", () => {
  const url = new URL("../../conf/loginserver.conf", import.meta.url);
  const config = load(Deno.readTextFileSync(url));
  const { ClientPort, HttpPort, MsgServerPort } = config;
  assert.deepEqual([ClientPort, HttpPort, MsgServerPort], [8008, 8080, 8100]);
});

Deno.test("loginSchema, refuses a port used twice, unless the addresses differ", () => {
  assert.throws(
    () => load(ORIGINAL.replace("8008", "8080")),
    /ClientPort and HttpPort are both 8080; give each its own port/,
  );
  const apart = ORIGINAL.replace("8008", "8080")
    .replace("ClientListenIP=0.0.0.0", "ClientListenIP=10.0.0.1")
    .replace("HttpListenIP=0.0.0.0", "HttpListenIP=10.0.0.2;10.0.0.3");
  assert.equal(load(apart).ClientPort, 8080);
  assert.throws(() => load(apart.replace("10.0.0.3", "10.0.0.1")), /are both 8080/);
});

Deno.test("loginSchema, accepts the keys of the etcd variant, with a notice for each", () => {
  const notices: string[] = [];
  load(
    ORIGINAL + "RegisterCenterIp=10.0.0.1\nRegisterTTL=5000\n",
    (notice) => void notices.push(notice),
  );
  assert.equal(notices.length, 2);
  assert.match(notices[0]!, /RegisterCenterIp is not used: /);
});
