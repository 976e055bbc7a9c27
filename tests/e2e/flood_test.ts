/**
 * A client that sends as much as the servers take, of everything, while others chat: what waits stays
 * within the limits of docs/operating.md, nobody's message is lost, and memory is flat. The rates of
 * `MaxMsgPerSecond` and `MaxRequestsPerSecond` are off, so that the bounds behind them are reached.
 */
import assert from "node:assert/strict";
import * as proto from "../../proto/mod.ts";
import { systemClock } from "../../shared/clock.ts";
import { MAX_TEXT_BYTES } from "../../shared/message_limits.ts";
import { MemoryNetwork, type Network, TcpNetwork } from "../../shared/netlib/mod.ts";
import { bodyOf, buildFrame, commandIdOf, seqNumOf } from "../../shared/pdu/mod.ts";
import { hears, single, textsOf } from "../support/chat.ts";
import { type Cluster, startCluster } from "../support/cluster.ts";
import { demoData } from "../support/demo_data.ts";
import { usedBytes } from "../support/heap.ts";
import { MeteredNetwork } from "../support/metered_network.ts";
import { rawLogin } from "../support/raw_login.ts";
import { ScriptedLink } from "../support/scripted_link.ts";

const MIB = 1024 * 1024;
const FLOODER = { id: 3, name: "user3" };
/** Who gets the flood; he is not there. */
const VICTIM_ID = 4;
/** What msg_server lets wait for db_proxy, and one frame of a client, which has 1 MiB at most. */
const MAX_UNSENT_BYTES = 17 * MIB;

/** One flood. Its large requests are 40 MiB, more than is let wait. */
const MESSAGES = 2000;
const LISTS = 50;
const BIG_REQUESTS = 40;
const CHATS = 50;

const SESSION = {
  user_id: FLOODER.id,
  session_type: proto.SESSION_TYPE_SINGLE,
  session_id: VICTIM_ID,
} as const;
const USER = { user_id: FLOODER.id, latest_update_time: 0 } as const;

/** Requests with one answer each. */
const LIST_REQUESTS: readonly Uint8Array[] = [
  buildFrame(proto.CID_BUDDY_LIST_ALL_USER_REQUEST, 1, proto.IMAllUserReq.encode(USER)),
  buildFrame(proto.CID_BUDDY_LIST_DEPARTMENT_REQUEST, 1, proto.IMDepartmentReq.encode(USER)),
  buildFrame(
    proto.CID_BUDDY_LIST_RECENT_CONTACT_SESSION_REQUEST,
    1,
    proto.IMRecentContactSessionReq.encode(USER),
  ),
  buildFrame(proto.CID_MSG_UNREAD_CNT_REQUEST, 1, proto.IMUnreadMsgCntReq.encode(USER)),
  buildFrame(proto.CID_MSG_GET_LATEST_MSG_ID_REQ, 1, proto.IMGetLatestMsgIdReq.encode(SESSION)),
  buildFrame(proto.CID_GROUP_NORMAL_LIST_REQUEST, 1, proto.IMNormalGroupListReq.encode(USER)),
  historyRequest(1),
];

/** Nearly as large as a frame of a client may be; only some of the ids are looked at. */
const BIG_REQUEST = buildFrame(
  proto.CID_BUDDY_LIST_USER_INFO_REQUEST,
  1,
  proto.IMUsersInfoReq.encode({ user_id: FLOODER.id, user_id_list: Array(MIB / 2 - 50).fill(1) }),
);

function historyRequest(msg_cnt: number): Uint8Array {
  const body = proto.IMGetMsgListReq.encode({ ...SESSION, msg_id_begin: 0, msg_cnt });
  return buildFrame(proto.CID_MSG_LIST_REQUEST, 1, body);
}

function message(seqNum: number, msg_data: Uint8Array): Uint8Array {
  const body = proto.IMMsgData.encode({
    from_user_id: FLOODER.id,
    to_session_id: VICTIM_ID,
    msg_id: 0,
    create_time: 0,
    msg_type: proto.MSG_TYPE_SINGLE_TEXT,
    msg_data,
  });
  return buildFrame(proto.CID_MSG_DATA, seqNum, body);
}

interface Flooded {
  readonly cluster: Cluster;
  /** Of everybody but who floods. */
  readonly meter: MeteredNetwork;
  readonly connect: () => Promise<ScriptedLink>;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
}

