import assert from "node:assert/strict";
import { contract, frameOf, range, until } from "./test_support/pair.ts";
import { Recorder, turns } from "./test_support/recorder.ts";

contract("frames arrive whole and in order in both directions", async (world) => {
  const { near, far } = await world.pair();
  for (const seq of range(3000)) {
    near.link.send(frameOf(seq, seq % 700));
    far.link.send(frameOf(seq, (seq * 7) % 700));
    if (seq % 500 === 0) await turns(1);
  }
  await near.recorder.untilFrames(3000);
  await far.recorder.untilFrames(3000);
  for (const [recorder, factor] of [[far.recorder, 1], [near.recorder, 7]] as const) {
    recorder.frames.forEach((frame, seq) => {
      assert.deepEqual([...frame], [...frameOf(seq, (seq * factor) % 700)]);
    });
  }
});

contract("a frame is never delivered inside the call that sends it", async (world) => {
  const { near, far } = await world.pair();
  let depth = 0;
  for (const end of [near, far]) {
    end.recorder.onFrame = (link) => {
      assert.equal(depth, 0, "a handler runs inside another one");
      depth++;
      if (end.recorder.frames.length < 50) link.send(frameOf(end.recorder.frames.length));
      depth--;
    };
  }
  near.link.send(frameOf(0));
  assert.equal(far.recorder.frames.length, 0);
  await near.recorder.untilFrames(49);
});

contract("a greeting sent while the link is accepted comes after opened()", async (world) => {
  const { listener } = await world.listen({}, ({ link }) => link.send(frameOf(1)));
  const busy = world.connect(listener);
  await busy.recorder.untilFrames(1);
  // Output that is already under way in this turn must not let the greeting overtake.
  busy.link.send(frameOf(9));
  const near = world.connect(listener);
  await near.recorder.untilFrames(1);
  assert.deepEqual(near.recorder.events, ["opened", "frame 1"]);
});

contract("frames sent before the link is connected are delivered", async (world) => {
  const { near: busy } = await world.pair();
  const { listener, accepted } = await world.listen();
  busy.link.send(frameOf(99)); // A flush is under way before the connect.
  const near = world.connect(listener);
  assert.equal(near.link.isOpen, true);
  range(10).forEach((seq) => near.link.send(frameOf(seq)));
  await until(() => accepted[0]?.recorder.frames.length === 10);
  assert.deepEqual(accepted[0]!.recorder.seqNums, range(10));
});

contract("accept() does not run inside connect()", async (world) => {
  const { listener, accepted } = await world.listen();
  const near = world.connect(listener);
  assert.equal(accepted.length, 0);
  await near.recorder.untilOpened();
});

contract(
  "a handler that throws in frame() has its own link closed, and no other",
  async (world) => {
    const first = await world.pair();
    const second = await world.pair();
    first.far.recorder.onFrame = () => {
      throw new Error("our bug");
    };
    first.near.link.send(frameOf(1));
    first.near.link.send(frameOf(2));
    second.near.link.send(frameOf(3));
    await first.far.recorder.untilClosed();
    assert.deepEqual(first.far.recorder.events, ["frame 1", "closed: our bug"]);
    await first.near.recorder.untilClosed();
    await second.far.recorder.untilFrames(1);
    assert.equal(second.far.link.isOpen, true);
  },
);

contract("a handler that throws in opened() has its own link closed", async (world) => {
  const { listener, accepted } = await world.listen();
  const recorder = new Recorder();
  recorder.onOpened = () => {
    throw new Error("our bug");
  };
  world.connect(listener, {}, recorder);
  await recorder.untilClosed();
  assert.deepEqual(recorder.events, ["opened", "closed: our bug"]);
  await until(() => accepted[0]?.recorder.isClosed === true);
});

contract("a frame above the limit closes the link, one at the limit does not", async (world) => {
  const { near, far } = await world.pair({ far: { maxFrameBytes: 1000 } });
  near.link.send(frameOf(1, 984));
  near.link.send(frameOf(2, 985));
  await far.recorder.untilClosed();
  assert.equal(far.recorder.events[0], "frame 1");
  assert.match(far.recorder.events[1]!, /^closed: Cannot .* PDU: length 1001 exceeds 1000$/);
  assert.equal(far.recorder.events.length, 2);
});

contract("a handler may raise the limit for the very next frame", async (world) => {
  const { near, far } = await world.pair({ far: { maxFrameBytes: 1000 } });
  far.recorder.onFrame = (link) => link.maxFrameBytes = 5000;
  near.link.send(frameOf(1, 10));
  near.link.send(frameOf(2, 4000));
  await far.recorder.untilFrames(2);
  assert.equal(far.link.maxFrameBytes, 5000);
});

contract("each link has an id of its own", async (world) => {
  const first = await world.pair();
  const second = await world.pair();
  const links = [first.near, first.far, second.near, second.far].map((end) => end.link);
  assert.equal(new Set(links.map((link) => link.id)).size, 4);
  assert.ok(links.every((link) => link.id > 0 && link.remote !== ""));
});
