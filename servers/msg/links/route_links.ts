/**
 * Links to route_servers (docs/spec/roles.md 4.4 and 5.3). Presence goes to all of them, relays and
 * queries to the master: the open link that has been open for longest.
 */
import {
  CID_OTHER_ONLINE_USER_INFO,
  CID_OTHER_ROLE_SET,
  CID_OTHER_USER_STATUS_UPDATE,
  IMOnlineUserInfo,
  IMRoleSet,
  IMUserStatusUpdate,
  USER_STATUS_OFFLINE,
  USER_STATUS_ONLINE,
} from "../../../proto/mod.ts";
import type { Logger } from "../../../shared/log/mod.ts";
import {
  type Address,
  Peer,
  type PeerDeps,
  SHORT_RECONNECT_WAITS_SEC,
} from "../../../shared/netlib/mod.ts";
import { buildFrame } from "../../../shared/pdu/mod.ts";
import type { ClientConn } from "../state/client_conn.ts";
import type { UserTable } from "../state/user_table.ts";

export interface RouteLinksOptions {
  readonly addresses: readonly Address[];
  readonly peerDeps: PeerDeps;
  readonly log: Logger;
  readonly users: UserTable;
  readonly onFrame: (peer: Peer, frame: Uint8Array) => void;
  readonly onOpened: () => void;
}

const ROLE_SLAVE = 0;
const ROLE_MASTER = 1;

export class RouteLinks {
  readonly #options: RouteLinksOptions;
  readonly #peers: readonly Peer[];
  #master: Peer | null = null;

  constructor(options: RouteLinksOptions) {
    this.#options = options;
    this.#peers = options.addresses.map((address) => this.#peer(address));
  }

  get hasOpenLink(): boolean {
    return this.#master !== null;
  }

  /** Sends a relay or a query to the master. `false` when no route_server is connected. */
  send(frame: Uint8Array): boolean {
    return this.#master?.send(frame) ?? false;
  }

  /** Tells every route_server that a connection came or went. */
  announce(conn: ClientConn, change: "online" | "offline"): void {
    const frame = buildFrame(
      CID_OTHER_USER_STATUS_UPDATE,
      0,
      IMUserStatusUpdate.encode({
        user_status: change === "online" ? USER_STATUS_ONLINE : USER_STATUS_OFFLINE,
        user_id: conn.userId,
        client_type: conn.clientType,
      }),
    );
    for (const peer of this.#peers) peer.send(frame);
  }

  async stop(): Promise<void> {
    await Promise.all(this.#peers.map((peer) => peer.stop()));
  }

  #peer(address: Address): Peer {
    const { log, peerDeps, onFrame } = this.#options;
    return new Peer(
      address,
      {
        opened: (peer) => this.#opened(peer),
        frame: onFrame,
        closed: (peer, reason, wasOpen) => {
          if (wasOpen && !peer.isStopped) {
            log.warn("route_server link lost", { peer: peer.name, reason });
          }
          if (this.#master === peer) this.#chooseMaster();
        },
      },
      peerDeps,
      SHORT_RECONNECT_WAITS_SEC,
    );
  }

  #opened(peer: Peer): void {
    this.#options.log.info("route_server link opened", { peer: peer.name });
    if (this.#master === null) this.#chooseMaster();
    // A route_server counts a link without a role as one that may broadcast, as the original does.
    else peer.send(roleFrame(ROLE_SLAVE));
    peer.send(this.#presenceFrame());
    this.#options.onOpened();
  }

  /** The open link that connected first. */
  #chooseMaster(): void {
    this.#master = this.#peers.filter((peer) => peer.isOpen).reduce<Peer | null>(
      (oldest, peer) => oldest === null || peer.openedAtMs < oldest.openedAtMs ? peer : oldest,
      null,
    );
    this.#master?.send(roleFrame(ROLE_MASTER));
  }

  /** Everybody who is logged in here, always as online (docs/spec/pitfalls.md P-RT5). */
  #presenceFrame(): Uint8Array {
    const list = Array.from(this.#options.users.allConns(), (conn) => ({
      user_id: conn.userId,
      status: USER_STATUS_ONLINE,
      client_type: conn.clientType,
    } as const));
    return buildFrame(
      CID_OTHER_ONLINE_USER_INFO,
      0,
      IMOnlineUserInfo.encode({ user_stat_list: list }),
    );
  }
}

function roleFrame(master: number): Uint8Array {
  return buildFrame(CID_OTHER_ROLE_SET, 0, IMRoleSet.encode({ master }));
}
