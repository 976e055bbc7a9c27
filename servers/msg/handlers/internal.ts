/** What route_server asks for the management API (docs/internal.md). */
import type {
  IMFiguresReq,
  IMFiguresRspInit,
  IMInternalHello,
  IMInternalHelloRspInit,
} from "../../../proto/mod.ts";
import { FEATURE_FIGURES, ROLE_MSG_SERVER } from "../../../shared/management/features.ts";
import type { MsgServerFigures } from "../../../shared/management/figures.ts";
import { checkHello } from "../../../shared/management/hello.ts";
import type { MsgServices, PeerCall } from "../services.ts";

type LinkFigures = MsgServerFigures["links"];

const NO_ATTACH_DATA = new Uint8Array(0);

/** CID_INTERNAL_HELLO, answered by CID_INTERNAL_HELLO_RSP: where clients reach this server. */
export function hello(call: PeerCall, request: IMInternalHello): IMInternalHelloRspInit {
  checkHello(request);
  return {
    role: ROLE_MSG_SERVER,
    server_name: call.from.services.publicName(),
    feature_list: [FEATURE_FIGURES],
  };
}

/** CID_INTERNAL_FIGURES_REQ, answered by CID_INTERNAL_FIGURES_RSP. */
export function figures(call: PeerCall, request: IMFiguresReq): IMFiguresRspInit {
  return {
    figures: JSON.stringify(figuresOf(call.from.services)),
    attach_data: request.attach_data ?? NO_ATTACH_DATA,
  };
}

function figuresOf(services: MsgServices): MsgServerFigures {
  const { clock, config, conns, counters, db, startedAtMs, users } = services;
  const terminals: Record<string, number> = {};
  for (const { clientType } of users.allConns()) {
    terminals[clientType] = (terminals[clientType] ?? 0) + 1;
  }
  return {
    uptimeSec: Math.floor((clock.nowMs() - startedAtMs) / 1000),
    connections: conns.size,
    terminals,
    maxLogins: config.maxConnCnt,
    messages: counters.messages,
    deliveries: counters.deliveries,
    dbBacklogBytes: db.backlogBytes,
    links: linksOf(services),
  };
}

/** Kinds of servers that are configured. */
function linksOf({ config, db, files, logins, pushLinks, routes }: MsgServices): LinkFigures {
  return {
    db_proxy_server: db.hasOpenLink,
    login_server: logins.hasOpenLink,
    route_server: routes.hasOpenLink,
    ...(config.fileServers.length > 0 && { file_server: files.hasOpenLink }),
    ...(config.pushServers.length > 0 && { push_server: pushLinks.hasOpenLink }),
  };
}
