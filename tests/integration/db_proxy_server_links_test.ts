/** db_proxy_server and the links to it (docs/spec/roles.md 6). */
import assert from "node:assert/strict";
import * as proto from "../../proto/mod.ts";
import { startDbProxyServer } from "../../servers/db_proxy/server.ts";
import { DEFAULT_NIGHT } from "../../servers/db_proxy/state/night.ts";
import { CHEAP_PASSWORDS } from "../../servers/db_proxy/test_support/tasks.ts";
import { ManualClock } from "../../shared/clock.ts";
import { OPEN_LINKS } from "../../shared/links/mod.ts";
import { ListenError, TcpNetwork } from "../../shared/netlib/mod.ts";
import { buildFrame, seqNumOf } from "../../shared/pdu/mod.ts";
import { seededRandom } from "../../shared/random.ts";
import { isServed, messageFrame, startDbProxy } from "../support/db_proxy_fixture.ts";
import type { ScriptedLink } from "../support/scripted_link.ts";
import { WatchedLog } from "../support/watched_log.ts";

const KINDS = ["tcp", "memory"] as const;

async function messageIds(link: ScriptedLink, count: number): Promise<number[]> {
  const ids: number[] = [];
  while (ids.length < count) {
    ids.push((await link.expect(proto.CID_MSG_DATA, proto.IMMsgData)).msg_id);
  }
  return ids;
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);

for (const kind of KINDS) {
  Deno.test(`db_proxy_server, answers go to the link that asked (${kind})`, async () => {
    await using db = await startDbProxy(kind);
    const links = [await db.connect(), await db.connect(), await db.connect()];
    for (let seqNum = 1; seqNum <= 50; seqNum++) {
      for (const [at, link] of links.entries()) {
        link.sendBytes(messageFrame(seqNum, { to_session_id: 2 + at }));
      }
    }
    for (const [at, link] of links.entries()) {
      for (let seqNum = 1; seqNum <= 50; seqNum++) {
        const frame = await link.next();
        const { to_session_id, msg_id } = proto.IMMsgData.decode(frame.subarray(16));
        assert.deepEqual([seqNumOf(frame), to_session_id, msg_id], [seqNum, 2 + at, seqNum]);
      }
      await link.close();
    }
  });

  Deno.test(`db_proxy_server, drops answers for links that are gone (${kind})`, async () => {
    await using db = await startDbProxy(kind);
    const gone = await db.connect();
    await using other = await db.connect();
    await isServed(other);
    for (let seqNum = 1; seqNum <= 100; seqNum++) gone.sendBytes(messageFrame(seqNum));
    await gone.close();
    await db.log.logged("server link closed", 1);
    await isServed(other);
    // What was taken was stored, and in order, although nobody heard of it.
    other.sendBytes(messageFrame(7));
    const [next] = await messageIds(other, 1);
    assert.ok(next! <= 101);
  });

  Deno.test(`db_proxy_server, keeps every message of a burst that storage cannot queue (${kind})`, async () => {
    const COUNT = 25_000; // Storage refuses what waits above 20,000.
    await using db = await startDbProxy(kind);
    await using link = await db.connect();
    const frame = messageFrame(1);
    for (let i = 0; i < COUNT; i++) link.sendBytes(frame);
    assert.deepEqual(await messageIds(link, COUNT), upTo(COUNT));
  });

  Deno.test(`db_proxy_server, a stop says 0x0702 and answers what is under way (${kind})`, async () => {
    const COUNT = 6000; // More than the executor takes at once.
    await using db = await startDbProxy(kind);
    await using link = await db.connect();
    await using idle = await db.connect();
    for (let seqNum = 1; seqNum <= COUNT; seqNum++) link.sendBytes(messageFrame(1));
    const ids = await messageIds(link, 1); // All others have been sent, and most have arrived.
    const stopped = db.server.stop();
    const farewell = await idle.expect(
      proto.CID_OTHER_STOP_RECV_PACKET,
      proto.IMStopReceivePacket,
    );
    assert.equal(farewell.result, 0);
    await idle.ended();
    await stopped;
    await link.ended();
    let farewells = 0;
    for (;;) {
      const frame = await link.next().catch(() => null);
      if (frame === null) break;
      if (frame[11] === (proto.CID_OTHER_STOP_RECV_PACKET & 0xff)) farewells++;
      else ids.push(proto.IMMsgData.decode(frame.subarray(16)).msg_id);
    }
    assert.equal(farewells, 1);
    assert.deepEqual(ids, upTo(ids.length));
    if (kind === "memory") assert.equal(ids.length, COUNT, "all had arrived");
    await assert.rejects(db.connect(), /refused/);
    await db.server.stop(); // Once more changes nothing.
  });

  Deno.test(`db_proxy_server, two stops at the same time both come to an end (${kind})`, async () => {
    await using db = await startDbProxy(kind);
    await Promise.all([db.server.stop(), db.server.stop()]);
  });
}

