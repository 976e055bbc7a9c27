/** What the handlers of this role work with, and who calls them. */
import type { Clock } from "../../shared/clock.ts";
import type { Caller } from "../../shared/dispatch/mod.ts";
import type { Logger } from "../../shared/log/mod.ts";
import type { Link } from "../../shared/netlib/mod.ts";
import type { LossWatch } from "./loss_watch.ts";
import type { PresenceNews } from "./presence_news.ts";
import type { RouteLinks } from "./route_links.ts";
import type { PresenceTable } from "./state/presence_table.ts";

export interface RouteContext {
  readonly links: RouteLinks;
  readonly presence: PresenceTable<RouteCaller>;
  readonly news: PresenceNews;
  readonly losses: LossWatch;
  readonly clock: Clock;
  readonly log: Logger;
}

/** A link of a msg_server or http_msg_server. */
export class RouteCaller implements Caller {
  readonly auth = "peer";
  readonly link: Link;
  readonly context: RouteContext;
  /**
   * Whether the msg_server uses another route_server: that one then tells clients about its users
   * (docs/spec/roles.md 5.3). One that never said so does not, like every old msg_server.
   */
  isSlave = false;
  /** Whether it has sent its presence list. Until then anybody may be logged in there. */
  isKnown = false;
  /** Whether it is an http_msg_server: relays and presence are not for it (docs/internal.md 1). */
  isObserver = false;
  /** Whose login it has told of with a kick, and not yet as online; 0: nobody's. */
  loggingInId = 0;
  /** Where clients reach the msg_server; `null` until it has said so. */
  name: string | null = null;
  /** What the msg_server said that it speaks. */
  features: ReadonlySet<string> = new Set();

  constructor(link: Link, context: RouteContext) {
    this.link = link;
    this.context = context;
  }

  reply(frame: Uint8Array): void {
    this.link.send(frame);
  }
}
