import assert from "node:assert/strict";
import { CID_OTHER_STOP_RECV_PACKET, IMStopReceivePacket } from "../../../proto/mod.ts";
import { type Address, SERVER_LINK_POLICY } from "../../../shared/netlib/mod.ts";
import { buildEmptyFrame, buildFrame, seqNumOf } from "../../../shared/pdu/mod.ts";
import { type Neighbour, Stage } from "../test_support/stage.ts";
import { DbLinks, MAX_WAITING_BYTES, MAX_WAITING_MESSAGES, MAX_WAITING_MS } from "./db_links.ts";

const NOBODY: Address = { host: "127.0.0.1", port: 9 };

function frame(seqNum: number, bytes = 0): Uint8Array {
  return buildFrame(0x0301, seqNum, new Uint8Array(bytes));
}

const seqNums = (neighbour: Neighbour): number[] =>
  neighbour.inbox.splice(0).map((received) => seqNumOf(received.frame));

function open(stage: Stage, addresses: readonly Address[], linksPerAddress = 1) {
  const events: string[] = [];
  // The tests' answers have the key of their conversation as number.
  const links: DbLinks = stage.use(
    new DbLinks({
      addresses,
      linksPerAddress,
      peerDeps: stage.peerDeps,
      log: stage.log,
      onFrame: (peer, received) => {
        events.push(`frame ${seqNumOf(received)}`);
        links.answered(seqNumOf(received), peer);
      },
      onOpened: () => events.push("opened"),
      onLost: () => events.push("lost"),
      onExpired: (count) => events.push(`expired ${count}`),
    }),
  );
  return { links, events };
}

/** Two servers: the first is the login group, the second the other one. */
async function two(stage: Stage, linksPerAddress = 1) {
  const [first, second] = [await stage.neighbour(), await stage.neighbour()];
  const opened = open(stage, [first.address, second.address], linksPerAddress);
  await stage.settle();
  return { first, second, ...opened };
}

Deno.test("DbLinks, the first half of the addresses is the login group, the rest the other", async () => {
  await using stage = new Stage();
  const servers = [];
  for (let i = 0; i < 5; i++) servers.push(await stage.neighbour());
  const { links } = open(stage, servers.map(({ address }) => address), 2);
  await stage.settle();
  for (let i = 0; i < 200; i++) assert.equal(links.send("login", frame(1)), true);
  for (let i = 0; i < 200; i++) assert.equal(links.send("other", frame(2)), true);
  await stage.settle();
  for (const [at, server] of servers.entries()) {
    assert.equal(server.links.length, 2);
    assert.equal(new Set(server.inbox.map(({ link }) => link)).size, 2, "both links are used");
    assert.deepEqual([...new Set(seqNums(server))], [at < 2 ? 1 : 2]);
  }
});

Deno.test("DbLinks, a group without an open link uses the other one", async () => {
  await using stage = new Stage();
  const { first, second, links, events } = await two(stage);
  await first.close();
  await stage.settle();
  assert.deepEqual(events, ["opened", "opened", "lost"]);
  assert.equal(links.send("login", frame(1)), true);
  await stage.settle();
  assert.deepEqual(seqNums(second), [1]);
  await second.close();
  await stage.settle();
  assert.deepEqual([links.send("login", frame(2)), links.hasOpenLink], [false, false]);
});

Deno.test("DbLinks.sendInOrder(), one key takes one link, in order; keys spread over links", async () => {
  await using stage = new Stage();
  const { second, links } = await two(stage, 4);
  for (let seqNum = 0; seqNum < 80; seqNum++) {
    assert.equal(links.sendInOrder(seqNum % 8, frame(seqNum), "message"), true);
  }
  await stage.settle();
  const byLink = Map.groupBy(second.inbox, ({ link }) => link);
  assert.equal(byLink.size, 4);
  for (const received of byLink.values()) {
    const numbers = received.map((one) => seqNumOf(one.frame));
    assert.deepEqual(numbers, numbers.toSorted((a, b) => a - b));
    assert.equal(new Set(numbers.map((seqNum) => seqNum % 8)).size, 2);
  }
});

Deno.test("DbLinks.sendInOrder(), when a link is lost only its conversations move", async () => {
  await using stage = new Stage();
  const { second, links } = await two(stage, 4);
  const keys = [0, 1, 2, 3, 4, 5, 6, 7];
  const linksOfKeys = async () => {
    for (const key of keys) links.sendInOrder(key, frame(key), "message");
    await stage.settle();
    return new Map(second.inbox.splice(0).map(({ link, frame }) => [seqNumOf(frame), link]));
  };
  const before = await linksOfKeys();
  const lost = before.get(0)!;
  lost.abort("cut");
  await stage.settle();
  const after = await linksOfKeys();
  assert.deepEqual([...after.keys()].sort(), keys);
  for (const key of keys) {
    const stayed = after.get(key) === before.get(key);
    assert.equal(stayed, before.get(key) !== lost, `conversation ${key}`);
  }
});

