/** What the handlers of msg_server work with: its state and its ways to other servers. */
import type { Clock } from "../../shared/clock.ts";
import type { Call, Caller } from "../../shared/dispatch/mod.ts";
import type { Logger } from "../../shared/log/mod.ts";
import type { Peer } from "../../shared/netlib/mod.ts";
import type { MsgConfig } from "./config.ts";
import type { DbLinks } from "./links/db_links.ts";
import type { FileLinks } from "./links/file_links.ts";
import type { LoginLinks } from "./links/login_links.ts";
import type { PushLinks } from "./links/push_links.ts";
import type { RouteLinks } from "./links/route_links.ts";
import type { PushLookup } from "./push/push_lookup.ts";
import type { PushPipeline } from "./push/push_pipeline.ts";
import type { ClientConn } from "./state/client_conn.ts";
import type { FilePlaces } from "./state/file_places.ts";
import type { GroupFanOut } from "./state/group_fan_out.ts";
import type { TrafficCounters } from "./state/traffic_counters.ts";
import type { UnansweredMessages } from "./state/unanswered_messages.ts";
import type { UserTable } from "./state/user_table.ts";

export interface MsgServices {
  readonly config: MsgConfig;
  readonly clock: Clock;
  readonly log: Logger;
  /** Every client connection by number, logged in or not. */
  readonly conns: Map<number, ClientConn>;
  readonly users: UserTable;
  readonly db: DbLinks;
  readonly routes: RouteLinks;
  readonly logins: LoginLinks;
  readonly files: FileLinks;
  readonly filePlaces: FilePlaces;
  readonly groupFanOut: GroupFanOut;
  readonly unanswered: UnansweredMessages;
  readonly counters: TrafficCounters;
  readonly startedAtMs: number;
  /** Where clients reach this server, for people; known once it listens. */
  readonly publicName: () => string;
  readonly pushLinks: PushLinks;
  readonly pushLookup: PushLookup;
  readonly pushes: PushPipeline;
}

export type ClientCall = Call<ClientConn>;

/** A server on the other end of a link that we opened. */
export class PeerCaller implements Caller {
  readonly auth = "peer";
  readonly peer: Peer;
  readonly services: MsgServices;

  constructor(peer: Peer, services: MsgServices) {
    this.peer = peer;
    this.services = services;
  }

  reply(frame: Uint8Array): void {
    this.peer.send(frame);
  }
}

export type PeerCall = Call<PeerCaller>;
