/** What the handlers of this role work with. */
import type { Clock } from "../../shared/clock.ts";
import type { Caller } from "../../shared/dispatch/mod.ts";
import type { Logger } from "../../shared/log/mod.ts";
import type { Peer } from "../../shared/netlib/mod.ts";
import type { Random } from "../../shared/random.ts";
import type { HttpMsgConfig } from "./config.ts";
import type { ServerLinks } from "./links/server_links.ts";

export interface HttpMsgContext {
  readonly config: HttpMsgConfig;
  readonly db: ServerLinks;
  readonly routes: ServerLinks;
  readonly loginServers: ServerLinks;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

/** A server on the other end of a link that we opened. */
export class PeerCaller implements Caller {
  readonly auth = "peer";
  readonly peer: Peer;
  readonly links: ServerLinks;

  constructor(peer: Peer, links: ServerLinks) {
    this.peer = peer;
    this.links = links;
  }

  reply(frame: Uint8Array): void {
    this.peer.send(frame);
  }
}
