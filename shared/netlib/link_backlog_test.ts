import assert from "node:assert/strict";
import { contract, frameOf, range, until } from "./test_support/pair.ts";
import { turns } from "./test_support/recorder.ts";

contract("a reader that falls behind the limit over many turns is cut off", async (world) => {
  const limit = { maxBacklogBytes: 1024 * 1024 };
  const { near, far } = await world.pair({ near: limit });
  far.link.pause();
  for (let sent = 0; near.link.isOpen; sent++) {
    // The kernels of a TCP link hold some megabytes more than the limit.
    assert.ok(sent < 2000, "the backlog has no limit");
    near.link.send(frameOf(1, 64 * 1024));
    await turns(1);
  }
  await near.recorder.untilClosed();
  assert.deepEqual(near.recorder.events, ["opened", "closed: reader is too slow"]);
  assert.equal(near.link.backlogBytes, 0);
  far.link.resume();
  await far.recorder.untilClosed();
});

contract("what waits is at most the limit and one frame", async (world) => {
  const { near, far } = await world.pair({ near: { maxBacklogBytes: 1000 } });
  near.link.send(frameOf(1, 984));
  assert.equal(near.link.backlogBytes, 1000);
  near.link.send(frameOf(2));
  assert.equal(near.link.isOpen, true);
  near.link.send(frameOf(3));
  assert.equal(near.link.isOpen, false);
  await far.recorder.untilClosed();
  assert.deepEqual(far.recorder.frames, []);
});

contract("the limit of the accepted side holds as well", async (world) => {
  const { near, far } = await world.pair({ far: { maxBacklogBytes: 1000 } });
  far.link.send(frameOf(1, 2000));
  far.link.send(frameOf(2));
  await near.recorder.untilClosed();
  await far.recorder.untilClosed();
  assert.deepEqual(far.recorder.events, ["closed: reader is too slow"]);
});

contract("a reader that keeps up gets a frame larger than the limit, and more", async (world) => {
  const { near, far } = await world.pair({ near: { maxBacklogBytes: 1000 } });
  near.link.send(frameOf(1, 2_000_000));
  await far.recorder.untilFrames(1);
  await until(() => near.link.backlogBytes === 0);
  near.link.send(frameOf(2));
  await far.recorder.untilFrames(2);
  assert.equal(near.link.isOpen, true);
});

contract("a reader that keeps up may get many times the limit", async (world) => {
  const { near, far } = await world.pair({ near: { maxBacklogBytes: 200_000 } });
  for (const seq of range(300)) {
    near.link.send(frameOf(seq, 50_000));
    await far.recorder.untilFrames(seq + 1);
  }
  assert.equal(near.link.isOpen, true);
});

contract("backlogBytes counts what was sent and not read, and falls to 0", async (world) => {
  const { near, far } = await world.pair();
  await until(() => near.link.backlogBytes === 0);
  near.link.send(frameOf(1, 84));
  near.link.send(frameOf(2, 184));
  assert.equal(near.link.backlogBytes, 300);
  await far.recorder.untilFrames(2);
  await until(() => near.link.backlogBytes === 0);
});

contract("backlogBytes of a link whose reader pauses and goes on ends at 0", async (world) => {
  const { near, far } = await world.pair();
  far.recorder.onFrame = (link) => {
    link.pause();
    setImmediate(() => link.resume());
  };
  range(50).forEach((seq) => near.link.send(frameOf(seq, 100)));
  await far.recorder.untilFrames(50);
  await until(() => near.link.backlogBytes === 0);
});
