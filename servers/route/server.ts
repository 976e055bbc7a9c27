/**
 * route_server: knows which user is on which msg_server and passes PDUs between them
 * (docs/spec/roles.md 5).
 *
 * The data are the open links and one presence table that every link fills: a full list when it has
 * connected, then each login and logout. Relays go on as the bytes that came; nothing is stored, and
 * everything about a link goes with it.
 */
import { Dispatcher } from "../../shared/dispatch/mod.ts";
import { linkNetwork } from "../../shared/links/mod.ts";
import {
  type Address,
  type Link,
  type LinkHandler,
  Liveness,
  SERVER_LINK_LIMITS,
  SERVER_LINK_POLICY,
} from "../../shared/netlib/mod.ts";
import type { RoleDeps, RunningServer } from "../../shared/role.ts";
import { commands } from "./commands.ts";
import type { RouteConfig } from "./config.ts";
import { RouteCaller, type RouteContext } from "./context.ts";
import { LossWatch } from "./loss_watch.ts";
import { PresenceNews } from "./presence_news.ts";
import { RouteLinks } from "./route_links.ts";
import { PresenceTable } from "./state/presence_table.ts";

const SERVER_STOPS = "server stops";

/** @throws {ListenError} when an address cannot be bound; nothing is left open then */
export async function startRouteServer(
  config: RouteConfig,
  deps: RoleDeps,
): Promise<RunningServer<"msgServer">> {
  const { clock, log } = deps;
  const network = linkNetwork({ ...deps, role: "R", admits: ["M", "H"], security: config.Links });
  const context = createContext(deps);
  const liveness = new Liveness(clock);
  const dispatcher = new Dispatcher(commands, log);
  // What was opened last is closed first: listeners, then links, then timers.
  await using opened = new AsyncDisposableStack();
  opened.defer(() => liveness.stop());
  opened.defer(() => context.losses.stop());
  opened.defer(() => context.links.closeAll(deps.clock, SERVER_STOPS));

  const accept = (link: Link): LinkHandler => {
    const caller = new RouteCaller(link, context);
    context.links.add(caller);
    liveness.watch(link, SERVER_LINK_POLICY);
    log.info("link opened", { linkId: link.id, remote: link.remote });
    return {
      frame: (_link, frame) => void dispatcher.dispatch(caller, frame),
      closed: (_link, reason) => linkClosed(caller, reason),
    };
  };

  const limits = {
    ...SERVER_LINK_LIMITS,
    maxFrameBytes: config.MaxPduBytes,
    maxLinks: config.MaxConnCnt,
  };
  const bound: Address[] = [];
  for (const host of config.ListenIP) {
    const listener = await network.listen({ host, port: config.ListenMsgPort }, limits, accept);
    opened.defer(() => listener.stop());
    bound.push(listener.address);
  }
  const addresses = { msgServer: bound[0]! };
  log.info("listening", addresses);
  const resources = opened.move();
  const stop = (): Promise<void> => resources.disposeAsync();
  return { addresses, stop, [Symbol.asyncDispose]: stop };
}

function createContext({ clock, log }: RoleDeps): RouteContext {
  const links = new RouteLinks();
  const presence = new PresenceTable<RouteCaller>();
  const news = new PresenceNews(links, presence);
  return { links, presence, news, losses: new LossWatch(clock, presence, news), clock, log };
}

function linkClosed(caller: RouteCaller, reason: string): void {
  const { links, presence, losses, log } = caller.context;
  links.remove(caller);
  const withoutPc = presence.removeOwner(caller);
  if (!caller.isSlave) losses.lose(withoutPc);
  if (reason === SERVER_STOPS) return;
  log.warn("link lost", { linkId: caller.link.id, remote: caller.link.remote, reason });
}
