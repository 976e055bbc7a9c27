/** route_server and presence: queries and notifications (docs/spec/flows.md 5). */
import assert from "node:assert/strict";
import {
  CID_BUDDY_LIST_USERS_STATUS_REQUEST,
  CID_BUDDY_LIST_USERS_STATUS_RESPONSE,
  CLIENT_TYPE_ANDROID,
  CLIENT_TYPE_IOS,
  CLIENT_TYPE_MAC,
  CLIENT_TYPE_WINDOWS,
  IMUsersStatReq,
  IMUsersStatRsp,
  USER_STATUS_OFFLINE,
} from "../../proto/mod.ts";
import { MAX_STATUS_IDS } from "../../servers/route/handlers/presence.ts";
import { startRouteInMemory, type Terminal } from "../support/route_fixture.ts";

const PC: Terminal = [1, CLIENT_TYPE_WINDOWS];
const MAC: Terminal = [1, CLIENT_TYPE_MAC];
const PHONE: Terminal = [1, CLIENT_TYPE_ANDROID];

Deno.test("route_server, tells every link, when a PC logs in", async () => {
  await using route = await startRouteInMemory();
  await using one = await route.connect();
  await using other = await route.connect();
  one.online(...PC);
  for (const peer of [one, other]) await peer.expectNews("070e 1=1", "0203 1=1");
});

Deno.test("route_server, tells only mobiles, when a mobile logs in beside a PC", async () => {
  await using route = await startRouteInMemory();
  await using one = await route.connectWith(PC);
  await using other = await route.connect();
  other.online(...PHONE);
  for (const peer of [one, other]) await peer.expectNews("070e 1=1");
});

Deno.test("route_server, tells nobody, when a mobile comes or goes without a PC", async () => {
  await using route = await startRouteInMemory();
  await using one = await route.connect();
  await using other = await route.connect();
  one.online(...PHONE);
  one.online(1, CLIENT_TYPE_IOS);
  one.offline(...PHONE);
  one.offline(1, CLIENT_TYPE_IOS);
  for (const peer of [one, other]) await peer.expectNothing();
});

Deno.test("route_server, tells nobody, when a PC logs out beside another PC", async () => {
  await using route = await startRouteInMemory();
  await using one = await route.connectWith(PC);
  await using other = await route.connectWith(MAC);
  one.offline(...PC);
  for (const peer of [one, other]) await peer.expectNothing();
  other.offline(...MAC);
  for (const peer of [one, other]) await peer.expectNews("0203 1=2");
});

Deno.test("route_server, tells both, when the last PC logs out and a mobile stays", async () => {
  await using route = await startRouteInMemory();
  await using one = await route.connectWith(PC);
  await using other = await route.connectWith(PHONE);
  one.offline(...PC);
  for (const peer of [one, other]) await peer.expectNews("070e 1=0", "0203 1=2");
  // The mobile goes last, of which nobody hears.
  other.offline(...PHONE);
  for (const peer of [one, other]) await peer.expectNothing();
});

Deno.test("route_server, keeps a user online, when the old login goes after the new one", async () => {
  await using route = await startRouteInMemory();
  await using one = await route.connectWith(PC);
  one.online(...PC);
  await one.expectNews("070e 1=1", "0203 1=1");
  one.offline(...PC);
  await one.expectNothing();
  assert.deepEqual(await one.onlineOf([1]), [1]);
});

Deno.test("route_server, ignores a logout, of a terminal that is on another link", async () => {
  await using route = await startRouteInMemory();
  await using one = await route.connectWith(PC);
  await using other = await route.connect();
  other.offline(...PC);
  await other.expectNothing();
  assert.deepEqual(await one.onlineOf([1]), [1]);
});

Deno.test("route_server, takes any status but offline for online", async () => {
  await using route = await startRouteInMemory();
  await using peer = await route.connect();
  // A hidden user of an old msg_server: its list has the status of the login request (P-RT5).
  peer.list([PC], USER_STATUS_OFFLINE);
  assert.deepEqual(await peer.onlineOf([1]), [1]);
});

