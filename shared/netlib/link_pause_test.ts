import assert from "node:assert/strict";
import fc from "fast-check";
import { contract, frameOf, range, until } from "./test_support/pair.ts";
import { turns } from "./test_support/recorder.ts";

contract("no frame is delivered while paused; all come in order after resume()", async (world) => {
  const { near, far } = await world.pair();
  far.link.pause();
  range(500).forEach((seq) => near.link.send(frameOf(seq, 300)));
  await turns(20);
  assert.deepEqual(far.recorder.frames, []);
  far.link.resume();
  await far.recorder.untilFrames(500);
  assert.deepEqual(far.recorder.seqNums, range(500));
});

contract("pause() in a handler stops the frames of the same chunk", async (world) => {
  const { near, far } = await world.pair();
  far.recorder.onFrame = (link) => link.pause();
  range(20).forEach((seq) => near.link.send(frameOf(seq)));
  for (const seq of range(20)) {
    await far.recorder.untilFrames(seq + 1);
    await turns(5);
    assert.equal(far.recorder.frames.length, seq + 1);
    far.link.resume();
  }
  assert.deepEqual(far.recorder.seqNums, range(20));
});

contract("a handler that pauses at every frame slows the sender down", async (world) => {
  const { near, far } = await world.pair({ near: { maxBacklogBytes: 64 * 1024 * 1024 } });
  far.recorder.onFrame = (link) => link.pause();
  range(160).forEach((seq) => near.link.send(frameOf(seq, 200_000)));
  for (const seq of range(10)) {
    await far.recorder.untilFrames(seq + 1);
    far.link.resume();
  }
  await turns(100);
  // What the receiver did not take stays with the sender, but for the buffers of the two kernels.
  assert.ok(near.link.backlogBytes > 10_000_000, `${near.link.backlogBytes} bytes`);
  far.recorder.onFrame = () => {};
  far.link.resume();
  await far.recorder.untilFrames(160);
  assert.deepEqual(far.recorder.seqNums, range(160));
  await until(() => near.link.backlogBytes === 0);
});

contract("pause() and resume() in any order, inside and outside of handlers", async (world) => {
  const { near, far } = await world.pair();
  far.recorder.onFrame = (link) => {
    const step = far.recorder.frames.length % 5;
    if (step === 1) link.pause();
    if (step === 1) link.resume();
    if (step === 2) (link.resume(), link.resume(), link.pause(), link.resume());
    if (step === 3) (link.pause(), link.resume(), link.pause());
    if (step === 3) setImmediate(() => (link.resume(), link.pause(), link.resume()));
  };
  range(200).forEach((seq) => near.link.send(frameOf(seq)));
  await far.recorder.untilFrames(200);
  assert.deepEqual(far.recorder.seqNums, range(200));
});

contract("pause() right after resume() wins", async (world) => {
  const { near, far } = await world.pair();
  far.recorder.onFrame = (link) => link.pause();
  near.link.send(frameOf(1));
  near.link.send(frameOf(2));
  await far.recorder.untilFrames(1);
  far.link.resume();
  far.link.pause();
  near.link.send(frameOf(3));
  await turns(20);
  assert.deepEqual(far.recorder.seqNums, [1]);
  far.recorder.onFrame = () => {};
  far.link.resume();
  await far.recorder.untilFrames(3);
});

contract("frames held back come before the close of the other side", async (world) => {
  const { near, far } = await world.pair();
  far.link.pause();
  range(5).forEach((seq) => near.link.send(frameOf(seq)));
  await turns(10);
  near.link.close("done");
  await near.recorder.untilClosed();
  await turns(10);
  assert.deepEqual(far.recorder.events, []);
  far.link.resume();
  await far.recorder.untilClosed();
  assert.deepEqual(far.recorder.seqNums, range(5));
  assert.equal(far.recorder.events.at(-1), "closed: closed by the other side");
});

contract("close() of a paused link flushes and is seen by the other side", async (world) => {
  const { near, far } = await world.pair();
  far.link.pause();
  near.link.send(frameOf(1));
  far.link.send(frameOf(2));
  far.link.close("done");
  far.link.resume();
  await near.recorder.untilClosed();
  await far.recorder.untilClosed();
  assert.deepEqual(near.recorder.seqNums, [2]);
  assert.deepEqual(far.recorder.frames, []);
});

contract("a link paused while it is accepted delivers from resume() on", async (world) => {
  const { listener, accepted } = await world.listen({}, ({ link }) => link.pause());
  const near = world.connect(listener);
  near.link.send(frameOf(1));
  await until(() => accepted.length === 1);
  await turns(10);
  assert.deepEqual(accepted[0]!.recorder.frames, []);
  accepted[0]!.link.resume();
  await accepted[0]!.recorder.untilFrames(1);
});

contract("random pauses lose and reorder nothing", async (world) => {
  const { near, far } = await world.pair();
  const step = fc.record({
    send: fc.nat({ max: 20 }),
    bodyBytes: fc.nat({ max: 3000 }),
    act: fc.constantFrom("pause", "resume", "turn"),
    pauseEvery: fc.integer({ min: 1, max: 9 }),
  });
  const property = fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
    let sent = 0;
    far.recorder.frames.length = 0;
    for (const { send, bodyBytes, act, pauseEvery } of steps) {
      far.recorder.onFrame = (link) => {
        if (far.recorder.frames.length % pauseEvery === 0) link.pause();
      };
      for (let i = 0; i < send; i++) near.link.send(frameOf(sent++, bodyBytes));
      if (act === "turn") await turns(2);
      else far.link[act]();
    }
    far.recorder.onFrame = () => {};
    far.link.resume();
    await far.recorder.untilFrames(sent);
    assert.deepEqual(far.recorder.seqNums, range(sent));
  });
  await fc.assert(property, { numRuns: 60 });
});
