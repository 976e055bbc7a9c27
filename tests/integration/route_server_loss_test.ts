/** route_server and msg_servers that go away and come back (docs/spec/pitfalls.md P-RT1). */
import assert from "node:assert/strict";
import { CLIENT_TYPE_ANDROID, CLIENT_TYPE_MAC, CLIENT_TYPE_WINDOWS } from "../../proto/mod.ts";
import { startRouteInMemory, type Terminal } from "../support/route_fixture.ts";

const PC: Terminal = [1, CLIENT_TYPE_WINDOWS];
const PHONE: Terminal = [1, CLIENT_TYPE_ANDROID];

Deno.test("route_server, tells of users who are gone, 10 s after their link", async () => {
  await using route = await startRouteInMemory();
  await using witness = await route.connectWith([2, CLIENT_TYPE_ANDROID], [3, CLIENT_TYPE_MAC]);
  const lost = await route.connectWith(
    PC,
    [2, CLIENT_TYPE_WINDOWS],
    [3, CLIENT_TYPE_WINDOWS],
    [4, CLIENT_TYPE_ANDROID],
  );
  await route.lose(lost);
  assert.deepEqual(await witness.onlineOf([1, 2, 3, 4]), [3]);
  route.clock.advance(9_999);
  await witness.expectNothing();
  route.clock.advance(1);
  // User 1 is gone, 2 has a mobile here, 3 another PC, and of 4, a mobile, nobody ever hears.
  await witness.expectNews("0203 1=2", "070e 2=0", "0203 2=2");
});

Deno.test("route_server, tells nobody, when the msg_server is back within 10 s", async () => {
  await using route = await startRouteInMemory();
  await using witness = await route.connect();
  const lost = await route.connectWith(PC, [2, CLIENT_TYPE_MAC]);
  await route.lose(lost);
  route.clock.advance(9_000);
  await using back = await route.connectWith(PC);
  assert.deepEqual(await witness.onlineOf([1, 2]), [1]);
  route.clock.advance(1_000);
  // User 2 logged out in the meantime.
  for (const peer of [witness, back]) await peer.expectNews("0203 2=2");
});

Deno.test("route_server, tells of the return, when the msg_server is back later", async () => {
  await using route = await startRouteInMemory();
  await using witness = await route.connect();
  const lost = await route.connectWith(PC, [2, CLIENT_TYPE_MAC]);
  await route.lose(lost);
  route.clock.advance(10_000);
  await witness.expectNews("0203 1=2", "0203 2=2");
  await using back = await route.connectWith(PC, [3, CLIENT_TYPE_MAC]);
  for (const peer of [witness, back]) await peer.expectNews("070e 1=1", "0203 1=1");
  back.list([PC]);
  await witness.expectNothing();
});

Deno.test("route_server, tells once, when a user logs in and out elsewhere in the 10 s", async () => {
  await using route = await startRouteInMemory();
  await using witness = await route.connect();
  const lost = await route.connectWith(PC);
  await route.lose(lost);
  witness.online(...PC);
  await witness.expectNews("070e 1=1", "0203 1=1");
  witness.offline(...PC);
  await witness.expectNews("0203 1=2");
  route.clock.advance(10_000);
  await witness.expectNothing();
});

Deno.test("route_server, tells of the return, when a logout came before the list", async () => {
  await using route = await startRouteInMemory();
  await using witness = await route.connectWith(PC);
  const lost = await route.connectWith(PC);
  witness.offline(...PC);
  await witness.expectNothing();
  await route.lose(lost);
  // A late logout of a terminal that is not known any more: clients believe it.
  witness.offline(...PC);
  await witness.expectNews("0203 1=2");
  await using back = await route.connectWith(PC);
  for (const peer of [witness, back]) await peer.expectNews("070e 1=1", "0203 1=1");
});

Deno.test("route_server, tells of the mobile that stayed, when it came in the 10 s", async () => {
  await using route = await startRouteInMemory();
  await using witness = await route.connect();
  const lost = await route.connectWith(PC);
  await route.lose(lost);
  witness.online(...PHONE);
  await witness.expectNothing();
  route.clock.advance(10_000);
  await witness.expectNews("070e 1=0", "0203 1=2");
});

Deno.test("route_server, gives each lost link its own 10 s", async () => {
  await using route = await startRouteInMemory();
  await using witness = await route.connect();
  const first = await route.connectWith([1, CLIENT_TYPE_MAC]);
  const second = await route.connectWith([2, CLIENT_TYPE_MAC]);
  await route.lose(first);
  route.clock.advance(4_000);
  await route.lose(second);
  route.clock.advance(6_000);
  await witness.expectNews("0203 1=2");
  route.clock.advance(4_000);
  await witness.expectNews("0203 2=2");
});

Deno.test("route_server, leaves a lost link to the other route_server, when that one is used", async () => {
  await using route = await startRouteInMemory();
  await using witness = await route.connect();
  const lost = await route.connectWith(PC);
  lost.role(0);
  await route.lose(lost);
  assert.deepEqual(await witness.onlineOf([1]), []);
  route.clock.advance(20_000);
  await witness.expectNothing();
});

Deno.test("route_server, closes a link after 30 s of silence, and sends heartbeats itself", async () => {
  await using route = await startRouteInMemory();
  await using witness = await route.connect();
  await using silent = await route.connectWith(PC);
  route.clock.advance(5_000);
  await silent.expectNothing();
  for (let seconds = 6; seconds < 30; seconds += 6) {
    route.clock.advance(6_000);
    await witness.expectNothing();
  }
  const heartbeat = await silent.link.next({ heartbeats: "keep" });
  assert.equal(heartbeat.toHex(), "00000010000100000007070100000000");
  assert.deepEqual(await witness.onlineOf([1]), [1]);
  route.clock.advance(7_000);
  await silent.link.ended();
  assert.deepEqual(await witness.onlineOf([1]), []);
});

Deno.test("route_server, tells of nobody, when it stops", async () => {
  const route = await startRouteInMemory();
  await using one = await route.connectWith(PC);
  await using other = await route.connect();
  await route.server.stop();
  for (const { link } of [one, other]) {
    await link.ended();
    await assert.rejects(link.next(), /the other side closed the link/);
  }
  assert.equal(route.clock.pendingTimers, 0);
});

Deno.test("route_server, tells after 10 s also when its clock was set back meanwhile", async () => {
  await using route = await startRouteInMemory();
  await using witness = await route.connect();
  await route.lose(await route.connectWith(PC));
  route.clock.setBy(-3_600_000);
  route.clock.advance(10_000);
  await witness.expectNews("0203 1=2");
});
