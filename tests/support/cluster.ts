/**
 * A whole cluster in the test's process: any number of each role, by default one, on a database of its
 * own: a file in a temporary folder, or MySQL and Redis. Links are in memory or TCP on free ports; two
 * clusters in one process do not see each other.
 */
import { CLIENT_TYPE_WINDOWS } from "../../proto/mod.ts";
import { DATABASE_FILE, type StorageConfig } from "../../servers/db_proxy/config.ts";
import { openStorageBriefly } from "../../servers/db_proxy/storage.ts";
import type { LoginConfig } from "../../servers/login/config.ts";
import { type RunningMsgServer, startMsgServer } from "../../servers/msg/server.ts";
import { type Client, connectClient, type ConnectOptions } from "../../shared/client/mod.ts";
import { type LinkSecurity, OPEN_LINKS } from "../../shared/links/mod.ts";
import { clientBindings, type ClientLimits, type ClientTls } from "../../shared/config/mod.ts";
import { type Clock, ManualClock, systemClock } from "../../shared/clock.ts";
import { type Address, MemoryNetwork, type Network, TcpNetwork } from "../../shared/netlib/mod.ts";
import { seededRandom } from "../../shared/random.ts";
import type { RoleDeps } from "../../shared/role.ts";
import type { Storage } from "../../shared/storage/types.ts";
import { ANY_PORT, type BackServer, BackServers } from "./back_servers.ts";
import { makeDataPlace, type StorageKind } from "./data_place.ts";
import { PASSWORD } from "./demo_data.ts";
import { type PlayedCounts, PlayedServers } from "./played_servers.ts";
import { ScriptedLink } from "./scripted_link.ts";
import { WatchedLog } from "./watched_log.ts";
import { TEST_MSG_CONFIG } from "./msg_config.ts";

export type { BackServer } from "./back_servers.ts";

export type LinkKind = "memory" | "tcp";

export interface ClusterOptions {
  /** Default: TCP. In memory db_proxy runs its tasks on the main thread, over TCP in workers. */
  readonly links?: LinkKind;
  /** One of the test's own, of the kind that `links` says. */
  readonly network?: Network;
  /** Of all servers; default: one that notes from `info` on. */
  readonly log?: WatchedLog;
  /** Default: 1. */
  readonly msgServers?: number;
  /** Default: one of each. With two db_proxies one is the login group, the other the other group. */
  readonly backs?: Partial<Readonly<Record<BackServer, number>>>;
  /** Fills the database before the servers start. */
  readonly seed?: (storage: Storage) => Promise<void>;
  /** Messages per second and connection; default: no limit. */
  readonly maxMsgPerSecond?: number;
  /** Logins a msg_server takes; default: many. */
  readonly maxConnCnt?: number;
  /** TLS for clients of msg_servers, and of login_servers; default: none. */
  readonly clientTls?: ClientTls<"TlsPort">;
  readonly loginTls?: LoginConfig["Tls"];
  /** Connections of clients of a msg_server; default: many. */
  readonly limits?: ClientLimits;
  /** Time of the servers; clients have the system's. A worker of db_proxy has the system's too. */
  readonly clock?: Clock;
  /** Default: sqlite. */
  readonly storage?: StorageKind;
  /** Data that outlives the cluster; default: made for it and removed with it. */
  readonly data?: StorageConfig;
  /** As {@link data}: a folder with the embedded engine's file. */
  readonly dataDir?: string;
  /** Of every link between the cluster's servers; default: open, as the original's. */
  readonly linkSecurity?: LinkSecurity;
  /** How many file_servers and push_servers the test plays; default: none. */
  readonly played?: PlayedCounts;
  /** Real ones, which the test has started; default: none. */
  readonly fileServers?: readonly Address[];
  readonly pushServers?: readonly Address[];
}

/** What a test may say about a login; all else is as an ordinary client does it. */
export type LoginOptions =
  & { readonly msgServer?: number; readonly password?: string }
  & Partial<
    Pick<
      ConnectOptions,
      "clientType" | "onlineStatus" | "onKick" | "deliveryAck" | "requestTimeoutMs"
    >
  >;

export interface Cluster extends AsyncDisposable {
  readonly network: Network;
  readonly clock: Clock;
  readonly msgServers: readonly Address[];
  /** The first login_server's ports for clients. */
  readonly lookupTcp: Address;
  readonly lookupHttp: Address;
  /** The same with TLS, where there is any. */
  readonly lookupTls: Readonly<Record<"client" | "http", Address | null>>;
  readonly dbProxy: Address;
  readonly routeServer: Address;
  /** Where msg_servers register. */
  readonly loginServers: readonly Address[];
  /** What the test plays itself, linked to every msg_server. */
  readonly played: PlayedServers;
  /** Logs a user in, by default on a PC at the first msg_server with the demo password. */
  login(userName: string, options?: LoginOptions): Promise<Client>;
  /** A bare connection to a msg_server. */
  connect(msgServer?: number): Promise<ScriptedLink>;
  /** Stops one msg_server; its clients are disconnected. */
  stopMsgServer(index: number): Promise<void>;
  /** Stops a server, by default the first of its role; resolves when every msg_server has noticed. */
  stopServer(name: BackServer, index?: number): Promise<void>;
  /**
   * Starts a stopped server on its old address and data, and moves the manual clock by so many
   * milliseconds, by default to when msg_servers try again. Resolves when all have connected.
   */
  startServer(name: BackServer, options?: StartOptions): Promise<void>;
  stop(): Promise<void>;
}

