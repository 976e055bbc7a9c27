import assert from "node:assert/strict";
import { CID_OTHER_PUSH_TO_USER_REQ } from "../../../proto/mod.ts";
import { buildFrame, describeFrame } from "../../../shared/pdu/mod.ts";
import { type Neighbour, Stage } from "../test_support/stage.ts";
import { MAX_PUSH_BACKLOG_BYTES, PushLinks } from "./push_links.ts";

function push(bytes = 0): Uint8Array {
  return buildFrame(CID_OTHER_PUSH_TO_USER_REQ, 0, new Uint8Array(bytes));
}

const PUSH = describeFrame(push());

async function setUp(stage: Stage, servers = 2) {
  const pushes: Neighbour[] = [];
  for (let i = 0; i < servers; i++) pushes.push(await stage.neighbour());
  const received: string[] = [];
  const links = stage.use(
    new PushLinks({
      addresses: pushes.map(({ address }) => address),
      peerDeps: stage.peerDeps,
      log: stage.log,
      onFrame: (peer, frame) => received.push(`${peer.address.port} ${describeFrame(frame)}`),
    }),
  );
  const take = async (): Promise<string[][]> => {
    await stage.settle();
    return pushes.map((one) => one.take(describeFrame));
  };
  return { pushes, links, received, take };
}

Deno.test("PushLinks, pushes go over the link that opened last", async () => {
  await using stage = new Stage();
  const { pushes, links, take } = await setUp(stage);
  assert.deepEqual([links.hasOpenLink, links.send(push())], [false, false]);
  await stage.settle();
  assert.deepEqual([links.hasOpenLink, links.send(push())], [true, true]);
  assert.deepEqual(await take(), [[], [PUSH]]);
  pushes[0]!.drop();
  await stage.pass(6);
  links.send(push());
  assert.deepEqual(await take(), [[PUSH], []]);
});

Deno.test("PushLinks, when a link is lost another one takes over", async () => {
  await using stage = new Stage();
  const { pushes, links, take } = await setUp(stage);
  await stage.settle();
  await pushes[1]!.close();
  await stage.settle();
  assert.deepEqual([links.hasOpenLink, links.send(push())], [true, true]);
  assert.deepEqual(await take(), [[PUSH], []]);
  await pushes[0]!.close();
  await stage.settle();
  assert.deepEqual([links.hasOpenLink, links.send(push())], [false, false]);
});

Deno.test("PushLinks.send() does not queue without end for a push_server that is behind", async () => {
  await using stage = new Stage();
  const { pushes, links } = await setUp(stage, 1);
  await stage.settle();
  pushes[0]!.links[0]!.pause();
  const frame = push(1024 * 1024);
  let sent = 0;
  while (sent < 100 && links.send(frame)) sent++;
  assert.ok(sent * frame.length > MAX_PUSH_BACKLOG_BYTES, `${sent} were sent`);
  assert.ok(sent < 100, "it was never refused");
  pushes[0]!.links[0]!.resume();
  await stage.settle();
  assert.equal(links.send(frame), true);
});

Deno.test("PushLinks, frames of every push_server are handed over", async () => {
  await using stage = new Stage();
  const { pushes, received } = await setUp(stage);
  await stage.settle();
  for (const { links } of pushes) links[0]!.send(push());
  await stage.settle();
  assert.deepEqual(received, pushes.map(({ address }) => `${address.port} ${PUSH}`));
});
