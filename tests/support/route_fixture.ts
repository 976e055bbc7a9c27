/** A route_server in memory and scripted msg_servers for it. */
import assert from "node:assert/strict";
import {
  CID_BUDDY_LIST_STATUS_NOTIFY,
  CID_BUDDY_LIST_USERS_STATUS_REQUEST,
  CID_BUDDY_LIST_USERS_STATUS_RESPONSE,
  CID_OTHER_LOGIN_STATUS_NOTIFY,
  CID_OTHER_ONLINE_USER_INFO,
  CID_OTHER_ROLE_SET,
  CID_OTHER_USER_STATUS_UPDATE,
  type ClientType,
  IMOnlineUserInfo,
  IMRoleSet,
  IMServerPCLoginStatusNotify,
  IMUsersStatReq,
  IMUsersStatRsp,
  IMUserStatNotify,
  IMUserStatusUpdate,
  USER_STATUS_OFFLINE,
  USER_STATUS_ONLINE,
  type UserStatType,
} from "../../proto/mod.ts";
import type { RouteConfig } from "../../servers/route/config.ts";
import { startRouteServer } from "../../servers/route/server.ts";
import { OPEN_LINKS } from "../../shared/links/mod.ts";
import { ManualClock } from "../../shared/clock.ts";
import { MemoryNetwork } from "../../shared/netlib/mod.ts";
import { bodyOf, buildFrame, commandIdOf, describeFrame } from "../../shared/pdu/mod.ts";
import { systemRandom } from "../../shared/random.ts";
import type { RunningServer } from "../../shared/role.ts";
import { ScriptedLink } from "./scripted_link.ts";
import { WatchedLog } from "./watched_log.ts";

export const ROUTE_CONFIG: RouteConfig = {
  ListenIP: ["127.0.0.1"],
  ListenMsgPort: 0,
  Links: OPEN_LINKS,
  MaxConnCnt: 100,
  MaxPduBytes: 64 * 1024 * 1024,
};

export interface MemoryRoute extends AsyncDisposable {
  readonly clock: ManualClock;
  readonly server: RunningServer<"msgServer">;
  /** A further msg_server; it has told nothing yet. */
  connect(): Promise<RoutePeer>;
  /** A further msg_server that has told who is logged in there. */
  connectWith(...terminals: readonly Terminal[]): Promise<RoutePeer>;
  /** Closes the peer's link and waits until the server has noticed. */
  lose(peer: RoutePeer): Promise<void>;
}

/** User id and client type. */
export type Terminal = readonly [userId: number, clientType: ClientType];

export async function startRouteInMemory(): Promise<MemoryRoute> {
  const clock = new ManualClock();
  const network = new MemoryNetwork(clock);
  const log = new WatchedLog();
  const deps = { network, clock, random: systemRandom, log: log.logger };
  const server = await startRouteServer(ROUTE_CONFIG, deps);
  const connect = async (): Promise<RoutePeer> =>
    new RoutePeer(await ScriptedLink.connect(server.addresses.msgServer, network));
  return {
    clock,
    server,
    connect,
    async connectWith(...terminals) {
      const peer = await connect();
      peer.list(terminals);
      return peer;
    },
    async lose(peer) {
      const lost = log.countOf("link lost");
      await peer.close();
      await log.logged("link lost", lost + 1);
    },
    [Symbol.asyncDispose]: () => server.stop(),
  };
}

/** A user id that no test logs in, for fences. */
const NOBODY = 0xffffffff;

/**
 * A scripted msg_server. In memory all links are handled in the order in which frames were sent, so
 * a query sent by anybody is a fence for everything that was sent before it.
 */
export class RoutePeer implements AsyncDisposable {
  readonly link: ScriptedLink;

  constructor(link: ScriptedLink) {
    this.link = link;
  }

  /** 0x0708, each entry as online unless a status is given. */
  list(terminals: readonly Terminal[], status: UserStatType = USER_STATUS_ONLINE): void {
    const entries = terminals.map(([user_id, client_type]) => ({ user_id, client_type, status }));
    const body = IMOnlineUserInfo.encode({ user_stat_list: entries });
    this.link.send(CID_OTHER_ONLINE_USER_INFO, body);
  }

  /** 0x070a for a login. */
  online(...[user_id, client_type]: Terminal): void {
    const body = IMUserStatusUpdate.encode({ user_status: 1, user_id, client_type });
    this.link.send(CID_OTHER_USER_STATUS_UPDATE, body);
  }

  /** 0x070a for a logout. */
  offline(...[user_id, client_type]: Terminal): void {
    const body = IMUserStatusUpdate.encode({ user_status: 2, user_id, client_type });
    this.link.send(CID_OTHER_USER_STATUS_UPDATE, body);
  }

  /** 0x0707: 1 master, 0 slave. */
  role(master: number): void {
    this.link.send(CID_OTHER_ROLE_SET, IMRoleSet.encode({ master }));
  }

  /** Asks with 0x020a who is online; the answer has to be the next frame. */
  async onlineOf(userIds: readonly number[]): Promise<number[]> {
    this.link.send(
      CID_BUDDY_LIST_USERS_STATUS_REQUEST,
      IMUsersStatReq.encode({ user_id: NOBODY, user_id_list: userIds }),
    );
    const answer = await this.link.expect(CID_BUDDY_LIST_USERS_STATUS_RESPONSE, IMUsersStatRsp);
    const online = answer.user_stat_list.filter(({ status }) => status === USER_STATUS_ONLINE);
    return online.map(({ user_id }) => user_id);
  }

  /** The next frames are these notifications, like `070e 1=1` or `0203 1=2`, and no more. */
  async expectNews(...news: readonly string[]): Promise<void> {
    for (const expected of news) assert.equal(describeNews(await this.link.next()), expected);
    await this.expectNothing();
  }

  /** Nothing is under way to this link. */
  async expectNothing(): Promise<void> {
    const request = IMUsersStatReq.encode({ user_id: NOBODY, user_id_list: [NOBODY] });
    const fence = IMUsersStatRsp.encode({
      user_id: NOBODY,
      user_stat_list: [{ user_id: NOBODY, status: USER_STATUS_OFFLINE }],
      attach_data: new Uint8Array(0),
    });
    await this.link.assertNothingBefore(
      buildFrame(CID_BUDDY_LIST_USERS_STATUS_RESPONSE, 0, fence),
      () => this.link.send(CID_BUDDY_LIST_USERS_STATUS_REQUEST, request),
    );
  }

  close(): Promise<void> {
    return this.link.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

function describeNews(frame: Uint8Array): string {
  if (commandIdOf(frame) === CID_OTHER_LOGIN_STATUS_NOTIFY) {
    const { user_id, login_status } = IMServerPCLoginStatusNotify.decode(bodyOf(frame));
    return `070e ${user_id}=${login_status}`;
  }
  if (commandIdOf(frame) === CID_BUDDY_LIST_STATUS_NOTIFY) {
    const { user_stat } = IMUserStatNotify.decode(bodyOf(frame));
    return `0203 ${user_stat.user_id}=${user_stat.status}`;
  }
  return describeFrame(frame);
}
