/** A whole cluster whose links are encrypted and proven, over real sockets (P-NET1). */
import assert from "node:assert/strict";
import { connect } from "node:net";
import * as proto from "../../proto/mod.ts";
import { startHttpMsgServer } from "../../servers/http_msg/server.ts";
import { ManualClock, systemClock } from "../../shared/clock.ts";
import { Secret } from "../../shared/config/mod.ts";
import { type LinkSecurity, OPEN_LINKS } from "../../shared/links/mod.ts";
import { CertificateFolder } from "../../shared/netlib/test_support/secured_network.ts";
import type { Address } from "../../shared/netlib/mod.ts";
import { buildFrame } from "../../shared/pdu/mod.ts";
import { systemRandom } from "../../shared/random.ts";
import { WatchedLog } from "../../shared/test_support/watched_log.ts";
import { encodeText } from "../../shared/text_cipher.ts";
import { hears, single, textsOf } from "../support/chat.ts";
import { type Cluster, startCluster } from "../support/cluster.ts";
import { demoData } from "../support/demo_data.ts";
import { httpConfig } from "../support/http_fixture.ts";
import { proveLink } from "../support/link_proof.ts";
import { ScriptedLink, withDeadline } from "../support/scripted_link.ts";

const secret = new Secret("the secret of this cluster");

/** Every server has the same certificate, which is good in both directions. */
function tlsOf(folder: CertificateFolder): NonNullable<LinkSecurity["tls"]> {
  const { caFile, certFile, keyFile } = folder;
  return { caFile, certFile, keyFile, serverName: null };
}

function start(linkSecurity: LinkSecurity): Promise<Cluster> {
  return startCluster({ msgServers: 2, seed: demoData(4), linkSecurity });
}

/** Messages, history and presence pass over every link. */
async function works(cluster: Cluster): Promise<void> {
  await using ann = await cluster.login("user1");
  await using bob = await cluster.login("user2", { msgServer: 1 });
  await ann.sendText(bob.userId, "hello");
  await hears(bob, "hello");
  assert.deepEqual(await textsOf(bob, single(ann.userId)), ["hello"]);
}

/** What a machine inside the network could do at the original's ports. */
async function forge(cluster: Cluster): Promise<void> {
  const message = proto.IMMsgData.encode({
    from_user_id: 1,
    to_session_id: 2,
    msg_id: 77,
    create_time: 1,
    msg_type: proto.MSG_TYPE_SINGLE_TEXT,
    msg_data: encodeText("forged", "12345678901234567890123456789012"),
  });
  const join = proto.IMGroupChangeMemberReq.encode({
    user_id: 0,
    change_type: proto.GROUP_MODIFY_TYPE_ADD,
    group_id: 1,
    member_id_list: [4],
  });
  await isRefused(cluster.routeServer, buildFrame(proto.CID_MSG_DATA, 0, message));
  await isRefused(cluster.dbProxy, buildFrame(proto.CID_GROUP_CHANGE_MEMBER_REQUEST, 0, join));
}

/** The connection on which the frame is sent is closed; what TLS says before is not looked at. */
function isRefused({ host, port }: Address, frame: Uint8Array): Promise<void> {
  return withDeadline("the end of a forged link", (resolve) => {
    const socket = connect({ host, port });
    socket.on("error", () => {/* a reset is one way to end; "close" follows */});
    socket.on("end", () => socket.destroy());
    socket.on("close", () => resolve());
    socket.resume();
    socket.write(frame);
  });
}

const kinds: readonly (readonly [string, (folder: CertificateFolder) => LinkSecurity])[] = [
  ["a secret", () => ({ ...OPEN_LINKS, secret })],
  ["TLS with certificates on both sides", (folder) => ({ ...OPEN_LINKS, tls: tlsOf(folder) })],
  ["TLS and a secret", (folder) => ({ ...OPEN_LINKS, secret, tls: tlsOf(folder) })],
];

for (const [kind, make] of kinds) {
  Deno.test(`a cluster with ${kind} on its links works, and takes nothing from strangers`, async () => {
    using folder = new CertificateFolder();
    await using cluster = await start(make(folder));
    await works(cluster);
    await forge(cluster);
    await using bob = await cluster.login("user2", { msgServer: 1 });
    await using ann = await cluster.login("user1");
    await ann.sendText(bob.userId, "genuine");
    await hears(bob, "genuine");
    const { group_info_list: [info] } = await ann.groupInfo([{ group_id: 1, version: 0 }]);
    assert.deepEqual(info!.group_member_list, [1, 2, 3]);
  });
}

Deno.test("a cluster whose peers are all in LinkPlainPeers works as without a secret", async () => {
  using folder = new CertificateFolder();
  await using cluster = await start({ secret, tls: tlsOf(folder), plainPeers: ["127.0.0.0/8"] });
  await works(cluster);
});

Deno.test("links that were lost are proven again when they come back", async () => {
  await using cluster = await startCluster({
    seed: demoData(4),
    linkSecurity: { ...OPEN_LINKS, secret },
    clock: new ManualClock(),
  });
  await cluster.stopServer("route_server");
  await cluster.startServer("route_server");
  await using ann = await cluster.login("user1");
  assert.equal(ann.isOnline, true);
});

Deno.test("db_proxy takes administration from who has proven to be http_msg_server only", async () => {
  await using cluster = await start({ ...OPEN_LINKS, secret });
  const request = proto.IMManageReq.encode({ operation: "none of this name", request: "{}" });
  const time = proto.IMUnreadMsgCntReq.encode({ user_id: 1 });
  await using msg = await ScriptedLink.connect(cluster.dbProxy);
  await proveLink(msg, secret.reveal(), "M");
  msg.send(proto.CID_INTERNAL_MANAGE_REQ, request);
  msg.send(proto.CID_MSG_UNREAD_CNT_REQUEST, time);
  await msg.expect(proto.CID_MSG_UNREAD_CNT_RESPONSE, proto.IMUnreadMsgCntRsp);
  await using http = await ScriptedLink.connect(cluster.dbProxy);
  await proveLink(http, secret.reveal(), "H");
  http.send(proto.CID_INTERNAL_MANAGE_REQ, request);
  const answer = await http.expect(proto.CID_INTERNAL_MANAGE_RSP, proto.IMManageRsp);
  assert.equal(answer.result_code, 2, "unknown operation");
});

Deno.test("http_msg_server proves itself to db_proxy, route_server and login_server", async () => {
  using folder = new CertificateFolder();
  const linkSecurity = { ...OPEN_LINKS, secret, tls: tlsOf(folder) };
  await using cluster = await start(linkSecurity);
  const log = new WatchedLog();
  const servers = {
    db: cluster.dbProxy,
    route: cluster.routeServer,
    logins: cluster.loginServers,
  };
  await using _server = await startHttpMsgServer({ ...httpConfig(servers), linkSecurity }, {
    network: cluster.network,
    clock: systemClock,
    random: systemRandom,
    log: log.logger,
  });
  await log.logged("db_proxy link opened", 2);
  await log.logged("route_server link opened", 1);
  await log.logged("login_server link opened", 1);
});
