import assert from "node:assert/strict";
import { ManualClock } from "../clock.ts";
import { type Random, seededRandom } from "../random.ts";
import { Liveness } from "./liveness.ts";
import { MemoryNetwork } from "./memory_network.ts";
import { Peer, type PeerHandler, RECONNECT_WAITS_SEC, SHORT_RECONNECT_WAITS_SEC } from "./peer.ts";
import { frameOf, World } from "./test_support/pair.ts";
import { turns } from "./test_support/recorder.ts";

const NO_JITTER: Random = { next: () => 0, bytes: (length) => new Uint8Array(length) };
const NOBODY = { host: "127.0.0.1", port: 9 };

class Stage {
  readonly clock = new ManualClock();
  readonly network = new MemoryNetwork(this.clock);
  readonly world = new World(this.network);
  readonly liveness = new Liveness(this.clock);
  readonly events: string[] = [];
  peer!: Peer;

  start(address = NOBODY, random = NO_JITTER, waitsSec = RECONNECT_WAITS_SEC): void {
    const handler: PeerHandler = {
      opened: () => this.events.push("opened"),
      frame: (_peer, frame) => this.events.push(`${frame.length} bytes`),
      closed: (_peer, reason, wasOpen) => this.events.push(`closed ${wasOpen}: ${reason}`),
    };
    const { network, clock, liveness } = this;
    this.peer = new Peer(address, handler, { network, clock, random, liveness }, waitsSec);
  }

  /** Lets the running connect fail; then measures the wait until the next one, in milliseconds. */
  async waitMs(): Promise<number> {
    await turns(4);
    const tries = this.events.length;
    for (let ms = 100;; ms += 100) {
      this.clock.advance(100);
      await turns(3);
      if (this.events.length > tries) return ms;
      assert.ok(ms < 100_000, "never tried again");
    }
  }

  async end(): Promise<void> {
    this.peer.stop();
    this.liveness.stop();
    await this.world.end();
    assert.equal(this.clock.pendingTimers, 0);
  }
}

Deno.test("Peer waits 4, 8, 16, 32, 64, then 4 seconds again", async () => {
  const stage = new Stage();
  stage.start();
  const waits: number[] = [];
  for (let i = 0; i < 7; i++) waits.push(await stage.waitMs() / 1000);
  assert.deepEqual(waits, [4, 8, 16, 32, 64, 4, 8]);
  assert.match(stage.events[0]!, /^closed false: connection refused$/);
  await stage.end();
});

Deno.test("Peer with the short series never waits for a second, with jitter (P-AVL3)", async () => {
  const stage = new Stage();
  stage.start(NOBODY, NO_JITTER, SHORT_RECONNECT_WAITS_SEC);
  const waits: number[] = [];
  for (let i = 0; i < 5; i++) waits.push(await stage.waitMs() / 1000);
  assert.deepEqual(waits, [0.2, 0.4, 0.8, 0.2, 0.4]);
  await stage.end();
});

Deno.test("Peer adds up to a fifth to each wait, not the same each time", async () => {
  const stage = new Stage();
  stage.start(NOBODY, seededRandom(7), [4]);
  const waits: number[] = [];
  for (let i = 0; i < 30; i++) waits.push(await stage.waitMs());
  assert.ok(waits.every((ms) => ms >= 4000 && ms <= 4800), waits.join());
  assert.ok(new Set(waits).size > 4);
  await stage.end();
});

Deno.test("Peer starts the series anew after it was connected", async () => {
  const stage = new Stage();
  const { listener } = await stage.world.listen();
  await listener.stop();
  stage.start(listener.address);
  for (let i = 0; i < 2; i++) await stage.waitMs();
  const { accepted } = await stage.world.listen({}, () => {}, listener.address);
  await stage.waitMs();
  assert.equal(stage.events.at(-1), "opened");
  assert.equal(stage.peer.openedAtMs, stage.clock.nowMs());
  accepted[0]!.link.close("restart");
  await turns(4);
  assert.equal(stage.events.at(-1), "closed true: closed by the other side");
  assert.equal(await stage.waitMs(), 4000);
  await stage.end();
});

Deno.test("Peer.send() tells whether there is a link, and keeps nothing without one", async () => {
  const stage = new Stage();
  const { listener, accepted } = await stage.world.listen();
  stage.start(listener.address);
  assert.equal(stage.peer.isOpen, false);
  assert.equal(stage.peer.send(frameOf(1)), false);
  await turns(3);
  assert.equal(stage.peer.isOpen, true);
  assert.equal(stage.peer.send(frameOf(2)), true);
  await accepted[0]!.recorder.untilFrames(1);
  assert.deepEqual(accepted[0]!.recorder.seqNums, [2]);
  accepted[0]!.link.send(frameOf(3));
  accepted[0]!.link.abort("gone");
  await turns(4);
  assert.equal(stage.peer.send(frameOf(4)), false);
  assert.equal(stage.peer.backlogBytes, 0);
  await stage.end();
});

Deno.test("Peer sends heartbeats and gives up a silent link after 30 s", async () => {
  const stage = new Stage();
  const { listener, accepted } = await stage.world.listen();
  stage.start(listener.address);
  await turns(3);
  for (let sec = 0; sec < 31; sec++) {
    assert.equal(stage.peer.isOpen, true);
    stage.clock.advance(1000);
    await turns(3);
  }
  assert.equal(accepted[0]!.recorder.frames.length, 5);
  assert.equal(stage.events.at(-1), "closed true: silent for more than 30 s");
  await stage.end();
});

Deno.test("Peer.stop() flushes, closes and is not connected again", async () => {
  const stage = new Stage();
  const { listener, accepted } = await stage.world.listen();
  stage.start(listener.address);
  await turns(3);
  stage.peer.send(frameOf(5));
  await stage.peer.stop();
  stage.liveness.stop();
  assert.equal(stage.clock.pendingTimers, 0);
  await accepted[0]!.recorder.untilClosed();
  assert.deepEqual(accepted[0]!.recorder.seqNums, [5]);
  stage.clock.advance(200_000);
  await turns(5);
  assert.deepEqual(stage.events, ["opened", "closed true: stopped"]);
  await stage.end();
});

Deno.test("Peer.stop() ends a wait and a connect that is under way", async () => {
  for (const turnsBefore of [0, 4]) {
    const stage = new Stage();
    stage.start();
    await turns(turnsBefore);
    await stage.end();
    stage.clock.advance(200_000);
    await turns(5);
    assert.equal(stage.events.length, 1);
  }
});
