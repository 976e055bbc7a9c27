import assert from "node:assert/strict";
import { ConfigError, memorySource } from "../../shared/config/mod.ts";
import { OPEN_LINKS } from "../../shared/links/mod.ts";
import { loadMsgConfig, type MsgConfig } from "./config.ts";

/** As the original ships it. */
const ORIGINAL = `
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
IpAddr2=127.0.0.2\t#网通IP
MaxConnCnt=100000
#AES 密钥
aesKey=12345678901234567890123456789012
`;

function load(text: string): MsgConfig {
  return loadMsgConfig(memorySource({ files: { "msgserver.conf": text } }));
}

function withLine(line: string): string {
  const [key] = line.split("=");
  return `${ORIGINAL.replace(new RegExp(`^${key}=.*$`, "m"), "")}\n${line}\n`;
}

Deno.test("loadMsgConfig() takes the file of the original", () => {
  const db = { host: "127.0.0.1", port: 10600 };
  assert.deepEqual(load(ORIGINAL), {
    listen: [{ host: "0.0.0.0", port: 8000 }],
    linkSecurity: OPEN_LINKS,
    linksPerDb: 2,
    dbServers: [db, db],
    loginServers: [{ host: "127.0.0.1", port: 8100 }],
    routeServers: [{ host: "localhost", port: 8200 }],
    fileServers: [{ host: "localhost", port: 8600 }],
    pushServers: [{ host: "localhost", port: 8500 }],
    publicIp1: "127.0.0.1",
    publicIp2: "127.0.0.2",
    maxConnCnt: 100_000,
    limits: { newcomers: { max: 4096, maxPerAddress: 1024 } },
    maxMsgPerSecond: 20,
    maxRequestsPerSecond: 100,
    tellClientAddress: false,
    loginFailureDelayMs: 500,
    aesKey: "12345678901234567890123456789012",
  });
});

Deno.test("loadMsgConfig(), file_server and push_server may be missing", () => {
  const { fileServers, pushServers } = load(ORIGINAL.replace(/^(Push|File)Server.*$/gm, ""));
  assert.deepEqual([fileServers, pushServers], [[], []]);
});

Deno.test("loadMsgConfig(), IpAddr2 is IpAddr1 when there is none", () => {
  assert.equal(load(ORIGINAL.replace(/^IpAddr2.*$/m, "")).publicIp2, "127.0.0.1");
});

Deno.test("loadMsgConfig(), a list of addresses listens on each of them", () => {
  const { listen } = load(withLine("ListenIP=10.0.0.1;10.0.0.2"));
  assert.deepEqual(listen.map(({ host }) => host), ["10.0.0.1", "10.0.0.2"]);
});

const WRONG: readonly (readonly [line: string, key: RegExp])[] = [
  ["ListenPort=70000", /ListenPort.*70000/],
  ["MaxConnCnt=0", /MaxConnCnt.*0/],
  ["MaxConnCnt=many", /MaxConnCnt.*many/],
  ["MaxMsgPerSecond=-1", /MaxMsgPerSecond.*-1/],
  ["ConcurrentDBConnCnt=0", /ConcurrentDBConnCnt.*0/],
  ["IpAddr1=", /IpAddr1/],
  ["aesKey=short", /aesKey/],
  ["DBServerPort2=", /DBServer/],
  ["FileServerPort1=0", /FileServerPort1.*0/],
  ["PushServerPort1=x", /PushServerPort1.*x/],
];

for (const [line, key] of WRONG) {
  Deno.test(`loadMsgConfig() refuses ${line}, naming file and key`, () => {
    assert.throws(() => load(withLine(line)), (error) => {
      assert.ok(error instanceof ConfigError);
      assert.equal(error.problems.length, 1);
      assert.match(error.message, key);
      assert.match(error.message, /msgserver\.conf/);
      return true;
    });
  });
}

Deno.test("loadMsgConfig() names every problem at once, and never shows the key", () => {
  const text = withLine("aesKey=not32bytes").replace("MaxConnCnt=100000", "MaxConnCnt=x");
  assert.throws(() => load(text), (error) => {
    assert.ok(error instanceof ConfigError);
    assert.equal(error.problems.length, 2);
    assert.doesNotMatch(error.message, /not32bytes/);
    return true;
  });
});
