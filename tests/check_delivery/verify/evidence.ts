/** What the servers say in the end, asked by each user as a client does. */
import { CLIENT_TYPE_MAC } from "../../../proto/mod.ts";
import { type Client, connectClient, textOf } from "../../../shared/client/mod.ts";
import { systemClock } from "../../../shared/clock.ts";
import { TcpNetwork } from "../../../shared/netlib/mod.ts";
import { wholeHistory } from "../../support/chat.ts";
import { PASSWORD } from "../../support/demo_data.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { conversations, membersOf, USER_COUNT } from "../crowd/cast.ts";
import { nameOfSession, sessionOf } from "../crowd/conversations.ts";
import { findMsgServer } from "../crowd/lookup.ts";

export interface Stored {
  readonly msgId: number;
  readonly authorId: number;
  readonly text: string;
}

/** What one user is told about one conversation. */
export interface View {
  readonly conversation: string;
  readonly viewerId: number;
  /** Oldest first. */
  readonly history: readonly Stored[];
  readonly unread: number;
  /** Latest id by the list of unread counters and by the list of sessions; `null`: not listed. */
  readonly latestId: number;
  readonly sessionLatestId: number | null;
}

export async function collectEvidence(cluster: Cluster): Promise<View[]> {
  const views: View[] = [];
  for (let userId = 1; userId <= USER_COUNT; userId++) {
    await using client = await login(cluster, userId);
    views.push(...await viewsOf(client));
  }
  return views;
}

/** With a kind of terminal that kicks the PC, as the run is over. */
function login(cluster: Cluster, userId: number): Promise<Client> {
  const network = new TcpNetwork(systemClock);
  return connectClient({
    network,
    clock: systemClock,
    server: async (signal) => (await findMsgServer(cluster, network, signal)).answer,
    userName: `user${userId}`,
    password: PASSWORD,
    clientType: CLIENT_TYPE_MAC,
    heartbeatMs: null,
  });
}

async function viewsOf(client: Client): Promise<View[]> {
  const { userId } = client;
  const { unreadinfo_list } = await client.unread();
  const { contact_session_list } = await client.recentSessions();
  const unread = new Map(
    unreadinfo_list.map((info) => [nameOfSession(info, userId), info.unread_cnt]),
  );
  const sessions = new Map(
    contact_session_list.map((info) => [nameOfSession(info, userId), info.latest_msg_id]),
  );
  const mine = conversations().filter((name) => membersOf(name).includes(userId));
  const views: View[] = [];
  for (const conversation of mine) {
    const session = sessionOf(conversation, userId);
    const history = await wholeHistory(client, session);
    views.push({
      conversation,
      viewerId: userId,
      history: history.map((info) => ({
        msgId: info.msg_id,
        authorId: info.from_session_id,
        text: textOf(info) ?? "",
      })),
      unread: unread.get(conversation) ?? 0,
      latestId: await client.latestMessageId(session),
      sessionLatestId: sessions.get(conversation) ?? null,
    });
  }
  return views;
}
