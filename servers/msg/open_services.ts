/** Builds what the handlers need: the state of this server and its links to the others. */
import { hostname } from "node:os";
import { CID_MSG_DATA } from "../../proto/mod.ts";
import { type Command, Dispatcher } from "../../shared/dispatch/mod.ts";
import { linkNetwork } from "../../shared/links/mod.ts";
import { formatAddress, type Liveness, type Peer, type PeerDeps } from "../../shared/netlib/mod.ts";
import { commandIdOf } from "../../shared/pdu/mod.ts";
import type { RoleDeps } from "../../shared/role.ts";
import { dbCommands, fileCommands, pushCommands, routeCommands } from "./commands.ts";
import type { MsgConfig } from "./config.ts";
import { offersLost } from "./handlers/file_transfer.ts";
import { DbLinks } from "./links/db_links.ts";
import { FileLinks } from "./links/file_links.ts";
import { LoginLinks } from "./links/login_links.ts";
import { PushLinks } from "./links/push_links.ts";
import { RouteLinks } from "./links/route_links.ts";
import { PushLookup } from "./push/push_lookup.ts";
import { PushPipeline } from "./push/push_pipeline.ts";
import { type MsgServices, PeerCaller } from "./services.ts";
import { FilePlaces } from "./state/file_places.ts";
import { GroupFanOut } from "./state/group_fan_out.ts";
import { TrafficCounters } from "./state/traffic_counters.ts";
import { UnansweredMessages } from "./state/unanswered_messages.ts";
import { UserTable } from "./state/user_table.ts";

export interface OpenServicesOptions {
  readonly config: MsgConfig;
  readonly deps: RoleDeps;
  readonly liveness: Liveness;
  /** The port that clients connect to, once this server listens. */
  readonly clientPort: () => number;
  /** The same for TLS; `null`: there is none. */
  readonly tlsPort: () => number | null;
  /** A link opened without which nobody can log in. */
  readonly onLinkOpened: () => void;
}

type Receive = (peer: Peer, frame: Uint8Array) => void;

/** Starts to connect to all servers but login_servers, which are told where this one listens. */
export function openServices(options: OpenServicesOptions): MsgServices {
  const { config, onLinkOpened } = options;
  const { clock, log } = options.deps;
  const network = linkNetwork({ ...options.deps, role: "M", security: config.linkSecurity });
  const linkDeps = { log, peerDeps: { ...options.deps, network, liveness: options.liveness } };
  /** Hands frames of a kind of server to its commands. */
  const receiveBy = (commands: readonly Command<PeerCaller>[]): Receive => {
    const dispatcher = new Dispatcher(commands, log);
    return (peer, frame) => void dispatcher.dispatch(new PeerCaller(peer, services), frame);
  };
  const users = new UserTable();
  const db = openDbLinks(options, linkDeps, {
    services: () => services,
    receive: receiveBy(dbCommands),
  });
  const routes = new RouteLinks({
    ...linkDeps,
    addresses: config.routeServers,
    users,
    onFrame: receiveBy(routeCommands),
    onOpened: onLinkOpened,
  });
  const files = new FileLinks({
    ...linkDeps,
    addresses: config.fileServers,
    onFrame: receiveBy(fileCommands),
    onLost: (offers) => offersLost(services, offers),
  });
  const pushLinks = new PushLinks({
    ...linkDeps,
    addresses: config.pushServers,
    onFrame: receiveBy(pushCommands),
  });
  const pushLookup = new PushLookup({ clock, db, routes });
  const { aesKey } = config;
  const services: MsgServices = {
    config,
    clock,
    log,
    conns: new Map(),
    users,
    db,
    routes,
    logins: openLoginLinks(options, linkDeps, users),
    files,
    filePlaces: new FilePlaces({ homeOf: (userId) => files.homeOf(userId) }),
    unanswered: new UnansweredMessages(clock),
    counters: new TrafficCounters(),
    startedAtMs: clock.nowMs(),
    publicName: () => formatAddress({ host: config.publicIp1, port: options.clientPort() }),
    groupFanOut: new GroupFanOut({ clock, ask: (frame) => db.send("other", frame) }),
    pushLinks,
    pushLookup,
    pushes: new PushPipeline({ clock, log, aesKey, users, lookup: pushLookup, links: pushLinks }),
  };
  return services;
}

interface LinkDeps {
  readonly log: RoleDeps["log"];
  readonly peerDeps: PeerDeps;
}

function openDbLinks(
  { config, onLinkOpened }: OpenServicesOptions,
  linkDeps: LinkDeps,
  { services, receive }: { readonly services: () => MsgServices; readonly receive: Receive },
): DbLinks {
  return new DbLinks({
    ...linkDeps,
    addresses: config.dbServers,
    linksPerAddress: config.linksPerDb,
    onFrame: (peer, frame) => {
      if (commandIdOf(frame) === CID_MSG_DATA) services().unanswered.remove();
      receive(peer, frame);
    },
    onOpened: () => {
      services().groupFanOut.askAgain();
      onLinkOpened();
    },
    onLost: () => {
      services().unanswered.reset();
      services().groupFanOut.askAgain();
    },
    onExpired: (count) => services().unanswered.remove(count),
  });
}

function openLoginLinks(
  { config, clientPort, tlsPort, onLinkOpened }: OpenServicesOptions,
  linkDeps: LinkDeps,
  users: UserTable,
): LoginLinks {
  return new LoginLinks({
    ...linkDeps,
    addresses: config.loginServers,
    publicAddress: () => ({
      ip1: config.publicIp1,
      ip2: config.publicIp2,
      port: clientPort(),
      tlsPort: tlsPort(),
      maxConnCnt: config.maxConnCnt,
      hostName: hostname(),
    }),
    connCount: () => users.connCount,
    onOpened: onLinkOpened,
  });
}
