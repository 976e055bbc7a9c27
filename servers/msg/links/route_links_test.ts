import assert from "node:assert/strict";
import {
  CID_OTHER_ONLINE_USER_INFO,
  CID_OTHER_ROLE_SET,
  CID_OTHER_USER_STATUS_UPDATE,
  CLIENT_TYPE_ANDROID,
  CLIENT_TYPE_MAC,
  IMOnlineUserInfo,
  IMRoleSet,
  IMUserStatusUpdate,
} from "../../../proto/mod.ts";
import { bodyOf, buildFrame, commandIdOf, describeFrame } from "../../../shared/pdu/mod.ts";
import { type Neighbour, onlineConn, Stage } from "../test_support/stage.ts";
import { UserTable } from "../state/user_table.ts";
import { RouteLinks } from "./route_links.ts";

const MASTER = "master 1";
const SLAVE = "master 0";
const NOBODY_ONLINE = "online";

/** A relay by its sequence number, everything else in words. */
function describe(frame: Uint8Array): string {
  const body = bodyOf(frame);
  switch (commandIdOf(frame)) {
    case CID_OTHER_ROLE_SET:
      return `master ${IMRoleSet.decode(body).master}`;
    case CID_OTHER_ONLINE_USER_INFO:
      return [
        "online",
        ...IMOnlineUserInfo.decode(body).user_stat_list.map(
          ({ user_id, status, client_type }) => `${user_id}=${status}/${client_type}`,
        ),
      ].join(" ");
    case CID_OTHER_USER_STATUS_UPDATE: {
      const { user_id, user_status, client_type } = IMUserStatusUpdate.decode(body);
      return `update ${user_id}=${user_status}/${client_type}`;
    }
    default:
      return describeFrame(frame);
  }
}

async function setUp(stage: Stage, servers = 2) {
  const routes: Neighbour[] = [];
  for (let i = 0; i < servers; i++) routes.push(await stage.neighbour());
  const users = new UserTable();
  const received: string[] = [];
  let opened = 0;
  const links = stage.use(
    new RouteLinks({
      addresses: routes.map(({ address }) => address),
      peerDeps: stage.peerDeps,
      log: stage.log,
      users,
      onFrame: (peer, frame) => received.push(`${peer.name} ${describe(frame)}`),
      onOpened: () => opened++,
    }),
  );
  const take = (): string[][] => routes.map((route) => route.take(describe));
  return { routes, users, links, received, take, opened: () => opened };
}

Deno.test("RouteLinks, the first to open is the master, the others are told they are not", async () => {
  await using stage = new Stage();
  const { links, take, opened } = await setUp(stage);
  assert.equal(links.hasOpenLink, false);
  await stage.settle();
  assert.deepEqual([links.hasOpenLink, opened()], [true, 2]);
  assert.deepEqual(take(), [[MASTER, NOBODY_ONLINE], [SLAVE, NOBODY_ONLINE]]);
});

Deno.test("RouteLinks.send() goes to the master only, announce() to all", async () => {
  await using stage = new Stage();
  const { links, users, take } = await setUp(stage, 3);
  await stage.settle();
  take();
  assert.equal(links.send(buildFrame(0x0301, 5, new Uint8Array(0))), true);
  const conn = onlineConn(users, 7, CLIENT_TYPE_MAC);
  links.announce(conn, "online");
  links.announce(conn, "offline");
  await stage.settle();
  const news = ["update 7=1/2", "update 7=2/2"];
  assert.deepEqual(take(), [["0x0301 seq 5 16 bytes", ...news], news, news]);
});

Deno.test("RouteLinks, when the master is lost the oldest other link becomes it", async () => {
  await using stage = new Stage();
  const { routes, links, take } = await setUp(stage, 3);
  await stage.settle();
  // The second server comes back and is now younger than the third.
  routes[1]!.drop();
  await stage.pass(6);
  take();
  routes[0]!.drop();
  await stage.settle();
  assert.deepEqual(take(), [[], [], [MASTER]]);
  links.send(buildFrame(0x0301, 5, new Uint8Array(0)));
  await stage.settle();
  assert.deepEqual(take(), [[], [], ["0x0301 seq 5 16 bytes"]]);
});

Deno.test("RouteLinks, a master that comes back is told that it is none any more", async () => {
  await using stage = new Stage();
  const { routes, take } = await setUp(stage);
  await stage.settle();
  take();
  routes[0]!.drop();
  await stage.pass(6);
  assert.deepEqual(take(), [[SLAVE, NOBODY_ONLINE], [MASTER]]);
});

Deno.test("RouteLinks, a new link hears first who is here, everybody as online (P-RT5)", async () => {
  await using stage = new Stage();
  const { routes, users, links, take } = await setUp(stage, 1);
  await stage.settle();
  assert.deepEqual(take(), [[MASTER, NOBODY_ONLINE]]);
  onlineConn(users, 7, CLIENT_TYPE_MAC);
  routes[0]!.drop();
  await stage.settle();
  assert.equal(links.hasOpenLink, false);
  links.announce(onlineConn(users, 8, CLIENT_TYPE_ANDROID), "online"); // Nobody hears it.
  await stage.pass(6);
  assert.deepEqual(take(), [[MASTER, "online 7=1/2 8=1/18"]]);
});

Deno.test("RouteLinks, without a link relays are not sent, and say so", async () => {
  await using stage = new Stage();
  const { routes, links } = await setUp(stage, 1);
  assert.equal(links.send(buildFrame(0x0301, 5, new Uint8Array(0))), false);
  await stage.settle();
  await routes[0]!.close();
  await stage.settle();
  assert.deepEqual([links.send(buildFrame(0x0301, 5, new Uint8Array(0)))], [false]);
});

Deno.test("RouteLinks, frames of every route_server are handed over", async () => {
  await using stage = new Stage();
  const { routes, received } = await setUp(stage);
  await stage.settle();
  for (const [at, route] of routes.entries()) {
    route.links[0]!.send(buildFrame(0x0301, at, new Uint8Array(0)));
  }
  await stage.settle();
  assert.deepEqual(
    received,
    routes.map((route, at) => `127.0.0.1:${route.address.port} 0x0301 seq ${at} 16 bytes`),
  );
});
