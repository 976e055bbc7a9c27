/** `routeserver.conf` (docs/spec/roles.md 5.1). */
import { type ConfigOf, defineConfig, integer, ipList, port } from "../../shared/config/mod.ts";
import { linkSecurity } from "../../shared/links/mod.ts";
import { SERVER_LINK_LIMITS } from "../../shared/netlib/mod.ts";

export const routeSchema = defineConfig("routeserver.conf", {
  ListenIP: ipList({ default: ["127.0.0.1"] }),
  /** For msg_servers and http_msg_servers. */
  ListenMsgPort: port({ allowZero: true }),

  /** Links from these. */
  Links: linkSecurity("listens"),

  // Keys of ours. What happens at each limit: a further link is refused, a larger PDU closes its
  // link.
  MaxConnCnt: integer({ min: 1, max: 100_000, default: 1000 }),
  MaxPduBytes: integer({
    min: 16,
    max: SERVER_LINK_LIMITS.maxFrameBytes,
    default: SERVER_LINK_LIMITS.maxFrameBytes,
  }),
});

export type RouteConfig = ConfigOf<typeof routeSchema>;