export interface StartOptions {
  /** Which one of its role; default: the first. */
  readonly index?: number;
  readonly advanceMs?: number;
}

const HOST = "127.0.0.1";
/** What a msg_server asks for: a login group and another; both may lead to the same db_proxy. */
const DB_GROUPS = 2;
/** The first wait of a server that lost a link, with its jitter. */
const RECONNECT_MS = 5000;

export async function startCluster(options: ClusterOptions = {}): Promise<Cluster> {
  const { links = "tcp", clock = systemClock } = options;
  const network = options.network ??
    (links === "tcp" ? new TcpNetwork(clock) : new MemoryNetwork(clock));
  const log = options.log ?? new WatchedLog("info");
  const deps: RoleDeps = { network, clock, random: seededRandom(1), log: log.logger };
  const stack = new AsyncDisposableStack();
  try {
    const data = givenData(options) ??
      stack.use(await makeDataPlace(options.storage ?? "sqlite")).storage;
    return await assemble(stack, { ...options, links, data, log }, deps);
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}

function givenData({ data, dataDir }: ClusterOptions): StorageConfig | undefined {
  if (data !== undefined || dataDir === undefined) return data;
  return { kind: "sqlite", path: `${dataDir}/${DATABASE_FILE}` };
}

type Settled = ClusterOptions & {
  readonly links: LinkKind;
  readonly data: StorageConfig;
  readonly log: WatchedLog;
};

async function assemble(
  stack: AsyncDisposableStack,
  options: Settled,
  deps: RoleDeps,
): Promise<Cluster> {
  const { log, links } = options;
  if (options.seed !== undefined) {
    const opened = await openStorageBriefly(options.data, deps.clock);
    await options.seed(opened);
    await opened.close();
  }
  const backs = await BackServers.start(options, deps);
  stack.use(backs);
  const played = stack.use(await PlayedServers.listen(deps.network, options.played));
  const msgServers: RunningMsgServer[] = [];
  for (let i = 0; i < (options.msgServers ?? 1); i++) {
    msgServers.push(stack.use(await startMsg(backs, played, { options, deps })));
  }
  await Promise.all(msgServers.map((server) => server.linked));
  await played.linked(msgServers.length, log);
  const addresses = msgServers.map((server) => server.addresses.clients);
  const linksTo = (name: BackServer): number =>
    msgServers.length * (name === "db_proxy" ? DB_GROUPS / backs.addresses(name).length : 1);
  const stop = (): Promise<void> => stack.disposeAsync();
  return {
    network: deps.network,
    clock: deps.clock,
    msgServers: addresses,
    lookupTcp: backs.lookup.tcp,
    lookupHttp: backs.lookup.http,
    lookupTls: backs.lookup.tls,
    dbProxy: backs.addresses("db_proxy")[0]!,
    routeServer: backs.addresses("route_server")[0]!,
    loginServers: backs.addresses("login_server"),
    played,
    login: (userName, { msgServer = 0, ...rest } = {}) =>
      connectClient({
        network: deps.network,
        clock: systemClock,
        server: addresses[msgServer]!,
        userName,
        password: PASSWORD,
        clientType: CLIENT_TYPE_WINDOWS,
        heartbeatMs: null,
        ...rest,
      }),
    connect: (msgServer = 0) =>
      ScriptedLink.connect(addresses[msgServer]!, links === "tcp" ? undefined : deps.network),
    stopMsgServer: (index) => msgServers[index]!.stop(),
    async stopServer(name, index = 0) {
      const lost = log.countOf(`${name} link lost`) + linksTo(name);
      await backs.stop(name, index);
      await log.logged(`${name} link lost`, lost);
    },
    async startServer(name, { index = 0, advanceMs = RECONNECT_MS } = {}) {
      const opened = log.countOf(`${name} link opened`) + linksTo(name);
      await backs.restart(name, index);
      if (deps.clock instanceof ManualClock) deps.clock.advance(advanceMs);
      await log.logged(`${name} link opened`, opened);
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

function startMsg(
  backs: BackServers,
  { addresses: played }: PlayedServers,
  { options, deps }: { readonly options: ClusterOptions; readonly deps: RoleDeps },
): Promise<RunningMsgServer> {
  const dbProxies = backs.addresses("db_proxy");
  return startMsgServer({
    ...TEST_MSG_CONFIG,
    listen: clientBindings(
      { hosts: [HOST], port: ANY_PORT },
      options.clientTls ?? null,
      "TlsPort",
    ),
    linkSecurity: options.linkSecurity ?? OPEN_LINKS,
    dbServers: dbProxies.length === 1 ? [...dbProxies, ...dbProxies] : dbProxies,
    loginServers: backs.addresses("login_server"),
    routeServers: backs.addresses("route_server"),
    fileServers: [...played.fileServers, ...options.fileServers ?? []],
    pushServers: [...played.pushServers, ...options.pushServers ?? []],
    maxConnCnt: options.maxConnCnt ?? TEST_MSG_CONFIG.maxConnCnt,
    limits: options.limits ?? TEST_MSG_CONFIG.limits,
    maxMsgPerSecond: options.maxMsgPerSecond ?? TEST_MSG_CONFIG.maxMsgPerSecond,
  }, deps);
}
