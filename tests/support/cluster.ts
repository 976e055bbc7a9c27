/**
 * A whole cluster in the test's process: one db_proxy, one login and one route server, any number of
 * msg_servers, on a database of its own: a file in a temporary folder, or MySQL and Redis. Links are in
 * memory or TCP on free ports; two clusters in one process do not see each other.
 */
import { CLIENT_TYPE_WINDOWS } from "../../proto/mod.ts";
import { DATABASE_FILE, type StorageConfig } from "../../servers/db_proxy/config.ts";
import { startDbProxyServer } from "../../servers/db_proxy/server.ts";
import { DEFAULT_NIGHT } from "../../servers/db_proxy/state/night.ts";
import { openStorageBriefly } from "../../servers/db_proxy/storage.ts";
import { startLoginServer } from "../../servers/login/server.ts";
import { type RunningMsgServer, startMsgServer } from "../../servers/msg/server.ts";
import { startRouteServer } from "../../servers/route/server.ts";
import { type Client, connectClient, type ConnectOptions } from "../../shared/client/mod.ts";
import { type Clock, ManualClock, systemClock } from "../../shared/clock.ts";
import { type Address, MemoryNetwork, type Network, TcpNetwork } from "../../shared/netlib/mod.ts";
import { seededRandom } from "../../shared/random.ts";
import type { RoleDeps, RunningServer } from "../../shared/role.ts";
import type { Storage } from "../../shared/storage/types.ts";
import { DEFAULT_CLIENT_AES_KEY } from "../../shared/text_cipher.ts";
import { makeDataPlace, type StorageKind } from "./data_place.ts";
import { PASSWORD } from "./demo_data.ts";
import { ScriptedLink } from "./scripted_link.ts";
import { WatchedLog } from "./watched_log.ts";

export type LinkKind = "memory" | "tcp";

export interface ClusterOptions {
  /** Default: TCP. In memory db_proxy runs its tasks on the main thread, over TCP in workers. */
  readonly links?: LinkKind;
  /** Default: 1. */
  readonly msgServers?: number;
  /** Fills the database before the servers start. */
  readonly seed?: (storage: Storage) => Promise<void>;
  /** Messages per second and connection; default: no limit. */
  readonly maxMsgPerSecond?: number;
  /** Logins a msg_server takes; default: many. */
  readonly maxConnCnt?: number;
  /** Time of the servers; clients have the system's. A worker of db_proxy has the system's too. */
  readonly clock?: Clock;
  /** Default: sqlite. */
  readonly storage?: StorageKind;
  /** Data that outlives the cluster; default: made for it and removed with it. */
  readonly data?: StorageConfig;
  /** As {@link data}: a folder with the embedded engine's file. */
  readonly dataDir?: string;
}

/** What a test may say about a login; all else is as an ordinary client does it. */
export type LoginOptions =
  & { readonly msgServer?: number; readonly password?: string }
  & Partial<Pick<ConnectOptions, "clientType" | "onlineStatus" | "onKick" | "deliveryAck">>;

/** The servers that msg_servers connect to. */
export type BackServer = "db_proxy" | "login_server" | "route_server";

export interface Cluster extends AsyncDisposable {
  readonly network: Network;
  readonly clock: Clock;
  readonly msgServers: readonly Address[];
  /** login_server's ports for clients. */
  readonly lookupTcp: Address;
  readonly lookupHttp: Address;
  readonly dbProxy: Address;
  readonly routeServer: Address;
  /** Logs a user in, by default on a PC at the first msg_server with the demo password. */
  login(userName: string, options?: LoginOptions): Promise<Client>;
  /** A bare connection to a msg_server. */
  connect(msgServer?: number): Promise<ScriptedLink>;
  /** Stops one msg_server; its clients are disconnected. */
  stopMsgServer(index: number): Promise<void>;
  /** Stops a server; resolves when every msg_server has noticed. */
  stopServer(name: BackServer): Promise<void>;
  /**
   * Starts a stopped db_proxy on its old address and data, and moves the manual clock by so many
   * milliseconds, by default to when msg_servers try again. Resolves when all have connected.
   */
  startDbProxy(advanceMs?: number): Promise<void>;
  stop(): Promise<void>;
}

const ANY_PORT = 0;
const HOST = "127.0.0.1";
/** Both groups of db_proxy links of a msg_server lead to the one db_proxy. */
const DB_LINKS_PER_MSG_SERVER = 2;
/** The first wait of a server that lost a link, with its jitter. */
const RECONNECT_MS = 5000;

