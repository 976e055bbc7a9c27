/** Bytes no client of good will sends: the others must not notice (docs/spec/wire.md 2). */
import assert from "node:assert/strict";
import {
  CID_LOGIN_REQ_USERLOGIN,
  CID_MSG_DATA,
  CID_MSG_LIST_REQUEST,
  CID_OTHER_HEARTBEAT,
} from "../../proto/mod.ts";
import { buildFrame } from "../../shared/pdu/mod.ts";
import { hears } from "../support/chat.ts";
import type { Cluster } from "../support/cluster.ts";
import { matrix, ONE } from "../support/matrix.ts";
import { isServed, rawLogin } from "../support/raw_login.ts";
import type { ScriptedLink } from "../support/scripted_link.ts";

/** Framing exists on TCP only: in memory frames cross whole. */
const onTcp = { links: ["tcp"], msgServers: [1] } as const;

/** A frame that claims to be `length` bytes long; its body is a heartbeat's, none. */
function claiming(length: number): Uint8Array {
  const frame = new Uint8Array(buildFrame(CID_OTHER_HEARTBEAT, 0, new Uint8Array(0)));
  new DataView(frame.buffer).setUint32(0, length);
  return frame;
}

/** Two users whose chat shows that the server goes on. */
async function chatGoesOn(cluster: Cluster): Promise<void> {
  await using ann = await cluster.login("user1");
  await using bob = await cluster.login("user2");
  await ann.sendText(bob.userId, "still there?");
  await hears(bob, "still there?");
}

async function loggedIn(cluster: Cluster): Promise<ScriptedLink> {
  const link = await cluster.connect();
  assert.equal((await rawLogin(link, { user_name: "user3" })).result_code, 0);
  return link;
}

for (const length of [0, 1, 8, 15, 0x7fffffff, 0xffffffff]) {
  matrix(`a frame of length ${length} closes the connection`, onTcp, async (cell) => {
    await using cluster = await cell.start();
    for (const connect of [() => cluster.connect(), () => loggedIn(cluster)]) {
      await using link = await connect();
      link.sendBytes(claiming(length));
      await link.ended();
    }
    await chatGoesOn(cluster);
  });
}

const KIB = 1024;

matrix("64 KiB are the limit before the login, 1 MiB after it (P-FRM2)", ONE, async (cell) => {
  await using cluster = await cell.start();
  const heartbeatOf = (bytes: number): Uint8Array =>
    buildFrame(CID_OTHER_HEARTBEAT, 0, new Uint8Array(bytes - 16));
  for (
    const [connect, limit] of [
      [() => cluster.connect(), 64 * KIB],
      [() => loggedIn(cluster), 1024 * KIB],
    ] as const
  ) {
    await using link = await connect();
    link.sendBytes(heartbeatOf(limit));
    assert.equal((await link.next({ heartbeats: "keep" })).length, limit);
    link.sendBytes(heartbeatOf(limit + 1));
    await link.ended();
  }
  await chatGoesOn(cluster);
});

matrix("a length above the limit closes before the body is there", onTcp, async (cell) => {
  await using cluster = await cell.start();
  await using link = await cluster.connect();
  link.sendBytes(claiming(64 * KIB + 1).subarray(0, 4));
  // Four bytes are less than a header; with the header the length is known.
  link.sendBytes(claiming(64 * KIB + 1).subarray(4));
  await link.ended();
});

matrix("garbage closes its connection only", onTcp, async (cell) => {
  await using cluster = await cell.start();
  const http = new TextEncoder().encode("GET / HTTP/1.1\r\nHost: example.com\r\n\r\n");
  for (const garbage of [http, new Uint8Array(64).fill(0xff), new Uint8Array(64)]) {
    await using link = await cluster.connect();
    link.sendBytes(garbage);
    await link.ended();
  }
  await chatGoesOn(cluster);
});

matrix("frames may come in any pieces", onTcp, async (cell) => {
  await using cluster = await cell.start();
  await using link = await loggedIn(cluster);
  const heartbeat = buildFrame(CID_OTHER_HEARTBEAT, 7, new Uint8Array(100).fill(3));
  const two = new Uint8Array([...heartbeat, ...heartbeat]);
  for (const byte of two) {
    link.sendBytes(Uint8Array.of(byte));
    await new Promise((resolve) => setImmediate(resolve));
  }
  link.sendBytes(two);
  for (let i = 0; i < 4; i++) {
    assert.equal((await link.next({ heartbeats: "keep" })).toHex(), heartbeat.toHex());
  }
});

const BAD_BODIES: Readonly<Record<string, readonly [number, string]>> = {
  "a truncated message": [CID_MSG_DATA, "0801100218"],
  "a message without its required fields": [CID_MSG_DATA, "0801"],
  "an empty message": [CID_MSG_DATA, ""],
  "a length beyond the end": [CID_MSG_DATA, "080110021800200028013aff01aa"],
  "an endless varint": [CID_MSG_DATA, "08" + "ff".repeat(20)],
  "a group that never ends": [CID_MSG_DATA, "0b".repeat(200)],
  "a bad wire type": [CID_MSG_DATA, "0f0f0f"],
  // type 3 of a message, type 9 of a session: unknown enum numbers (pitfalls.md Q-UNKENUM).
  "an unknown message type": [CID_MSG_DATA, "0801100218002000280332024141"],
  "an unknown session type": [CID_MSG_LIST_REQUEST, "0801100918022000280a"],
  "a login within a session": [CID_LOGIN_REQ_USERLOGIN, "0a"],
  "an unknown command": [0x0999, "0801"],
  "a command between servers": [0x070d, "08021001180120"],
  "the highest command id": [0xffff, ""],
};

for (const [name, [commandId, hex]] of Object.entries(BAD_BODIES)) {
  matrix(`a PDU is dropped and the connection kept: ${name}`, ONE, async (cell) => {
    await using cluster = await cell.start();
    await using link = await loggedIn(cluster);
    link.send(commandId, Uint8Array.fromHex(hex), { seqNum: 5 });
    // No answer: the next frame belongs to the next question.
    await isServed(link);
    await chatGoesOn(cluster);
  });
}

matrix("bad connections leave no trace in the server's counts", ONE, async (cell) => {
  await using cluster = await cell.start({ maxConnCnt: 1 });
  // More than the server takes at a time: 1,024 connections besides those logged in.
  for (let i = 0; i < 1100; i++) {
    await using link = await cluster.connect();
    link.send(CID_MSG_DATA, new Uint8Array(0));
    await link.ended();
  }
  // Neither do logins that end badly, or well.
  for (let i = 0; i < 10; i++) {
    await using link = await loggedIn(cluster);
    link.sendBytes(buildFrame(CID_OTHER_HEARTBEAT, 0, new Uint8Array(1024 * KIB)));
    await link.ended();
    const client = await cluster.login("user1");
    await client.logout();
  }
  await using last = await cluster.login("user1");
  assert.equal(last.isOnline, true);
});
