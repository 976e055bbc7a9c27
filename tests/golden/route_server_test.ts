/**
 * The recorded frames to route_server, sent by one of two scripted msg_servers to ours: relays have
 * to reach the other one, notices both and answers the sender, byte for byte as recorded.
 */
import {
  CID_BUDDY_LIST_SIGN_INFO_CHANGED_NOTIFY,
  CID_BUDDY_LIST_STATUS_NOTIFY,
  CID_BUDDY_LIST_USERS_STATUS_REQUEST,
  CID_BUDDY_LIST_USERS_STATUS_RESPONSE,
  CID_OTHER_LOGIN_STATUS_NOTIFY,
  CID_OTHER_ROLE_SET,
  CID_OTHER_USER_STATUS_UPDATE,
  IMRoleSet,
  IMUsersStatReq,
  IMUsersStatRsp,
  IMUserStatusUpdate,
  USER_STATUS_ONLINE,
} from "../../proto/mod.ts";
import { buildFrame, commandIdOf } from "../../shared/pdu/mod.ts";
import { startCluster } from "../support/cluster.ts";
import { ScriptedLink } from "../support/scripted_link.ts";
import { onlineBefore } from "./support/conversations.ts";
import {
  assertSameFrame,
  readRecording,
  recordingNames,
  withoutRepeats,
} from "./support/recording.ts";
import { terminalOf } from "./support/terminals.ts";

/** Sent to every msg_server, so they were recorded twice. */
const NOTICES: readonly number[] = [
  CID_BUDDY_LIST_SIGN_INFO_CHANGED_NOTIFY,
  CID_BUDDY_LIST_STATUS_NOTIFY,
  CID_OTHER_LOGIN_STATUS_NOTIFY,
];

for (const name of recordingNames("internal/").filter(concernsRoute)) {
  Deno.test(`route_server, golden internal ${name}: relays, notices and answers`, async () => {
    await using cluster = await startCluster({ msgServers: 0 });
    await using sender = asMaster(await ScriptedLink.connect(cluster.routeServer));
    await using other = asMaster(await ScriptedLink.connect(cluster.routeServer));
    for (const who of onlineBefore(name)) setOnline(sender, who);
    for (const link of [sender, other]) await skipAll(link);
    await replay(name, { sender, other });
    for (const link of [sender, other]) await expectNothingMore(link);
  });
}

function concernsRoute(name: string): boolean {
  return readRecording(`internal/${name}`).some(({ direction }) => direction === "->route");
}

/** A msg_server for which this is the route_server that it uses. */
function asMaster(link: ScriptedLink): ScriptedLink {
  link.send(CID_OTHER_ROLE_SET, IMRoleSet.encode({ master: 1 }));
  return link;
}

function setOnline(link: ScriptedLink, who: string): void {
  const { userId, clientType } = terminalOf(who);
  const update = { user_status: USER_STATUS_ONLINE, user_id: userId, client_type: clientType };
  link.send(CID_OTHER_USER_STATUS_UPDATE, IMUserStatusUpdate.encode(update));
}

interface MsgServers {
  readonly sender: ScriptedLink;
  readonly other: ScriptedLink;
}

async function replay(name: string, { sender, other }: MsgServers): Promise<void> {
  for (const { direction, bytes } of withoutRepeats(readRecording(`internal/${name}`))) {
    if (direction === "->route") sender.sendBytes(bytes);
    if (direction !== "<-route") continue;
    const command = commandIdOf(bytes);
    const receivers = command === CID_BUDDY_LIST_USERS_STATUS_RESPONSE
      ? [sender]
      : NOTICES.includes(command)
      ? [sender, other]
      : [other];
    for (const link of receivers) assertSameFrame(await link.next(), bytes, "from route_server");
  }
}

const FENCE_SEQ = 0xffff;
const fence = buildFrame(
  CID_BUDDY_LIST_USERS_STATUS_RESPONSE,
  FENCE_SEQ,
  IMUsersStatRsp.encode({ user_id: 0, attach_data: new Uint8Array(0) }),
);

function sendFence(link: ScriptedLink): void {
  const query = IMUsersStatReq.encode({ user_id: 0 });
  link.send(CID_BUDDY_LIST_USERS_STATUS_REQUEST, query, { seqNum: FENCE_SEQ });
}

async function skipAll(link: ScriptedLink): Promise<void> {
  sendFence(link);
  while ((await link.next()).toHex() !== fence.toHex()) { /* from before */ }
}

function expectNothingMore(link: ScriptedLink): Promise<void> {
  return link.assertNothingBefore(fence, () => sendFence(link));
}
