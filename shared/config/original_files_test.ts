/**
 * Files as operators have them: what the C++ suite accepts must load, and so must what `conf/`
 * ships. The roles' own schemas are tested with the roles; these are close copies.
 */

import assert from "node:assert/strict";
import { ignored } from "./field.ts";
import { loadConfig } from "./load.ts";
import { parseConfig } from "./parse.ts";
import { peerList } from "./peers.ts";
import { defineConfig } from "./schema.ts";
import { bytes32 } from "./secrets.ts";
import { memorySource } from "./source.ts";
import { choice, host, integer, ipList, port } from "./values.ts";

const msgSchema = defineConfig("msgserver.conf", {
  ListenIP: ipList(),
  ListenPort: port({ allowZero: true }),
  ConcurrentDBConnCnt: integer({ min: 1, max: 64, default: 10 }),
  DBServer: peerList("DBServerIP", "DBServerPort", { min: 2 }),
  LoginServer: peerList("LoginServerIP", "LoginServerPort"),
  RouteServer: peerList("RouteServerIP", "RouteServerPort"),
  PushServer: peerList("PushServerIP", "PushServerPort"),
  FileServer: peerList("FileServerIP", "FileServerPort"),
  IpAddr1: host(),
  IpAddr2: host(),
  MaxConnCnt: integer({ min: 1, max: 1_000_000 }),
  MaxMsgPerSecond: integer({ min: 0, max: 100_000, default: 20 }),
  MaxRequestsPerSecond: integer({ min: 0, max: 100_000, default: 100 }),
  TellClientAddress: choice(["yes", "no"], { default: "no" }),
  aesKey: bytes32(),
  TcpNoDelay: ignored("it is always on"),
});

const ORIGINAL_MSGSERVER = `
ListenIP=0.0.0.0
ListenPort=8000

ConcurrentDBConnCnt=2
DBServerIP1=127.0.0.1
DBServerPort1=10600
DBServerIP2=127.0.0.1
DBServerPort2=10600

LoginServerIP1=127.0.0.1
LoginServerPort1=8100
#LoginServerIP2=localhost
#LoginServerPort2=8008

RouteServerIP1=localhost
RouteServerPort1=8200

PushServerIP1=localhost
PushServerPort1=8500

FileServerIP1=localhost
FileServerPort1=8600

IpAddr1=127.0.0.1\t#电信IP
IpAddr2=127.0.0.1\t#网通IP
MaxConnCnt=100000

#AES 密钥
aesKey=12345678901234567890123456789012
`;

Deno.test("a msgserver.conf of the original loads unchanged, with either line end", () => {
  const texts = [ORIGINAL_MSGSERVER, ORIGINAL_MSGSERVER.replaceAll("\n", "\r\n")];
  for (const text of texts) {
    const config = loadConfig(msgSchema, memorySource({ files: { "msgserver.conf": text } }), {
      onNotice: (notice) => assert.fail(notice),
    });
    assert.equal(config.DBServer.length, 2);
    assert.deepEqual(config.RouteServer, [{ host: "localhost", port: 8200 }]);
    assert.equal(config.IpAddr2, "127.0.0.1");
    assert.equal(config.MaxMsgPerSecond, 20);
  }
});

Deno.test("conf/msgserver.conf loads and names one db_proxy twice", () => {
  const text = shipped("msgserver.conf");
  const config = loadConfig(msgSchema, memorySource({ files: { "msgserver.conf": text } }));
  assert.deepEqual(config.DBServer.map((peer) => peer.port), [10600, 10600]);
  assert.deepEqual([config.FileServer, config.PushServer].map(([peer]) => peer?.port), [
    8601,
    8500,
  ]);
});

Deno.test("every file of conf/ has the original's ports, peer ports on loopback, no repeats (P-NET1)", () => {
  const expected: Record<string, Record<string, string>> = {
    "loginserver.conf": {
      ClientListenIP: "0.0.0.0",
      ClientPort: "8008",
      HttpListenIP: "0.0.0.0",
      HttpPort: "8080",
      MsgServerListenIP: "127.0.0.1",
      MsgServerPort: "8100",
    },
    "msgserver.conf": { ListenIP: "0.0.0.0", ListenPort: "8000", MaxMsgPerSecond: "20" },
    "routeserver.conf": { ListenIP: "127.0.0.1", ListenMsgPort: "8200" },
    "pushserver.conf": { ListenIP: "127.0.0.1", ListenPort: "8500", SandBox: "0" },
    "dbproxyserver.conf": { ListenIP: "127.0.0.1", ListenPort: "10600", Storage: "sqlite" },
  };
  for (const [name, values] of Object.entries(expected)) {
    const { entries, repeated } = parseConfig(shipped(name), name);
    assert.deepEqual(repeated, [], name);
    for (const [key, value] of Object.entries(values)) {
      assert.equal(entries.get(key)?.value, value, `${name} ${key}`);
    }
  }
});

function shipped(name: string): string {
  return Deno.readTextFileSync(new URL(`../../conf/${name}`, import.meta.url));
}