async function startFlooded(links: "memory" | "tcp"): Promise<Flooded> {
  const network: Network = links === "memory"
    ? new MemoryNetwork(systemClock)
    : new TcpNetwork(systemClock);
  const meter = new MeteredNetwork(network);
  const cluster = await startCluster({ links, network: meter, seed: demoData(4) });
  const connect = async () => {
    const link = await ScriptedLink.connect(cluster.msgServers[0]!, network);
    assert.equal((await rawLogin(link, { user_name: FLOODER.name })).result_code, 0);
    return link;
  };
  return { cluster, meter, connect, [Symbol.asyncDispose]: () => cluster.stop() };
}

/** Everything at once, without waiting for anything. */
function flood(link: ScriptedLink): void {
  for (let each = 0; each < BIG_REQUESTS; each++) link.sendBytes(BIG_REQUEST);
  for (let each = 0; each < LISTS; each++) LIST_REQUESTS.forEach((one) => link.sendBytes(one));
  for (let seqNum = 1; seqNum <= MESSAGES; seqNum++) {
    link.sendBytes(message(seqNum, Uint8Array.of(65)));
  }
}

/** Every request has its answer, and every message its ack, in order. */
async function assertAllAnswered(link: ScriptedLink): Promise<void> {
  const acks: number[] = [];
  let answers = 0;
  while (acks.length + answers < BIG_REQUESTS + LISTS * LIST_REQUESTS.length + MESSAGES) {
    const frame = await link.next();
    if (commandIdOf(frame) === proto.CID_MSG_DATA_ACK) acks.push(seqNumOf(frame));
    else answers++;
  }
  assert.deepEqual(acks, Array.from({ length: MESSAGES }, (_, index) => index + 1));
}

for (const links of ["memory", "tcp"] as const) {
  Deno.test(`a flood of everything: what waits is bounded, all are served (${links})`, async () => {
    await using flooded = await startFlooded(links);
    const { cluster, meter } = flooded;
    await using ann = await cluster.login("user1");
    await using bob = await cluster.login("user2");
    await using flooder = await flooded.connect();
    flood(flooder);
    const texts = Array.from({ length: CHATS }, (_, index) => `text ${index}`);
    const acks = await Promise.all(texts.map((text) => ann.sendText(2, text)));
    assert.deepEqual(acks.map(({ msg_id }) => msg_id), texts.map((_, index) => index + 1));
    for (const text of texts) await hears(bob, text);
    await assertAllAnswered(flooder);
    assert.deepEqual(await textsOf(bob, single(1)), texts);
    assert.ok(meter.mostBacklogBytes <= MAX_UNSENT_BYTES, String(meter.mostBacklogBytes));
  });
}

Deno.test("a flood again and again leaves nothing in memory", async () => {
  await using flooded = await startFlooded("memory");
  await using ann = await flooded.cluster.login("user1");
  await using bob = await flooded.cluster.login("user2");
  await using flooder = await flooded.connect();
  const used: number[] = [];
  for (let round = 0; round < 5; round++) {
    flood(flooder);
    await ann.sendText(2, `round ${round}`);
    await hears(bob, `round ${round}`);
    await assertAllAnswered(flooder);
    used.push(usedBytes());
  }
  // The first rounds compile code and fill the caches of the database.
  assert.ok(used.at(-1)! - used[1]! < MIB, used.join(", "));
});

Deno.test("a flooder who does not read his answers is cut off, the others do not notice", async () => {
  await using flooded = await startFlooded("memory");
  const { cluster } = flooded;
  await using ann = await cluster.login("user1");
  await using bob = await cluster.login("user2");
  await using flooder = await flooded.connect();
  const page = 100;
  const text = new Uint8Array(MAX_TEXT_BYTES).fill(65);
  for (let seqNum = 1; seqNum <= page; seqNum++) flooder.sendBytes(message(seqNum, text));
  for (let seqNum = 1; seqNum <= page; seqNum++) {
    await flooder.expect(proto.CID_MSG_DATA_ACK, proto.IMMsgDataAck);
  }
  flooder.pause();
  for (let each = 0; each < LISTS; each++) flooder.sendBytes(historyRequest(page));
  await flooder.ended();
  await ann.sendText(2, "still here");
  await hears(bob, "still here");
  // He may come back, and what he wrote is there.
  await using back = await flooded.connect();
  back.sendBytes(historyRequest(page));
  const { msg_list } = proto.IMGetMsgListRsp.decode(bodyOf(await back.next()));
  assert.equal(msg_list[0]?.msg_id, page);
});

Deno.test("a frame above 1 MiB ends the connection of its sender and of nobody else", async () => {
  await using flooded = await startFlooded("memory");
  await using ann = await flooded.cluster.login("user1");
  await using bob = await flooded.cluster.login("user2");
  await using flooder = await flooded.connect();
  flooder.sendBytes(message(1, new Uint8Array(MIB)));
  await flooder.ended();
  await ann.sendText(2, "still here");
  await hears(bob, "still here");
});
