import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { ManualClock, systemClock } from "../clock.ts";
import { CONNECT_TIMEOUT_MS, TcpNetwork } from "./tcp_network.ts";
import { frameOf, range, until, World } from "./test_support/pair.ts";
import { turns } from "./test_support/recorder.ts";

Deno.test("TcpNetwork gives up a connect that takes five seconds", async () => {
  const clock = new ManualClock();
  const world = new World(new TcpNetwork(clock));
  const { listener } = await world.listen();
  const near = world.connect(listener);
  clock.advance(CONNECT_TIMEOUT_MS - 1);
  assert.equal(near.link.isOpen, true);
  clock.advance(1);
  assert.equal(near.link.isOpen, false);
  await near.recorder.untilClosed();
  assert.deepEqual(near.recorder.events, ["closed: no connection within 5000 ms"]);
  await world.end();
  assert.equal(clock.pendingTimers, 0);
});

Deno.test("TcpNetwork leaves no timer behind a connect that succeeds, fails or is aborted", async () => {
  const clock = new ManualClock();
  const world = new World(new TcpNetwork(clock));
  const { listener } = await world.listen();
  const opened = world.connect(listener);
  await opened.recorder.untilOpened();
  const aborted = world.connect(listener);
  aborted.link.abort("changed my mind");
  await listener.stop();
  const refused = world.connect(listener);
  await refused.recorder.untilClosed();
  await aborted.recorder.untilClosed();
  await until(() => clock.pendingTimers === 0);
  await world.end();
});

Deno.test("TcpNetwork tells a host name that does not exist as the reason", async () => {
  const world = new World(new TcpNetwork(systemClock));
  const { listener } = await world.listen();
  const address = { ...listener.address, host: "no such host" };
  const near = world.connect({ ...listener, address });
  await near.recorder.untilClosed();
  assert.match(near.recorder.events[0]!, /^closed: .*no such host/);
  await world.end();
});

Deno.test("TcpNetwork never reuses the memory of a chunk, also under load", async () => {
  const world = new World(new TcpNetwork(systemClock));
  const { listener, accepted } = await world.listen();
  const ends = range(20).map(() => world.connect(listener));
  const sizes = range(300).map((seq) => (seq * 131) % 2500);
  for (const [seq, size] of sizes.entries()) {
    for (const { link } of ends) link.send(frameOf(seq, size));
    if (seq % 7 === 0) await turns(1);
  }
  const isDone = () =>
    accepted.length === 20 && accepted.every(({ recorder }) => recorder.frames.length === 300);
  await until(isDone);
  for (const { recorder } of accepted) {
    for (const [seq, size] of sizes.entries()) {
      assert.equal(Buffer.compare(frameOf(seq, size), recorder.frames[seq]!), 0, `frame ${seq}`);
    }
  }
  await world.end();
});