Deno.test("DbLinks.sendInOrder(), messages wait for a link and leave in order", async () => {
  await using stage = new Stage();
  const { links, events } = open(stage, [NOBODY, NOBODY]);
  await stage.settle();
  for (let seqNum = 1; seqNum <= 5; seqNum++) {
    assert.equal(links.sendInOrder(seqNum, frame(seqNum), "message"), true);
  }
  const server = await stage.neighbour(NOBODY);
  await stage.pass(5);
  assert.deepEqual(seqNums(server).sort(), [1, 2, 3, 4, 5]);
  links.sendInOrder(1, frame(6), "message");
  await stage.pass(MAX_WAITING_MS / 1000);
  assert.deepEqual(seqNums(server), [6]);
  assert.ok(!events.some((event) => event.startsWith("expired")));
});

Deno.test("DbLinks.sendInOrder(), waiting messages of one conversation keep their order", async () => {
  await using stage = new Stage();
  const { links } = open(stage, [NOBODY, NOBODY], 3);
  for (let seqNum = 1; seqNum <= 100; seqNum++) links.sendInOrder(7, frame(seqNum), "message");
  await stage.settle();
  const server = await stage.neighbour(NOBODY);
  await stage.pass(5);
  assert.deepEqual(seqNums(server), Array.from({ length: 100 }, (_, i) => i + 1));
});

Deno.test("DbLinks.sendInOrder(), refuses what is above the number and the bytes that may wait", async () => {
  await using stage = new Stage();
  const many = open(stage, [NOBODY, NOBODY]).links;
  for (let i = 0; i < MAX_WAITING_MESSAGES; i++) many.sendInOrder(1, frame(1), "message");
  assert.equal(many.sendInOrder(1, frame(1), "message"), false);
  const large = open(stage, [NOBODY, NOBODY]).links;
  const half = frame(1, MAX_WAITING_BYTES / 2 - 16);
  assert.deepEqual([large.sendInOrder(1, half, "message"), large.sendInOrder(1, half, "message")], [
    true,
    true,
  ]);
  assert.equal(large.sendInOrder(1, frame(2), "message"), false);
  // What has waited for too long gives its place to others.
  await stage.settle();
  stage.clock.advance(MAX_WAITING_MS);
  assert.deepEqual([
    many.sendInOrder(1, frame(1), "message"),
    large.sendInOrder(1, half, "message"),
  ], [true, true]);
});

Deno.test("DbLinks, a message waits 30 s, then it is dropped, and somebody is told", async () => {
  await using stage = new Stage();
  const { links, events } = open(stage, [NOBODY, NOBODY]);
  await stage.settle();
  for (const seqNum of [1, 2]) links.sendInOrder(1, frame(seqNum), "message");
  stage.clock.advance(20_000);
  links.sendInOrder(1, frame(3), "message");
  stage.clock.advance(9_999);
  assert.deepEqual(events, []);
  stage.clock.advance(1);
  assert.deepEqual(events, ["expired 2"]);
  const dropped = stage.log.records.filter(({ level }) => level === "warn");
  assert.deepEqual(dropped.map(({ fields }) => fields.count), [2]);
  const server = await stage.neighbour(NOBODY);
  await stage.pass(19);
  assert.deepEqual([seqNums(server), events.at(-1)], [[3], "opened"]);
});

Deno.test("DbLinks, stop() forgets what waits and leaves no timer", async () => {
  const stage = new Stage();
  const { links } = open(stage, [NOBODY, NOBODY]);
  links.sendInOrder(1, frame(1), "message");
  await links.stop();
  await stage[Symbol.asyncDispose]();
  assert.equal(stage.clock.pendingTimers, 0);
});

Deno.test("DbLinks, after 0x0702 a link is not chosen, but its answers are taken", async () => {
  await using stage = new Stage();
  const { first, second, links, events } = await two(stage);
  const farewell = IMStopReceivePacket.encode({ result: 0 });
  second.links[0]!.send(buildFrame(CID_OTHER_STOP_RECV_PACKET, 0, farewell));
  await stage.settle();
  links.send("other", frame(1));
  links.sendInOrder(1, frame(2), "message");
  second.links[0]!.send(frame(3));
  await stage.settle();
  assert.deepEqual([seqNums(first), seqNums(second)], [[1, 2], []]);
  assert.deepEqual(events, ["opened", "opened", "frame 3"]);
  second.drop();
  await stage.pass(6);
  links.send("other", frame(4));
  await stage.settle();
  assert.deepEqual(seqNums(second), [4], "a new link is a new start");
});

