/** Links to login_servers: who we are, and how many connections we have (docs/spec/roles.md 4.4). */
import {
  CID_OTHER_MSG_SERV_INFO,
  CID_OTHER_USER_CNT_UPDATE,
  IMMsgServInfo,
  IMUserCntUpdate,
} from "../../../proto/mod.ts";
import type { Logger } from "../../../shared/log/mod.ts";
import {
  type Address,
  Peer,
  type PeerDeps,
  SHORT_RECONNECT_WAITS_SEC,
} from "../../../shared/netlib/mod.ts";
import { buildFrame } from "../../../shared/pdu/mod.ts";

/** What login_servers tell clients about this server. */
export interface PublicAddress {
  readonly ip1: string;
  readonly ip2: string;
  readonly port: number;
  /** For clients that speak TLS; `null`: there is none. */
  readonly tlsPort: number | null;
  readonly maxConnCnt: number;
  readonly hostName: string;
}

export interface LoginLinksOptions {
  readonly addresses: readonly Address[];
  readonly peerDeps: PeerDeps;
  readonly log: Logger;
  readonly publicAddress: () => PublicAddress;
  /** Logged-in connections now. */
  readonly connCount: () => number;
  readonly onOpened: () => void;
}

/** `user_action` of IMUserCntUpdate: 1 counts up, anything else down. */
const ACTION_UP = 1;
const ACTION_DOWN = 2;

export class LoginLinks {
  readonly #options: LoginLinksOptions;
  #peers: readonly Peer[] = [];

  constructor(options: LoginLinksOptions) {
    this.#options = options;
  }

  /** Opens the links. Called once this server listens: the first PDU says where. */
  connect(): void {
    this.#peers = this.#options.addresses.map((address) => this.#peer(address));
  }

  get hasOpenLink(): boolean {
    return this.#peers.some((peer) => peer.isOpen);
  }

  /** Tells every login_server that a connection logged in or went. */
  count(userId: number, change: "up" | "down"): void {
    const frame = buildFrame(
      CID_OTHER_USER_CNT_UPDATE,
      0,
      IMUserCntUpdate.encode({
        user_action: change === "up" ? ACTION_UP : ACTION_DOWN,
        user_id: userId,
      }),
    );
    for (const peer of this.#peers) peer.send(frame);
  }

  async stop(): Promise<void> {
    await Promise.all(this.#peers.map((peer) => peer.stop()));
  }

  #peer(address: Address): Peer {
    const { log, peerDeps } = this.#options;
    return new Peer(
      address,
      {
        opened: (peer) => {
          log.info("login_server link opened", { peer: peer.name });
          peer.send(this.#registration());
          this.#options.onOpened();
        },
        frame: () => {/* login_server sends heartbeats only */},
        closed: (peer, reason, wasOpen) => {
          if (wasOpen && !peer.isStopped) {
            log.warn("login_server link lost", { peer: peer.name, reason });
          }
        },
      },
      peerDeps,
      SHORT_RECONNECT_WAITS_SEC,
    );
  }

  #registration(): Uint8Array {
    const { ip1, ip2, port, tlsPort, maxConnCnt, hostName } = this.#options.publicAddress();
    return buildFrame(
      CID_OTHER_MSG_SERV_INFO,
      0,
      IMMsgServInfo.encode({
        ip1,
        ip2,
        port,
        max_conn_cnt: maxConnCnt,
        cur_conn_cnt: this.#options.connCount(),
        host_name: hostName,
        ...(tlsPort === null ? {} : { tls_port: tlsPort }),
      }),
    );
  }
}
