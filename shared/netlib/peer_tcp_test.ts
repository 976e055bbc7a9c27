import assert from "node:assert/strict";
import { ManualClock } from "../clock.ts";
import { seededRandom } from "../random.ts";
import { Liveness } from "./liveness.ts";
import { Peer, RECONNECT_WAITS_SEC } from "./peer.ts";
import { CONNECT_TIMEOUT_MS, TcpNetwork } from "./tcp_network.ts";
import { until, World } from "./test_support/pair.ts";

/** A peer over TCP whose clock stands still, and what its handler was told. */
async function stage() {
  const clock = new ManualClock();
  const world = new World(new TcpNetwork(clock));
  const { listener } = await world.listen();
  const liveness = new Liveness(clock);
  const events: string[] = [];
  const peer = new Peer(listener.address, {
    opened: () => events.push("opened"),
    frame: () => {},
    closed: (_peer, reason) => events.push(reason),
  }, { network: world.network, clock, random: seededRandom(1), liveness });
  const end = async () => {
    peer.stop();
    liveness.stop();
    await world.end();
    await until(() => clock.pendingTimers === 0);
  };
  return { clock, events, peer, end };
}

Deno.test("Peer over TCP gives up a connect after 5 s and tries again later", async () => {
  const { clock, events, end } = await stage();
  clock.advance(CONNECT_TIMEOUT_MS);
  await until(() => events.length === 1);
  assert.deepEqual(events, ["no connection within 5000 ms"]);
  clock.advance(RECONNECT_WAITS_SEC[0]! * 1200);
  await until(() => events.length === 2);
  assert.equal(events[1], "opened");
  await end();
});

Deno.test("Peer.stop() over TCP does not wait for a connect that is under way", async () => {
  const { clock, events, peer, end } = await stage();
  const timers = clock.pendingTimers;
  peer.stop();
  assert.equal(clock.pendingTimers, timers, "nothing is flushed, so no time is given for it");
  await until(() => events.length === 1);
  await until(() => clock.pendingTimers === 1); // Only that of the liveness is left.
  await end();
  assert.deepEqual(events, ["stopped"]);
});