Deno.test("DbLinks, a conversation moves when all before is answered, the others at once", async () => {
  await using stage = new Stage();
  const { first, second, links } = await two(stage);
  for (const seqNum of [1, 2]) links.sendInOrder(7, frame(seqNum), "message");
  links.sendInOrder(8, frame(3), "notice");
  await stage.settle();
  assert.deepEqual(seqNums(second), [1, 2, 3]);
  const farewell = IMStopReceivePacket.encode({ result: 0 });
  second.links[0]!.send(buildFrame(CID_OTHER_STOP_RECV_PACKET, 0, farewell));
  await stage.settle();
  for (const [key, seqNum] of [[7, 4], [8, 5], [9, 6], [7, 7]] as const) {
    links.sendInOrder(key, frame(seqNum), "message");
  }
  await stage.settle();
  assert.deepEqual([seqNums(first), seqNums(second)], [[5, 6], []]);
  second.links[0]!.send(frame(7));
  await stage.settle();
  assert.deepEqual(seqNums(first), [], "one of the two is still unanswered");
  second.links[0]!.send(frame(7));
  await stage.settle();
  assert.deepEqual(seqNums(first), [4, 7]);
});

Deno.test("DbLinks, what waits for answers leaves when their link is lost", async () => {
  await using stage = new Stage();
  const { first, second, links } = await two(stage);
  links.sendInOrder(7, frame(1), "message");
  const farewell = IMStopReceivePacket.encode({ result: 0 });
  second.links[0]!.send(buildFrame(CID_OTHER_STOP_RECV_PACKET, 0, farewell));
  await stage.settle();
  links.sendInOrder(7, frame(2), "message");
  await stage.settle();
  assert.deepEqual(seqNums(first), []);
  second.drop();
  await stage.settle();
  assert.deepEqual(seqNums(first), [2]);
});

Deno.test("DbLinks, with 0x0702 on the only link messages wait for the next one", async () => {
  await using stage = new Stage();
  const server = await stage.neighbour();
  const { links } = open(stage, [server.address, server.address]);
  await stage.settle();
  for (const link of server.links) link.send(buildEmptyFrame(CID_OTHER_STOP_RECV_PACKET, 0));
  await stage.settle();
  assert.deepEqual([links.hasOpenLink, links.send("login", frame(1))], [false, false]);
  assert.equal(links.sendInOrder(1, frame(2), "message"), true);
  server.drop();
  await stage.pass(6);
  assert.deepEqual(seqNums(server), [2]);
});

Deno.test("DbLinks, nothing is lost between the end of a link and the news of it", async () => {
  await using stage = new Stage();
  const { first, second, links, events } = await two(stage);
  stage.clock.advance(SERVER_LINK_POLICY.maxSilentSec * 1000);
  first.links[0]!.send(frame(0)); // A sign of life; the second server stays silent.
  await stage.settle();
  events.length = 0;
  stage.clock.advance(1000);
  assert.deepEqual(events, [], "the link is down, and nobody has been told yet");
  assert.equal(links.send("other", frame(1)), false, "there was no link of this group");
  assert.equal(links.sendInOrder(1, frame(2), "message"), true);
  assert.equal(links.sendInOrder(1, frame(3), "message"), true);
  await stage.settle();
  assert.deepEqual([events, seqNums(first)], [["lost"], [2, 3]]);
  links.sendInOrder(1, frame(4), "message");
  await stage.settle();
  assert.deepEqual([seqNums(first), seqNums(second)], [[4], []]);
});

Deno.test("DbLinks, a request takes another link of its group while one is being lost (P-AVL2)", async () => {
  await using stage = new Stage();
  const servers = [await stage.neighbour(), await stage.neighbour(), await stage.neighbour()];
  const { links } = open(stage, servers.map(({ address }) => address));
  await stage.settle();
  stage.clock.advance(SERVER_LINK_POLICY.maxSilentSec * 1000);
  for (const server of servers.slice(0, 2)) server.links[0]!.send(frame(0));
  await stage.settle();
  stage.clock.advance(1000);
  for (let i = 0; i < 20; i++) assert.equal(links.send("other", frame(i)), true);
  await stage.settle();
  assert.equal(seqNums(servers[1]!).length, 20);
});

Deno.test("DbLinks.backlogBytes is that of the fullest link of both groups", async () => {
  await using stage = new Stage();
  const { links } = await two(stage);
  assert.equal(links.backlogBytes, 0);
  links.send("login", frame(1, 984));
  links.send("other", frame(1, 84));
  assert.equal(links.backlogBytes, 1000);
  await stage.settle();
  assert.equal(links.backlogBytes, 0);
});
