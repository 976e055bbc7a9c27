import assert from "node:assert/strict";
import { optional } from "./field.ts";
import { loadConfig } from "./load.ts";
import { MAX_PEERS, type PeerAddress, peerList } from "./peers.ts";
import { defineConfig } from "./schema.ts";
import { memorySource } from "./source.ts";

const schema = defineConfig("a.conf", { DBServer: peerList("DBIP", "DBPort", { min: 2 }) });

const TWO = "DBIP1=10.0.0.1\nDBPort1=1\nDBIP2=db\nDBPort2=2\n";
const TWO_PEERS = [{ host: "10.0.0.1", port: 1 }, { host: "db", port: 2 }];

function load(text: string, env: Record<string, string> = {}): {
  peers: readonly PeerAddress[];
  notices: string[];
} {
  const notices: string[] = [];
  const source = memorySource({ files: { "a.conf": text }, env });
  const config = loadConfig(schema, source, { onNotice: (notice) => notices.push(notice) });
  return { peers: config.DBServer, notices };
}

Deno.test("peerList() reads numbered pairs from 1, in any order of lines", () => {
  assert.deepEqual(load(TWO), { peers: TWO_PEERS, notices: [] });
  assert.deepEqual(load(TWO.split("\n").reverse().join("\n")).peers, TWO_PEERS);
});

Deno.test("peerList() stops at the first missing member and says what is not used", () => {
  const { peers, notices } = load(`${TWO}DBIP3=db3\nDBIP4=db4\nDBPort4=4\n`);
  assert.deepEqual(peers, TWO_PEERS);
  assert.deepEqual(notices, [
    "a.conf: DBIP3 is not used: half of a pair",
    "a.conf: DBIP4 is not used: numbers stop before DBIP3/DBPort3",
    "a.conf: DBPort4 is not used: numbers stop before DBIP3/DBPort3",
  ]);
});

Deno.test("peerList() lets the environment replace and extend the list", () => {
  const env = {
    TEAMTALK_A_DBIP1: "one",
    TEAMTALK_A_DBIP3: "three",
    TEAMTALK_A_DBPORT3: "3",
    TEAMTALK_A_DBPORT9: "9",
  };
  const { peers, notices } = load(TWO, env);
  assert.deepEqual(peers.map(({ host, port }) => `${host}:${port}`), ["one:1", "db:2", "three:3"]);
  assert.deepEqual(notices, [
    "a.conf: TEAMTALK_A_DBPORT9 is not used: numbers stop before DBIP4/DBPort4",
  ]);
});

Deno.test("peerList() refuses fewer pairs than its minimum and values that are no address", () => {
  assert.throws(() => load("DBIP1=a\nDBPort1=1\n"), {
    message: "a.conf: DBIP2/DBPort2 is missing or empty; " +
      "allowed: at least 2 pairs, numbered from 1 without a gap",
  });
  assert.throws(() => load(TWO.replace("DBPort2=2", "DBPort2=0")), {
    message: 'a.conf:4: DBPort2="0" is not allowed; allowed: a whole number from 1 to 65535',
  });
});

Deno.test("peerList() refuses more pairs than its limit", () => {
  const pair = (number: number): string => `DBIP${number}=h\nDBPort${number}=1\n`;
  const most = Array.from({ length: MAX_PEERS }, (_, index) => pair(index + 1)).join("");
  assert.equal(load(most).peers.length, MAX_PEERS);
  assert.throws(() => load(most + pair(MAX_PEERS + 1)), { message: /at most 1000 pairs/ });
});

Deno.test("peerList() is empty, or null with optional(), when nothing is configured", () => {
  const empty = defineConfig("a.conf", {
    Push: peerList("PushIP", "PushPort"),
    File: optional(peerList("FileIP", "FilePort")),
  });
  assert.deepEqual(loadConfig(empty, memorySource({})), { Push: [], File: null });
});
