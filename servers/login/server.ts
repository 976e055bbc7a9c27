/**
 * login_server: tells a client which msg_server to connect to (docs/spec/roles.md 3).
 *
 * msg_servers register on one port and report each login and logout; clients ask on two others,
 * over TCP or HTTP. Nothing is kept but the table of registered servers, one entry per link.
 */
import { type Command, Dispatcher } from "../../shared/dispatch/mod.ts";
import {
  type Address,
  type Link,
  type LinkHandler,
  type Listener,
  type ListenOptions,
  Liveness,
  type LivenessPolicy,
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

/** @throws {ListenError} when an address cannot be bound; nothing is left open then */
export async function startLoginServer(
  config: LoginConfig,
  deps: RoleDeps,
): Promise<RunningServer<LoginListener>> {
  const { network, clock, log } = deps;
  const context: LoginContext = { config, table: new MsgServerTable(), clock, log };
  const liveness = new Liveness(clock);
  const links = new OpenLinks();
  // What was opened last is closed first: listeners, then links, then the timer.
  await using opened = new AsyncDisposableStack();
  opened.defer(() => liveness.stop());
  opened.defer(() => links.closeAll(clock, SERVER_STOPS));

  const listen = async (
    { hosts, port }: Binding,
    open: (address: Address) => Promise<Listener>,
  ): Promise<Address> => {
    const bound: Address[] = [];
    for (const host of hosts) {
      const listener = await open({ host, port });
      opened.defer(async () => void await withinMs(clock, STOP_LIMIT_MS, listener.stop()));
      bound.push(listener.address);
    }
    return bound[0]!;
  };
  const listenPdu = (port: PduPort): Promise<Address> => {
    const accept = acceptor(port, { context, links, liveness });
    return listen(port.binding, (address) => network.listen(address, port.limits, accept));
  };

  const addresses = {
    msgServer: await listenPdu(msgServerPort(config)),
    client: await listenPdu(clientPort(config)),
    http: await listen(
      { hosts: config.HttpListenIP, port: config.HttpPort },
      (address) => network.serveHttp(address, (request) => httpLookup(request, context)),
    ),
  };
  log.info("listening", addresses);
  const resources = opened.move();
  const stop = (): Promise<void> => resources.disposeAsync();
  return { addresses, stop, [Symbol.asyncDispose]: stop };
}

interface Binding {
  readonly hosts: readonly string[];
  readonly port: number;
}

/** One of the two ports for PDUs. */
interface PduPort {
  readonly binding: Binding;
  readonly limits: ListenOptions;
  readonly policy: LivenessPolicy;
  readonly commands: readonly Command<LoginCaller>[];
  readonly caller: (link: Link, context: LoginContext) => LoginCaller;
}

function msgServerPort(config: LoginConfig): PduPort {
  return {
    binding: { hosts: config.MsgServerListenIP, port: config.MsgServerPort },
    limits: { ...SERVER_LINK_LIMITS, maxLinks: config.MaxMsgServerConnCnt },
    policy: SERVER_LINK_POLICY,
    commands: msgServerCommands,
    caller: msgServerCaller,
  };
}

function clientPort(config: LoginConfig): PduPort {
  return {
    binding: { hosts: config.ClientListenIP, port: config.ClientPort },
    limits: {
      maxFrameBytes: config.MaxClientPduBytes,
      maxBacklogBytes: CLIENT_MAX_BACKLOG_BYTES,
      maxLinks: config.MaxClientConnCnt,
    },
    policy: CLIENT_POLICY,
    commands: clientCommands,
    caller: clientCaller,
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
