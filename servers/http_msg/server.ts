/**
 * http_msg_server: the HTTP side of the suite (docs/spec/roles.md 9). It answers the original's two
 * calls below `/query/` and the management API below `/api/`. All data is behind db_proxy, who is
 * online behind route_server; nothing is kept here but login failures and rate limits.
 */
import { Dispatcher } from "../../shared/dispatch/mod.ts";
import { linkNetwork } from "../../shared/links/mod.ts";
import { type Address, Liveness, type PeerDeps } from "../../shared/netlib/mod.ts";
import type { RoleDeps, RunningServer } from "../../shared/role.ts";
import { type Api, openApi } from "./api/api.ts";
import { dbCommands, loginCommands, routeCommands } from "./commands.ts";
import type { HttpMsgConfig } from "./config.ts";
import { type HttpMsgContext, PeerCaller } from "./context.ts";
import { errorResponse } from "./http/errors.ts";
import { type ServerKind, ServerLinks } from "./links/server_links.ts";
import { answerQuery } from "./query/query.ts";

/** Requests under way at a time; further ones are refused. */
export const MAX_REQUESTS = 1024;
/** Connections at a time on each address; a further one is closed at once. */
const MAX_CONNECTIONS = 4096;

/** @throws {ListenError} when an address cannot be bound; nothing is left open then */
export async function startHttpMsgServer(
  config: HttpMsgConfig,
  deps: RoleDeps,
): Promise<RunningServer<"http">> {
  const { network, clock, log } = deps;
  const liveness = new Liveness(clock);
  // What was opened last is closed first: listeners, then links, then timers.
  await using opened = new AsyncDisposableStack();
  opened.defer(() => liveness.stop());
  const peerDeps = {
    ...deps,
    network: linkNetwork({ ...deps, role: "H", security: config.linkSecurity }),
    liveness,
  };
  const context: HttpMsgContext = {
    ...deps,
    config,
    db: openLinks("db_proxy", config, peerDeps, log),
    routes: openLinks("route_server", config, peerDeps, log),
    loginServers: openLinks("login_server", config, peerDeps, log),
  };
  opened.defer(() => context.db.stop());
  opened.defer(() => context.routes.stop());
  opened.defer(() => context.loginServers.stop());
  const api = openApi(context);
  opened.defer(() => api.stop());

  const answer = requestGate(context, api);
  const bound: Address[] = [];
  for (const { tls, ...address } of config.listen) {
    const listener = await network.serveHttp(address, answer, { maxLinks: MAX_CONNECTIONS, tls });
    opened.defer(() => listener.stop());
    bound.push(listener.address);
  }
  const addresses = { http: bound[0]! };
  log.info("listening", addresses);
  const resources = opened.move();
  const stop = (): Promise<void> => resources.disposeAsync();
  return { addresses, stop, [Symbol.asyncDispose]: stop };
}

function openLinks(
  kind: ServerKind,
  config: HttpMsgConfig,
  peerDeps: PeerDeps,
  log: RoleDeps["log"],
): ServerLinks {
  const { commands, addresses, linksPerAddress } = {
    db_proxy: {
      commands: dbCommands,
      addresses: config.dbServers,
      linksPerAddress: config.linksPerDb,
    },
    route_server: {
      commands: routeCommands,
      addresses: config.routeServers,
      linksPerAddress: 1,
    },
    login_server: {
      commands: loginCommands,
      addresses: config.loginServers,
      linksPerAddress: 1,
    },
  }[kind];
  const dispatcher = new Dispatcher(commands, log);
  const links: ServerLinks = new ServerLinks({
    kind,
    addresses,
    linksPerAddress,
    peerDeps,
    log,
    onFrame: (peer, frame) => void dispatcher.dispatch(new PeerCaller(peer, links), frame),
  });
  return links;
}

/** Sends each request to its half of the role, and answers whatever became of it. */
function requestGate(
  context: HttpMsgContext,
  api: Api,
): (request: Request, remote: string) => Promise<Response> {
  let underWay = 0;
  return async (request, remote) => {
    if (underWay >= MAX_REQUESTS) return errorResponse("busy");
    underWay++;
    try {
      const path = new URL(request.url).pathname;
      if (path.startsWith("/query/")) return await answerQuery(request, path, context);
      return await api.answer(request, remote);
    } catch (error) {
      context.log.error("request failed", { method: request.method, error });
      return errorResponse("internal_error");
    } finally {
      underWay--;
    }
  };
}
