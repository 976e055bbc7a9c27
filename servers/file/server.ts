/**
 * file_server: takes files from senders to receivers (docs/spec/roles.md 7).
 *
 * A msg_server has a *task* made; the two users of it then connect here, each with the task's id.
 * An online task passes PDUs from one connection to the other; an offline one goes through the store
 * on disk. The data are the table of tasks in memory and the store; each connection has a place in
 * one task at most.
 *
 * Everything but the disk happens on one thread, a frame at a time. While something on disk is done
 * for a connection it is not read from, so its commands keep their order, and a slow disk or a slow
 * other side slows the sender down: no more than one block of a file is in memory per connection.
 */
import {
  type ClientBinding,
  clientBindings,
  ConfigError,
  tlsAddress,
} from "../../shared/config/mod.ts";
import { Dispatcher } from "../../shared/dispatch/mod.ts";
import { linkNetwork } from "../../shared/links/mod.ts";
import {
  type Address,
  bareAddress,
  CLOSE_LIMIT_MS,
  type Link,
  type LinkHandler,
  type ListenOptions,
  Liveness,
  type LivenessPolicy,
  type Network,
  Newcomers,
  OpenLinks,
  SERVER_LINK_LIMITS,
  SERVER_LINK_POLICY,
} from "../../shared/netlib/mod.ts";
import { type RoleDeps, type RunningServer, STOP_LIMIT_MS } from "../../shared/role.ts";
import { withinMs } from "../../shared/within.ts";
import { clientCommands, msgServerCommands } from "./commands.ts";
import { EVERY_HOST, type FileConfig } from "./config.ts";
import { FileClient, type FileContext, MAX_UNSENT_BYTES, MsgServerCaller } from "./context.ts";

import { leave } from "./sessions.ts";
import { TaskOrder } from "./state/task_order.ts";
import { TaskTable } from "./state/task_table.ts";
import { FileStore } from "./store/file_store.ts";
import { StoreError } from "./store/store_error.ts";
import { Sweeper } from "./sweeper.ts";
import { watchTasks } from "./task_watch.ts";

/** Largest frame before the login, in bytes (docs/spec/wire.md 2). */
const NEW_CLIENT_MAX_FRAME_BYTES = 64 * 1024;
/** Seconds from the accept to the login, whatever else is sent. */
const LOGIN_DEADLINE_SEC = 300;
const CLIENT_POLICY: LivenessPolicy = { maxSilentSec: 120, heartbeatAfterSec: null };
/** Heartbeats are msg_server's to send, and echoed (docs/spec/wire.md 3). */
const MSG_SERVER_POLICY: LivenessPolicy = { ...SERVER_LINK_POLICY, heartbeatAfterSec: null };
/** How long a stopping server waits for the disk: what the closing of links leaves. */
const DISK_LIMIT_MS = STOP_LIMIT_MS - CLOSE_LIMIT_MS;
const SERVER_STOPS = "server stops";

const DAY_MS = 24 * 3600 * 1000;

export type FileListener = "clients" | "msgServers";

export interface RunningFileServer extends RunningServer<FileListener> {
  /** Where clients connect with TLS; `null`: nowhere. */
  readonly tlsClients: Address | null;
}

/**
 * @throws {ListenError} when an address cannot be bound; nothing is left open then
 * @throws {ConfigError} when `StoreDir` cannot be used
 */
export async function startFileServer(
  config: FileConfig,
  deps: RoleDeps,
): Promise<RunningFileServer> {
  const { network, clock, log } = deps;
  // What was opened last is closed first: listeners, then links, then the disk and the timers.
  await using opened = new AsyncDisposableStack();
  let clientAddress: Address = { host: "", port: 0 };
  let tlsPort: number | null = null;
  const context: FileContext = {
    config,
    tasks: new TaskTable(deps.random, {
      maxTasks: config.MaxTasks,
      maxTasksPerUser: config.MaxTasksPerUser,
    }),
    order: new TaskOrder(),
    store: await openStore(config, deps),
    publicAddresses: () =>
      (config.PublicIP ?? config.ClientListenIP).map((ip) => ({
        ip,
        port: config.PublicPort ?? clientAddress.port,
        ...(tlsPort === null ? {} : { tls_port: tlsPort }),
      })),
    clock,
    log,
  };
  const sweeper = new Sweeper(context);
  opened.defer(() => sweeper.stop());
  await startSweeper(sweeper, config);
  const liveness = new Liveness(clock);
  opened.defer(() => liveness.stop());
  const watch = watchTasks(context);
  opened.defer(() => watch.cancel());
  const acceptance = {
    context,
    liveness,
    links: new OpenLinks(),
    newcomers: new Newcomers(config.Limits.newcomers),
    running: new Set<Promise<void>>(),
  };
  opened.defer(async () => {
    await acceptance.links.closeAll(clock, SERVER_STOPS);
    // What clients left to be done on disk, so that their uploads can be continued.
    const disk = Promise.all([...acceptance.running, context.order.idle()]);
    if (!await withinMs(clock, DISK_LIMIT_MS, disk)) log.error("the disk was not done in time");
  });

  const links = linkNetwork({ ...deps, role: "F", admits: ["M"], security: config.Links });
  const listen = async (
    bindings: readonly ClientBinding[],
    options: ListenOptions & { readonly on: Network },
    accept: (link: Link) => LinkHandler,
  ): Promise<readonly Address[]> => {
    const bound: Address[] = [];
    for (const { tls, ...address } of bindings) {
      const listener = await options.on.listen(address, { ...options, tls }, accept);
      opened.defer(() => listener.stop());
      bound.push(listener.address);
    }
    return bound;
  };
  const [msgServers] = await listen(
    [{ host: config.MsgServerListenIP, port: config.MsgServerListenPort }],
    { ...SERVER_LINK_LIMITS, maxLinks: config.MaxMsgServerConnCnt, on: links },
    acceptMsgServer(acceptance),
  );
  const bindings = clientBindings(
    { hosts: config.ClientListenIP, port: config.ClientListenPort },
    config.Tls,
    "ClientTlsPort",
  );
  const clients = await listen(
    bindings,
    {
      maxFrameBytes: NEW_CLIENT_MAX_FRAME_BYTES,
      maxBacklogBytes: MAX_UNSENT_BYTES + config.MaxClientPduBytes,
      maxLinks: config.MaxConnCnt,
      ...config.Limits,
      on: network,
    },
    acceptClient(acceptance),
  );
  clientAddress = clients[0]!;
  const tlsClients = tlsAddress(bindings, clients);
  tlsPort = tlsClients?.port ?? null;
  warnOfWildcard(context);
  const addresses = { clients: clientAddress, msgServers: msgServers! };
  log.info("listening", tlsClients === null ? addresses : { ...addresses, tlsClients });
  const resources = opened.move();
  const stop = (): Promise<void> => resources.disposeAsync();
  return { addresses, tlsClients, stop, [Symbol.asyncDispose]: stop };
}

