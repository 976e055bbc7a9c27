import assert from "node:assert/strict";
import { contract, type End, frameOf, range, until } from "./test_support/pair.ts";
import { turns } from "./test_support/recorder.ts";

contract("close() sends what is queued, then closes the other side", async (world) => {
  const { near, far } = await world.pair();
  const seqNums = range(50);
  seqNums.forEach((seq) => near.link.send(frameOf(seq, 20_000)));
  near.link.close("done");
  await far.recorder.untilClosed();
  assert.deepEqual(far.recorder.seqNums, seqNums);
  assert.equal(far.recorder.events.at(-1), "closed: closed by the other side");
  assert.deepEqual(near.recorder.events, ["opened", "closed: done"]);
});

contract("abort() drops what is queued", async (world) => {
  const { near, far } = await world.pair();
  near.link.send(frameOf(1));
  near.link.abort("no use");
  await far.recorder.untilClosed();
  assert.deepEqual(far.recorder.frames, []);
  await near.recorder.untilClosed();
  assert.deepEqual(near.recorder.events, ["opened", "closed: no use"]);
});

const waysToClose: Record<string, (end: End) => void> = {
  "close()": ({ link }) => link.close("first"),
  "abort()": ({ link }) => link.abort("first"),
  "close() twice": ({ link }) => (link.close("first"), link.close("second")),
  "close(), then abort()": ({ link }) => (link.close("first"), link.abort("second")),
  "abort(), then close()": ({ link }) => (link.abort("first"), link.close("second")),
};

for (const [way, end] of Object.entries(waysToClose)) {
  contract(`${way} tells closed() once, later, with the first reason`, async (world) => {
    const { near, far } = await world.pair();
    end(near);
    assert.equal(near.link.isOpen, false);
    assert.deepEqual(near.recorder.events, ["opened"]);
    await Promise.resolve();
    assert.deepEqual(near.recorder.events, ["opened"], "not in a microtask either");
    await far.recorder.untilClosed();
    await turns(20);
    assert.deepEqual(near.recorder.events, ["opened", "closed: first"]);
    assert.deepEqual(far.recorder.events, ["closed: closed by the other side"]);
  });
}

contract(
  "whenGone() resolves for a link that is closed, was closed or is aborted",
  async (world) => {
    const { near, far } = await world.pair();
    range(20).forEach((seq) => near.link.send(frameOf(seq, 100_000)));
    near.link.close("done");
    await near.link.whenGone();
    await near.link.whenGone();
    await far.recorder.untilFrames(20);
    far.link.abort("gone");
    await far.link.whenGone();
  },
);

contract("both sides closing in one turn learn of it once each", async (world) => {
  const { near, far } = await world.pair();
  near.link.close("near");
  far.link.close("far");
  await near.recorder.untilClosed();
  await far.recorder.untilClosed();
  await turns(20);
  assert.deepEqual(near.recorder.events, ["opened", "closed: near"]);
  assert.deepEqual(far.recorder.events, ["closed: far"]);
});

contract(
  "no frame follows a close() in a handler, though it is in the same chunk",
  async (world) => {
    const { near, far } = await world.pair();
    far.recorder.onFrame = (link) => link.close("enough");
    range(10).forEach((seq) => near.link.send(frameOf(seq)));
    await far.recorder.untilClosed();
    await near.recorder.untilClosed();
    assert.deepEqual(far.recorder.events, ["frame 0", "closed: enough"]);
  },
);

contract(
  "a frame and a close, sent while the reader handles a frame, both arrive",
  async (world) => {
    const { near, far } = await world.pair();
    far.recorder.onFrame = () => {
      near.link.send(frameOf(2));
      near.link.close("done");
    };
    near.link.send(frameOf(1));
    await far.recorder.untilClosed();
    assert.deepEqual(far.recorder.seqNums, [1, 2]);
  },
);

contract("an answer sent before close() in a handler arrives", async (world) => {
  const { near, far } = await world.pair();
  far.recorder.onFrame = (link) => {
    link.send(frameOf(7));
    link.close("refused");
    link.send(frameOf(8));
  };
  near.link.send(frameOf(1));
  await near.recorder.untilClosed();
  assert.deepEqual(near.recorder.events, [
    "opened",
    "frame 7",
    "closed: closed by the other side",
  ]);
});

contract("input is ignored after close()", async (world) => {
  const { near, far } = await world.pair();
  range(10).forEach((seq) => far.link.send(frameOf(seq)));
  near.link.close("done");
  await far.recorder.untilClosed();
  await turns(20);
  assert.deepEqual(near.recorder.frames, []);
});

contract("send() on a closed link does nothing and leaves no backlog", async (world) => {
  const { near, far } = await world.pair();
  near.link.abort("gone");
  near.link.send(frameOf(1));
  await far.recorder.untilClosed();
  await near.recorder.untilClosed();
  far.link.send(frameOf(2));
  await turns(5);
  assert.equal(near.link.backlogBytes, 0);
  assert.equal(far.link.backlogBytes, 0);
});

contract("connect, send and close in one turn still delivers", async (world) => {
  const { listener, accepted } = await world.listen();
  const near = world.connect(listener);
  near.link.send(frameOf(5));
  near.link.close("done");
  await until(() => accepted[0]?.recorder.isClosed === true);
  assert.deepEqual(accepted[0]!.recorder.events, ["frame 5", "closed: closed by the other side"]);
  assert.deepEqual(near.recorder.events, ["closed: done"]);
});

contract("an aborted connect is never opened", async (world) => {
  const { listener } = await world.listen();
  const near = world.connect(listener);
  near.link.abort("changed my mind");
  await near.recorder.untilClosed();
  await turns(20);
  assert.deepEqual(near.recorder.events, ["closed: changed my mind"]);
});

contract("a link closed while it is accepted is closed for both", async (world) => {
  const { listener, accepted } = await world.listen({}, ({ link }) => link.close("not you"));
  const near = world.connect(listener);
  await near.recorder.untilClosed();
  await until(() => accepted[0]!.recorder.isClosed);
  assert.deepEqual(accepted[0]!.recorder.events, ["closed: not you"]);
});
