import assert from "node:assert/strict";
import { OPEN_LINKS } from "../../shared/links/mod.ts";
import { ConfigError, loadConfig, memorySource } from "../../shared/config/mod.ts";
import { fileSchema } from "./config.ts";

const ORIGINAL = `ClientListenIP=0.0.0.0
ClientListenPort=8600
MsgServerListenIP=127.0.0.1
MsgServerListenPort=8601
TaskTimeout=60
`;

function load(text: string) {
  return loadConfig(fileSchema, memorySource({ files: { "fileserver.conf": text } }));
}

Deno.test("fileSchema, loads the original's file, with our keys at their defaults", () => {
  assert.deepEqual(load(ORIGINAL), {
    ClientListenIP: ["0.0.0.0"],
    ClientListenPort: 8600,
    MsgServerListenIP: "127.0.0.1",
    MsgServerListenPort: 8601,
    TaskTimeout: 60,
    PublicIP: null,
    PublicPort: null,
    Tls: null,
    Links: OPEN_LINKS,
    Limits: { newcomers: { max: 500, maxPerAddress: 100 } },
    StoreDir: "offline_file",
    WaitTimeout: 3600,
    RetentionDays: 7,
    DownloadedHours: 24,
    MaxStoreMB: 0,
    MaxConnCnt: 1000,
    MaxMsgServerConnCnt: 1000,
    MaxTasks: 10_000,
    MaxTasksPerUser: 100,
    MaxClientPduBytes: 1024 * 1024,
  });
});

Deno.test("fileSchema, loads the shipped conf/fileserver.conf", () => {
  const text = Deno.readTextFileSync(new URL("../../conf/fileserver.conf", import.meta.url));
  const config = load(text);
  assert.equal(config.ClientListenPort, 8600);
  assert.deepEqual(config.PublicIP, ["127.0.0.1"]);
});

Deno.test("fileSchema, takes several public addresses", () => {
  assert.deepEqual(load(`${ORIGINAL}PublicIP=files.example.org; 203.0.113.7\n`).PublicIP, [
    "files.example.org",
    "203.0.113.7",
  ]);
});

Deno.test("fileSchema, accepts the keys of an older file, beside those of today", () => {
  load(`${ORIGINAL}Address=127.0.0.1\nListenPort=8601\n`);
  assert.throws(() => load("Address=127.0.0.1\nListenPort=8601\n"), ConfigError);
});

Deno.test("fileSchema, refuses one port for both, and values out of range", () => {
  const withPort = ORIGINAL.replace("8601", "8600");
  assert.throws(() => load(withPort), /ClientListenPort and MsgServerListenPort are both 8600/);
  assert.ok(load(withPort.replace("0.0.0.0", "127.0.0.2")));
  for (const line of ["TaskTimeout=0", "MaxTasks=-1", "PublicIP=a b", "RetentionDays=x"]) {
    assert.throws(() => load(`${line}\n${ORIGINAL}`), ConfigError, line);
  }
});