async function openStore(config: FileConfig, { clock }: RoleDeps): Promise<FileStore> {
  try {
    return await FileStore.open({
      dir: config.StoreDir,
      clock,
      maxBytes: config.MaxStoreMB === 0 ? null : config.MaxStoreMB * 1024 * 1024,
      retention: {
        uploadMs: config.WaitTimeout * 1000,
        fileMs: config.RetentionDays === 0 ? null : config.RetentionDays * DAY_MS,
        downloadedMs: config.DownloadedHours * 3600 * 1000,
      },
    });
  } catch (error) {
    throw unusable(config, error);
  }
}

async function startSweeper(sweeper: Sweeper, config: FileConfig): Promise<void> {
  try {
    await sweeper.start();
  } catch (error) {
    throw unusable(config, error);
  }
}

function unusable({ StoreDir }: FileConfig, error: unknown): unknown {
  if (!(error instanceof StoreError)) return error;
  const reason = error.cause instanceof Error ? error.cause.message : error.message;
  return new ConfigError([
    `fileserver.conf: StoreDir="${StoreDir}" cannot be used: ${reason}; ` +
    `allowed: a folder that this process may write to`,
  ]);
}

/** Docs/spec/pitfalls.md P-FILE11. */
function warnOfWildcard({ publicAddresses, log }: FileContext): void {
  const told = publicAddresses().map(({ ip }) => ip).filter((ip) => EVERY_HOST.includes(ip));
  if (told.length === 0) return;
  log.warn("clients on other machines cannot connect to what they are told: set PublicIP", {
    told: told.join(";"),
  });
}

interface Acceptance {
  readonly context: FileContext;
  readonly liveness: Liveness;
  readonly links: OpenLinks;
  /** Clients that have no place in a task yet. */
  readonly newcomers: Newcomers;
  /** Commands that wait for the disk. */
  readonly running: Set<Promise<void>>;
}

function acceptClient(
  { context, liveness, links, newcomers, running }: Acceptance,
): (link: Link) => LinkHandler {
  const dispatcher = new Dispatcher(clientCommands, context.log);
  return (link) => {
    const client = new FileClient(
      link,
      context,
      liveness.watch(link, CLIENT_POLICY, LOGIN_DEADLINE_SEC),
    );
    links.add(link);
    const leaveNewcomers = newcomers.enter(
      bareAddress(link.remote),
      (reason) => link.abort(reason),
    );
    return {
      frame(_link, frame) {
        const outcome = dispatcher.dispatch(client, frame);
        if (!(outcome instanceof Promise)) return;
        const held = client.hold(outcome);
        running.add(held);
        void held.then(() => {
          running.delete(held);
          if (client.seat !== null) leaveNewcomers();
        });
      },
      closed(_link, reason) {
        links.remove(link);
        leaveNewcomers();
        context.log.debug("client gone", { linkId: link.id, remote: link.remote, reason });
        leave(client);
      },
    };
  };
}

function acceptMsgServer({ context, liveness, links }: Acceptance): (link: Link) => LinkHandler {
  const { log } = context;
  const dispatcher = new Dispatcher(msgServerCommands, log);
  return (link) => {
    const caller = new MsgServerCaller(link, context);
    links.add(link);
    liveness.watch(link, MSG_SERVER_POLICY);
    log.info("link opened", { linkId: link.id, remote: link.remote });
    return {
      frame: (_link, frame) => void dispatcher.dispatch(caller, frame),
      closed(_link, reason) {
        links.remove(link);
        if (reason !== SERVER_STOPS) {
          log.warn("link lost", { linkId: link.id, remote: link.remote, reason });
        }
      },
    };
  };
}
