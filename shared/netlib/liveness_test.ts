import assert from "node:assert/strict";
import { ManualClock } from "../clock.ts";
import { commandIdOf } from "../pdu/header.ts";
import { Liveness, type LivenessPolicy, SERVER_LINK_POLICY } from "./liveness.ts";
import { MemoryNetwork } from "./memory_network.ts";
import { frameOf, World } from "./test_support/pair.ts";
import { turns } from "./test_support/recorder.ts";

const NEVER: LivenessPolicy = { maxSilentSec: 1000, heartbeatAfterSec: null };

async function withPair(
  test: (given: Awaited<ReturnType<World["pair"]>> & { clock: ManualClock; liveness: Liveness }) =>
    | void
    | Promise<void>,
): Promise<void> {
  const clock = new ManualClock();
  const world = new World(new MemoryNetwork(clock));
  const liveness = new Liveness(clock);
  await test({ ...await world.pair(), clock, liveness });
  liveness.stop();
  await world.end();
  assert.equal(clock.pendingTimers, 0);
}

Deno.test("Liveness sends a heartbeat after more than 5 s without output, and again", () =>
  withPair(async ({ near, far, clock, liveness }) => {
    liveness.watch(near.link, { maxSilentSec: 1000, heartbeatAfterSec: 5 });
    clock.advance(5000);
    await turns(3);
    assert.equal(far.recorder.frames.length, 0);
    clock.advance(1000);
    await far.recorder.untilFrames(1);
    assert.equal(commandIdOf(far.recorder.frames[0]!), 0x0701);
    assert.equal(far.recorder.frames[0]!.length, 16);
    clock.advance(6000);
    await far.recorder.untilFrames(2);
  }));

Deno.test("Liveness sends no heartbeat while other output flows", () =>
  withPair(async ({ near, far, clock, liveness }) => {
    liveness.watch(near.link, { maxSilentSec: 1000, heartbeatAfterSec: 5 });
    for (let sec = 0; sec < 20; sec += 4) {
      clock.advance(4000);
      near.link.send(frameOf(sec));
    }
    await far.recorder.untilFrames(5);
    assert.ok(far.recorder.frames.every((frame) => commandIdOf(frame) !== 0x0701));
  }));

Deno.test("Liveness closes a server link after more than 30 s without input", () =>
  withPair(async ({ near, clock, liveness }) => {
    liveness.watch(near.link, SERVER_LINK_POLICY);
    clock.advance(30_000);
    assert.equal(near.link.isOpen, true);
    clock.advance(1000);
    assert.equal(near.link.isOpen, false);
    await near.recorder.untilClosed();
    assert.equal(near.recorder.events.at(-1), "closed: silent for more than 30 s");
  }));

Deno.test("Liveness lets heartbeats of both sides keep a link open for hours", () =>
  withPair(async ({ near, far, clock, liveness }) => {
    liveness.watch(near.link, SERVER_LINK_POLICY);
    liveness.watch(far.link, SERVER_LINK_POLICY);
    for (let step = 0; step < 720; step++) {
      clock.advance(10_000);
      await turns(2);
    }
    assert.equal(near.link.isOpen && far.link.isOpen, true);
  }));

Deno.test("Liveness closes at the deadline whatever the link does, never before it", () =>
  withPair(async ({ near, far, clock, liveness }) => {
    clock.advance(900); // The tick comes 100 ms after the watch begins.
    liveness.watch(near.link, NEVER, 15);
    clock.advance(15_000);
    far.link.send(frameOf(1));
    await near.recorder.untilFrames(1);
    assert.equal(near.link.isOpen, true);
    clock.advance(1000);
    assert.equal(near.link.isOpen, false);
    await near.recorder.untilClosed();
    assert.equal(near.recorder.events.at(-1), "closed: time limit reached");
  }));

Deno.test("Liveness follows a policy and a deadline that were exchanged", () =>
  withPair(({ near, clock, liveness }) => {
    const watch = liveness.watch(near.link, NEVER, 2);
    clock.advance(2000);
    watch.deadlineSec = null;
    watch.policy = { maxSilentSec: 10, heartbeatAfterSec: null };
    clock.advance(8000);
    assert.equal(near.link.isOpen, true);
    clock.advance(1000);
    assert.equal(near.link.isOpen, false);
  }));

Deno.test("Liveness forgets a closed link with the next tick", () =>
  withPair(({ near, clock, liveness }) => {
    liveness.watch(near.link, NEVER);
    near.link.close("done");
    clock.advance(1000);
    assert.equal(near.link.quietSec, 0);
    let isAsked = false;
    Object.defineProperty(near.link, "isOpen", { get: () => isAsked = true });
    clock.advance(5000);
    assert.equal(isAsked, false);
  }));

Deno.test("Liveness.stop() leaves no timer and touches no link any more", () =>
  withPair(({ near, clock, liveness }) => {
    liveness.watch(near.link, SERVER_LINK_POLICY);
    liveness.stop();
    assert.equal(clock.pendingTimers, 0);
    clock.advance(100_000);
    assert.equal(near.link.isOpen, true);
  }));

Deno.test("Liveness goes on with the others when a link is closed", async () => {
  const clock = new ManualClock();
  const world = new World(new MemoryNetwork(clock));
  const liveness = new Liveness(clock);
  const [first, closed, last] = [await world.pair(), await world.pair(), await world.pair()];
  for (const { near } of [first, closed, last]) liveness.watch(near.link, NEVER);
  clock.advance(1000);
  closed.near.link.close("done");
  clock.advance(2000);
  assert.deepEqual(
    [first, closed, last].map(({ near }) => near.link.silentSec),
    [3, 1, 3],
  );
  liveness.stop();
  await world.end();
});
