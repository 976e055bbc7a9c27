/** route_server on real sockets: framing, malformed input, limits, stopping. */
import assert from "node:assert/strict";
import {
  CID_BUDDY_LIST_SIGN_INFO_CHANGED_NOTIFY,
  CID_BUDDY_LIST_USERS_STATUS_REQUEST,
  CID_FILE_NOTIFY,
  CID_MSG_DATA,
  CID_OTHER_ONLINE_USER_INFO,
  CID_OTHER_ROLE_SET,
  CID_OTHER_USER_STATUS_UPDATE,
  CLIENT_TYPE_MAC,
  CLIENT_TYPE_WINDOWS,
  IMMsgData,
  IMOnlineUserInfo,
  IMUserStatusUpdate,
  MSG_TYPE_SINGLE_TEXT,
  USER_STATUS_ONLINE,
} from "../../proto/mod.ts";
import { startRouteServer } from "../../servers/route/server.ts";
import { systemClock } from "../../shared/clock.ts";
import { silentLogger } from "../../shared/log/mod.ts";
import { type Address, ListenError, TcpNetwork } from "../../shared/netlib/mod.ts";
import { buildFrame } from "../../shared/pdu/mod.ts";
import { systemRandom } from "../../shared/random.ts";
import type { RoleDeps } from "../../shared/role.ts";
import { ROUTE_CONFIG, RoutePeer } from "../support/route_fixture.ts";
import { ScriptedLink } from "../support/scripted_link.ts";

function tcpDeps(): RoleDeps {
  const clock = systemClock;
  return { network: new TcpNetwork(clock), clock, random: systemRandom, log: silentLogger };
}

async function connectPeer(address: Address): Promise<RoutePeer> {
  return new RoutePeer(await ScriptedLink.connect(address));
}

Deno.test("route_server, serves presence and relays, over TCP", async () => {
  await using server = await startRouteServer(ROUTE_CONFIG, tcpDeps());
  const { msgServer } = server.addresses;
  await using one = await connectPeer(msgServer);
  await using other = await connectPeer(msgServer);
  other.list([[2, CLIENT_TYPE_MAC]]);
  assert.deepEqual(await other.onlineOf([2]), [2]);
  one.online(1, CLIENT_TYPE_WINDOWS);
  await one.expectNews("070e 1=1", "0203 1=1");
  await other.expectNews("070e 1=1", "0203 1=1");
  const notice = buildFrame(CID_FILE_NOTIFY, 0, new Uint8Array(100_000).fill(7));
  one.link.sendBytes(notice);
  await other.link.expectBytes(notice);
});

Deno.test("route_server, reads PDUs from any split of the stream", async () => {
  await using server = await startRouteServer(ROUTE_CONFIG, tcpDeps());
  await using one = await connectPeer(server.addresses.msgServer);
  await using other = await connectPeer(server.addresses.msgServer);
  await other.expectNothing();
  const frames = [1, 2, 3].map((size) => buildFrame(CID_FILE_NOTIFY, size, new Uint8Array(size)));
  const stream = new Uint8Array(frames.flatMap((frame) => [...frame]));
  for (const size of [1, 7, 16, 17, stream.length]) {
    for (let from = 0; from < stream.length; from += size) {
      one.link.sendBytes(stream.slice(from, from + size));
    }
    for (const frame of frames) await other.link.expectBytes(frame);
  }
});

Deno.test("route_server, closes a link at once, for a length below 16 or above its limit", async () => {
  const config = { ...ROUTE_CONFIG, MaxPduBytes: 1024 };
  await using server = await startRouteServer(config, tcpDeps());
  await using witness = await connectPeer(server.addresses.msgServer);
  for (const length of [0, 1, 15, 1025, 0x7fffffff, 0xffffffff]) {
    await using bad = await connectPeer(server.addresses.msgServer);
    await bad.expectNothing();
    const header = buildFrame(CID_FILE_NOTIFY, 0, new Uint8Array(0));
    new DataView(header.buffer, header.byteOffset).setUint32(0, length);
    bad.link.sendBytes(header);
    await bad.link.ended();
  }
  await witness.expectNothing();
  const largest = buildFrame(CID_BUDDY_LIST_SIGN_INFO_CHANGED_NOTIFY, 0, new Uint8Array(1024 - 16));
  witness.link.sendBytes(largest);
  await witness.link.expectBytes(largest);
});