Deno.test("route_server, tells nobody, when a link sends its list", async () => {
  await using route = await startRouteInMemory();
  await using one = await route.connectWith(PC, [2, CLIENT_TYPE_MAC], [3, CLIENT_TYPE_IOS]);
  await one.expectNothing();
  assert.deepEqual(await one.onlineOf([1, 2, 3]), [1, 2]);
});

Deno.test("route_server, replaces what it knew of a link, when the list comes again", async () => {
  await using route = await startRouteInMemory();
  await using one = await route.connectWith(PC, [2, CLIENT_TYPE_MAC]);
  await using other = await route.connectWith([2, CLIENT_TYPE_WINDOWS], [4, CLIENT_TYPE_MAC]);
  one.list([[3, CLIENT_TYPE_WINDOWS]]);
  assert.deepEqual(await one.onlineOf([1, 2, 3, 4]), [2, 3, 4]);
  // Clients hear of who is missing in it as after a lost link.
  route.clock.advance(10_000);
  for (const peer of [one, other]) await peer.expectNews("0203 1=2");
});

Deno.test("route_server, answers 0x020a in request order, with repeated ids", async () => {
  await using route = await startRouteInMemory();
  await using peer = await route.connectWith([7, CLIENT_TYPE_MAC], [5, CLIENT_TYPE_IOS]);
  const attach_data = new Uint8Array([0, 0, 0, 1, 9, 9]);
  peer.link.send(
    CID_BUDDY_LIST_USERS_STATUS_REQUEST,
    IMUsersStatReq.encode({ user_id: 3, user_id_list: [9, 7, 5, 7], attach_data }),
    { seqNum: 513 },
  );
  const answer = await peer.link.next();
  assert.equal(answer[13], 1);
  assert.equal(answer[12], 2);
  const { user_id, user_stat_list, attach_data: echo } = IMUsersStatRsp.decode(answer.subarray(16));
  assert.equal(user_id, 3);
  const pairs = user_stat_list.map((each) => `${each.user_id}=${each.status}`);
  assert.deepEqual(pairs, ["9=2", "7=1", "5=2", "7=1"]);
  assert.deepEqual([...echo!], [...attach_data]);
});

Deno.test("route_server, leaves out the rest of a 0x020a, above MAX_STATUS_IDS", async () => {
  await using route = await startRouteInMemory();
  await using peer = await route.connect();
  const user_id_list = Array.from({ length: MAX_STATUS_IDS + 1 }, (_each, index) => index);
  peer.link.send(
    CID_BUDDY_LIST_USERS_STATUS_REQUEST,
    IMUsersStatReq.encode({ user_id: 1, user_id_list }),
  );
  const answer = await peer.link.expect(CID_BUDDY_LIST_USERS_STATUS_RESPONSE, IMUsersStatRsp);
  assert.equal(answer.user_stat_list.length, MAX_STATUS_IDS);
});

Deno.test("route_server, tells nobody about a msg_server, that uses another route_server", async () => {
  await using route = await startRouteInMemory();
  await using slave = await route.connect();
  await using other = await route.connect();
  slave.role(0);
  slave.online(...PC);
  slave.online(...PHONE);
  slave.offline(...PC);
  for (const peer of [slave, other]) await peer.expectNothing();
  slave.role(1);
  slave.online(...PC);
  for (const peer of [slave, other]) await peer.expectNews("070e 1=1", "0203 1=1");
});

Deno.test("route_server, knows only its own users, beside another one", async () => {
  await using one = await startRouteInMemory();
  await using other = await startRouteInMemory();
  await using peer = await one.connectWith(PC);
  await using stranger = await other.connect();
  peer.online(2, CLIENT_TYPE_MAC);
  await peer.expectNews("070e 2=1", "0203 2=1");
  await stranger.expectNothing();
  assert.deepEqual(await stranger.onlineOf([1, 2]), []);
});
