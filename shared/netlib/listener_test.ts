import assert from "node:assert/strict";
import { contract, frameOf, LOOPBACK, until } from "./test_support/pair.ts";
import { turns } from "./test_support/recorder.ts";
import { ListenError } from "./types.ts";

contract("port 0 gives a real port, a different one each time", async (world) => {
  const one = await world.listen();
  const other = await world.listen();
  assert.notEqual(one.listener.address.port, 0);
  assert.notEqual(one.listener.address.port, other.listener.address.port);
  assert.equal(one.listener.address.host, LOOPBACK.host);
});

contract("a used port is refused with address and reason", async (world) => {
  const { listener } = await world.listen();
  await assert.rejects(world.listen({}, () => {}, listener.address), (error) => {
    assert.ok(error instanceof ListenError);
    const address = `127.0.0.1:${listener.address.port}`;
    assert.equal(error.message, `Cannot listen on ${address}: the port is in use`);
    return true;
  });
});

contract("connecting to a port that nobody listens on closes without opening", async (world) => {
  const { listener } = await world.listen();
  await listener.stop();
  const near = world.connect(listener);
  assert.deepEqual(near.recorder.events, []);
  await near.recorder.untilClosed();
  assert.equal(near.recorder.events.length, 1);
  assert.match(near.recorder.events[0]!, /^closed: .*refused/i);
});

contract("stop() leaves accepted links alive and frees the port", async (world) => {
  const { near, far, listener } = await world.pair();
  await listener.stop();
  near.link.send(frameOf(1));
  await far.recorder.untilFrames(1);
  far.link.send(frameOf(2));
  await near.recorder.untilFrames(1);
  const again = await world.listen({}, () => {}, listener.address);
  assert.equal(again.listener.address.port, listener.address.port);
});

contract("stop() twice does no harm, nor to a later listener of the port", async (world) => {
  const { listener } = await world.listen();
  await listener.stop();
  const again = await world.listen({}, () => {}, listener.address);
  await listener.stop();
  const near = world.connect(again.listener);
  near.link.send(frameOf(1));
  await until(() => again.accepted[0]?.recorder.frames.length === 1);
});

contract("a link is not accepted after stop(), though it was connecting", async (world) => {
  const { listener, accepted } = await world.listen();
  const near = world.connect(listener);
  await listener.stop();
  await near.recorder.untilClosed();
  await turns(10);
  assert.equal(accepted.length, 0);
});

contract("links above maxLinks are closed; a place that gets free is used", async (world) => {
  const { listener, accepted } = await world.listen({ maxLinks: 2 });
  const first = world.connect(listener);
  await first.recorder.untilOpened();
  const second = world.connect(listener);
  await second.recorder.untilOpened();
  const third = world.connect(listener);
  await third.recorder.untilClosed();
  assert.equal(accepted.length, 2);
  assert.equal(first.link.isOpen, true);
  first.link.close("done");
  await accepted[0]!.recorder.untilClosed();
  while (accepted.length < 3) {
    const next = world.connect(listener);
    await until(() => next.recorder.isClosed || accepted.length === 3);
  }
});

contract("an accept() that throws closes that link only", async (world) => {
  let calls = 0;
  const { listener, accepted } = await world.listen({}, () => {
    if (++calls === 1) throw new Error("our bug");
  });
  const near = world.connect(listener);
  await near.recorder.untilClosed();
  const next = world.connect(listener);
  next.link.send(frameOf(1));
  await until(() => accepted[0]?.recorder.frames.length === 1);
});