export async function startCluster(options: ClusterOptions = {}): Promise<Cluster> {
  const { links = "tcp", clock = systemClock } = options;
  const network = links === "tcp" ? new TcpNetwork(clock) : new MemoryNetwork(clock);
  const log = new WatchedLog("info");
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
  let db = await startDb({ host: HOST, port: ANY_PORT }, options, deps);
  stack.defer(() => db.stop());
  const login = stack.use(await startLogin(deps));
  const route = stack.use(await startRoute(deps));
  const backs: Record<BackServer, Address> = {
    db_proxy: db.addresses.peers,
    login_server: login.addresses.msgServer,
    route_server: route.addresses.msgServer,
  };
  const msgServers: RunningMsgServer[] = [];
  for (let i = 0; i < (options.msgServers ?? 1); i++) {
    msgServers.push(stack.use(await startMsg(backs, options, deps)));
  }
  await Promise.all(msgServers.map((server) => server.linked));
  const addresses = msgServers.map((server) => server.addresses.clients);
  const linksTo = (name: BackServer): number =>
    msgServers.length * (name === "db_proxy" ? DB_LINKS_PER_MSG_SERVER : 1);
  const stop = (): Promise<void> => stack.disposeAsync();
  return {
    network: deps.network,
    clock: deps.clock,
    msgServers: addresses,
    lookupTcp: login.addresses.client,
    lookupHttp: login.addresses.http,
    dbProxy: backs.db_proxy,
    routeServer: backs.route_server,
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
    async stopServer(name) {
      const lost = log.countOf(`${name} link lost`) + linksTo(name);
      await { db_proxy: db, login_server: login, route_server: route }[name].stop();
      await log.logged(`${name} link lost`, lost);
    },
    async startDbProxy(advanceMs = RECONNECT_MS) {
      const opened = log.countOf("db_proxy link opened") + linksTo("db_proxy");
      db = await startDb(backs.db_proxy, options, deps);
      if (deps.clock instanceof ManualClock) deps.clock.advance(advanceMs);
      await log.logged("db_proxy link opened", opened);
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

function startDb(
  address: Address,
  { links, msgServers = 1, data }: Settled,
  deps: RoleDeps,
): Promise<RunningServer<"peers">> {
  return startDbProxyServer({
    listen: [address],
    // Several workers where the storage allows it: what belongs together must meet in one of them.
    threadNum: links === "memory" ? 0 : msgServers,
    stopGraceMs: 0,
    storage: data,
    aesKey: DEFAULT_CLIENT_AES_KEY,
    night: DEFAULT_NIGHT,
  }, {
    ...deps,
    onFatal: (error) => {
      throw error;
    },
  });
}

function startLogin(deps: RoleDeps): ReturnType<typeof startLoginServer> {
  return startLoginServer({
    ClientListenIP: [HOST],
    ClientPort: ANY_PORT,
    HttpListenIP: [HOST],
    HttpPort: ANY_PORT,
    MsgServerListenIP: [HOST],
    MsgServerPort: ANY_PORT,
    msfs: "http://127.0.0.1:8700/",
    discovery: "http://127.0.0.1/api/discovery",
    MaxClientConnCnt: 10_000,
    MaxMsgServerConnCnt: 100,
    MaxClientPduBytes: 64 * 1024,
  }, deps);
}

function startRoute(deps: RoleDeps): ReturnType<typeof startRouteServer> {
  return startRouteServer({
    ListenIP: [HOST],
    ListenMsgPort: ANY_PORT,
    MaxConnCnt: 100,
    MaxPduBytes: 64 * 1024 * 1024,
  }, deps);
}

function startMsg(
  backs: Readonly<Record<BackServer, Address>>,
  options: ClusterOptions,
  deps: RoleDeps,
): Promise<RunningMsgServer> {
  return startMsgServer({
    listen: [{ host: HOST, port: ANY_PORT }],
    linksPerDb: 1,
    dbServers: [backs.db_proxy, backs.db_proxy],
    loginServers: [backs.login_server],
    routeServers: [backs.route_server],
    fileServers: [],
    pushServers: [],
    publicIp1: HOST,
    publicIp2: HOST,
    maxConnCnt: options.maxConnCnt ?? 10_000,
    maxMsgPerSecond: options.maxMsgPerSecond ?? 0,
    aesKey: DEFAULT_CLIENT_AES_KEY,
  }, deps);
}
