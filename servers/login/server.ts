/**
 * login_server: tells a client which msg_server to connect to (docs/spec/roles.md 3).
 *
 * msg_servers register on one port and report each login and logout; clients ask on two others,
 * over TCP or HTTP. Nothing is kept but the table of registered servers, one entry per link.
 */
import { type ClientBinding, clientBindings, tlsAddress } from "../../shared/config/mod.ts";
import { type Command, Dispatcher } from "../../shared/dispatch/mod.ts";
import { linkNetwork } from "../../shared/links/mod.ts";
import {
  type Address,
  type Link,
  type LinkHandler,
  type Listener,
  type ListenOptions,
  Liveness,
  type LivenessPolicy,
  type Network,
  OpenLinks,
  SERVER_LINK_LIMITS,
  SERVER_LINK_POLICY,
} from "../../shared/netlib/mod.ts";
import { type RoleDeps, type RunningServer, STOP_LIMIT_MS } from "../../shared/role.ts";
import { withinMs } from "../../shared/within.ts";
import { clientCommands, msgServerCommands } from "./commands.ts";
import type { LoginConfig } from "./config.ts";
import { clientCaller, type LoginCaller, type LoginContext, msgServerCaller } from "./context.ts";
import { httpLookup } from "./handlers/http_lookup.ts";
import { MsgServerTable } from "./state/msg_server_table.ts";

/** A client gets one small answer; one that does not even read that is cut off. */
const CLIENT_MAX_BACKLOG_BYTES = 64 * 1024;
const CLIENT_POLICY: LivenessPolicy = { maxSilentSec: 120, heartbeatAfterSec: null };
const SERVER_STOPS = "server stops";

export type LoginListener = "client" | "http" | "msgServer";

export interface RunningLoginServer extends RunningServer<LoginListener> {
  /** Where clients connect with TLS; `null`: nowhere. */
  readonly tlsAddresses: Readonly<Record<"client" | "http", Address | null>>;
}

/** @throws {ListenError} when an address cannot be bound; nothing is left open then */
export async function startLoginServer(
  config: LoginConfig,
  deps: RoleDeps,
): Promise<RunningLoginServer> {
  const { network, clock, log } = deps;
  const context: LoginContext = { config, table: new MsgServerTable(), clock, log };
  const liveness = new Liveness(clock);
  const links = new OpenLinks();
  // What was opened last is closed first: listeners, then links, then the timer.
  await using opened = new AsyncDisposableStack();
  opened.defer(() => liveness.stop());
  opened.defer(() => links.closeAll(clock, SERVER_STOPS));

  const listen = async (
    bindings: readonly ClientBinding[],
    open: (binding: ClientBinding) => Promise<Listener>,
  ): Promise<readonly Address[]> => {
    const bound: Address[] = [];
    for (const binding of bindings) {
      const listener = await open(binding);
      opened.defer(async () => void await withinMs(clock, STOP_LIMIT_MS, listener.stop()));
      bound.push(listener.address);
    }
    return bound;
  };
  const listenPdu = (port: PduPort): Promise<readonly Address[]> => {
    const accept = acceptor(port, { context, links, liveness });
    return listen(
      port.bindings,
      ({ tls, ...address }) => port.network.listen(address, { ...port.limits, tls }, accept),
    );
  };

  const msgServers = await listenPdu(msgServerPort(config, deps));
  const toClients = clientPort(config, network);
  const clients = await listenPdu(toClients);
  const overHttp = clientBindings(
    { hosts: config.HttpListenIP, port: config.HttpPort },
    config.Tls,
    "HttpTlsPort",
  );
  const http = await listen(
    overHttp,
    ({ tls, ...address }) =>
      network.serveLookups(address, (path) => httpLookup(path, context), {
        ...clientConnections(config),
        tls,
      }),
  );
  const addresses = {
    msgServer: msgServers[0]!,
    client: clients[0]!,
    http: http[0]!,
  };
  const tlsAddresses = {
    client: tlsAddress(toClients.bindings, clients),
    http: tlsAddress(overHttp, http),
  };
  log.info("listening", config.Tls === null ? addresses : { ...addresses, tls: tlsAddresses });
  const resources = opened.move();
  const stop = (): Promise<void> => resources.disposeAsync();
  return { addresses, tlsAddresses, stop, [Symbol.asyncDispose]: stop };
}

/** One of the two ports for PDUs. */
interface PduPort {
  readonly network: Network;
  readonly bindings: readonly ClientBinding[];
  readonly limits: ListenOptions;
  readonly policy: LivenessPolicy;
  readonly commands: readonly Command<LoginCaller>[];
  readonly caller: (link: Link, context: LoginContext) => LoginCaller;
}

function msgServerPort(config: LoginConfig, deps: RoleDeps): PduPort {
  return {
    network: linkNetwork({ ...deps, role: "L", admits: ["M", "H"], security: config.Links }),
    bindings: config.MsgServerListenIP.map((host) => ({
      host,
      port: config.MsgServerPort,
    })),
    limits: { ...SERVER_LINK_LIMITS, maxLinks: config.MaxMsgServerConnCnt },
    policy: SERVER_LINK_POLICY,
    commands: msgServerCommands,
    caller: msgServerCaller,
  };
}

function clientPort(config: LoginConfig, network: Network): PduPort {
  return {
    network,
    bindings: clientBindings(
      { hosts: config.ClientListenIP, port: config.ClientPort },
      config.Tls,
      "ClientTlsPort",
    ),
    limits: {
      maxFrameBytes: config.MaxClientPduBytes,
      maxBacklogBytes: CLIENT_MAX_BACKLOG_BYTES,
      ...clientConnections(config),
    },
    policy: CLIENT_POLICY,
    commands: clientCommands,
    caller: clientCaller,
  };
}

function clientConnections({ MaxClientConnCnt, MaxConnCntPerIP }: LoginConfig) {
  return {
    maxLinks: MaxClientConnCnt,
    ...(MaxConnCntPerIP === 0 ? {} : { maxLinksPerAddress: MaxConnCntPerIP }),
  };
}

interface Acceptance {
  readonly context: LoginContext;
  readonly links: OpenLinks;
  readonly liveness: Liveness;
}

function acceptor(
  port: PduPort,
  { context, links, liveness }: Acceptance,
): (link: Link) => LinkHandler {
  const dispatcher = new Dispatcher(port.commands, context.log);
  return (link) => {
    const caller = port.caller(link, context);
    links.add(link);
    liveness.watch(link, port.policy);
    return {
      frame: (_link, frame) => void dispatcher.dispatch(caller, frame),
      closed: (_link, reason) => {
        links.remove(link);
        const wasMsgServer = context.table.remove(link.id);
        if (!wasMsgServer || reason === SERVER_STOPS) return;
        context.log.warn("msg_server lost", { linkId: link.id, remote: link.remote, reason });
      },
    };
  };
}