Deno.test("route_server, drops PDUs it cannot read or does not know, and keeps the link", async () => {
  await using server = await startRouteServer(ROUTE_CONFIG, tcpDeps());
  await using one = await connectPeer(server.addresses.msgServer);
  await using other = await connectPeer(server.addresses.msgServer);
  other.list([[2, CLIENT_TYPE_MAC]]);
  await other.expectNothing();
  for (const [commandId, body] of badBodies()) one.link.send(commandId, body);
  await one.expectNothing();
  await other.expectNothing();
  assert.deepEqual(await one.onlineOf([1, 2]), [2]);
});

function badBodies(): [commandId: number, body: Uint8Array][] {
  const list = IMOnlineUserInfo.encode({
    user_stat_list: [
      { user_id: 1, status: USER_STATUS_ONLINE, client_type: CLIENT_TYPE_WINDOWS },
    ],
  });
  const update = IMUserStatusUpdate.encode({
    user_status: 1,
    user_id: 1,
    client_type: CLIENT_TYPE_WINDOWS,
  });
  const message = IMMsgData.encode({
    from_user_id: 1,
    to_session_id: 2,
    msg_id: 3,
    create_time: 1_800_000_000,
    msg_type: MSG_TYPE_SINGLE_TEXT,
    msg_data: new Uint8Array(20),
  });
  const unknownType = update.slice();
  unknownType[unknownType.length - 1] = 0x7f;
  return [
    [CID_OTHER_ONLINE_USER_INFO, list.subarray(0, list.length - 1)],
    [CID_OTHER_USER_STATUS_UPDATE, update.subarray(0, update.length - 2)],
    [CID_OTHER_USER_STATUS_UPDATE, new Uint8Array(0)],
    [CID_OTHER_USER_STATUS_UPDATE, unknownType],
    [CID_OTHER_ROLE_SET, new Uint8Array([8])],
    [CID_BUDDY_LIST_USERS_STATUS_REQUEST, new Uint8Array([0x10, 1])],
    [CID_MSG_DATA, message.subarray(0, message.length - 1)],
    [CID_MSG_DATA, new Uint8Array([0xff, 0xff])],
    [0x0fff, new Uint8Array(5)],
    [0xffff, new Uint8Array(0)],
  ];
}

Deno.test("route_server, refuses further links, at MaxConnCnt", async () => {
  await using server = await startRouteServer({ ...ROUTE_CONFIG, MaxConnCnt: 1 }, tcpDeps());
  await using first = await connectPeer(server.addresses.msgServer);
  await using second = await connectPeer(server.addresses.msgServer);
  await second.link.ended();
  await first.expectNothing();
});

Deno.test("route_server, leaves nothing open, when one of its addresses is in use", async () => {
  await using server = await startRouteServer(ROUTE_CONFIG, tcpDeps());
  const taken = {
    ...ROUTE_CONFIG,
    ListenIP: ["127.0.0.2", "127.0.0.1"],
    ListenMsgPort: server.addresses.msgServer.port,
  };
  await assert.rejects(startRouteServer(taken, tcpDeps()), ListenError);
});

Deno.test("route_server, frees its port and ends its links, when it stops", async () => {
  const server = await startRouteServer(ROUTE_CONFIG, tcpDeps());
  const { msgServer } = server.addresses;
  await using peer = await connectPeer(msgServer);
  await peer.expectNothing();
  await server.stop();
  await peer.link.ended();
  await assert.rejects(ScriptedLink.connect(msgServer), /the connection was refused/);
});