Deno.test("db_proxy_server, what a peer sent before it knew of the stop is still answered", async () => {
  const clock = new ManualClock();
  const stopGraceMs = 250;
  await using db = await startDbProxy("memory", { clock, stopGraceMs });
  await using link = await db.connect();
  const stopped = db.server.stop();
  await link.expect(proto.CID_OTHER_STOP_RECV_PACKET, proto.IMStopReceivePacket);
  clock.advance(stopGraceMs - 1);
  link.sendBytes(messageFrame(1));
  assert.deepEqual(await messageIds(link, 1), [1]);
  clock.advance(1);
  await stopped;
});

Deno.test("db_proxy_server, a full task queue pauses links, and time does not kill them then", async () => {
  const clock = new ManualClock();
  const pausedForMs = 60_000;
  const log = new WatchedLog("info");
  const full = log.logged("task queue is full, links wait", 1)
    .then(() => clock.advance(pausedForMs));
  await using db = await startDbProxy("memory", { clock, log });
  await using link = await db.connect();
  // To an unknown receiver: a large one costs nothing, and is answered with id 0.
  const large = messageFrame(1, {
    to_session_id: 99,
    msg_type: proto.MSG_TYPE_SINGLE_AUDIO,
    msg_data: new Uint8Array(1024 * 1024),
  });
  const COUNT = 80; // 64 of them fill the queue.
  for (let i = 0; i < COUNT; i++) link.sendBytes(large);
  await full;
  assert.deepEqual(await messageIds(link, COUNT), Array(COUNT).fill(0));
  await isServed(link);
  assert.equal(log.countOf("task queue is full, links wait"), 1);
  assert.equal(log.countOf("server link closed"), 0);
  // Afterwards a silent link is closed as ever.
  clock.advance(31_000);
  await link.ended();
});

Deno.test("db_proxy_server, closes a link that breaks the framing, and serves the others", async () => {
  await using db = await startDbProxy("tcp");
  await using other = await db.connect();
  for (const length of [0, 1, 15, 64 * 1024 * 1024 + 1, 0xffffffff]) {
    await using link = await db.connect();
    const header = buildFrame(0x0701, 0, new Uint8Array(0));
    new DataView(header.buffer, header.byteOffset).setUint32(0, length);
    link.sendBytes(header);
    await link.ended();
  }
  await db.log.logged("server link closed", 5);
  await isServed(other);
});

Deno.test("db_proxy_server, drops what it cannot read, and keeps the link", async () => {
  await using db = await startDbProxy("tcp");
  await using link = await db.connect();
  for (const id of [proto.CID_MSG_DATA, proto.CID_OTHER_VALIDATE_REQ, 0x0403, 0x0309, 0x0fff, 0]) {
    for (const body of [[], [0x08], [0x0a, 0x7f, 1], [0xff, 0xff]]) {
      link.send(id, Uint8Array.from(body));
    }
  }
  link.send(proto.CID_OTHER_HEARTBEAT, new Uint8Array(0)); // Not echoed.
  await isServed(link);
});

Deno.test("db_proxy_server, sends heartbeats, and closes a link after 30 s of silence", async () => {
  const clock = new ManualClock();
  await using db = await startDbProxy("memory", { clock });
  await using link = await db.connect();
  await isServed(link);
  clock.advance(6_000);
  const heartbeat = await link.next({ heartbeats: "keep" });
  assert.equal(heartbeat[11], proto.CID_OTHER_HEARTBEAT & 0xff);
  clock.advance(24_000);
  await isServed(link);
  clock.advance(31_000);
  await link.ended();
});

Deno.test("db_proxy_server, leaves nothing open when its port is in use", async () => {
  await using db = await startDbProxy("tcp");
  const clock = new ManualClock();
  const config = {
    listen: [db.server.addresses.peers],
    threadNum: 1,
    linkSecurity: OPEN_LINKS,
    stopGraceMs: 0,
    storage: { kind: "sqlite", path: ":memory:" },
    aesKey: "1".repeat(32),
    night: DEFAULT_NIGHT,
    passwords: CHEAP_PASSWORDS,
  } as const;
  await assert.rejects(
    startDbProxyServer(config, {
      network: new TcpNetwork(clock),
      clock,
      random: seededRandom(1),
      log: db.log.logger,
      onFatal: (error) => assert.fail(error),
    }),
    ListenError,
  );
  assert.equal(clock.pendingTimers, 0);
});
