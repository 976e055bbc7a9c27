/** How each role of the simulated cluster is started; ports are by role and number. */
import { startDbProxyServer } from "../../../servers/db_proxy/server.ts";
import { DEFAULT_NIGHT } from "../../../servers/db_proxy/state/night.ts";
import { startLoginServer } from "../../../servers/login/server.ts";
import { startMsgServer } from "../../../servers/msg/server.ts";
import { startRouteServer } from "../../../servers/route/server.ts";
import { clientBindings, Secret } from "../../../shared/config/mod.ts";
import { type LinkSecurity, OPEN_LINKS } from "../../../shared/links/mod.ts";
import type { Address } from "../../../shared/netlib/mod.ts";
import type { RoleDeps } from "../../../shared/role.ts";
import { openSqliteStorage } from "../../../shared/storage/sqlite/mod.ts";
import { DEFAULT_CLIENT_AES_KEY } from "../../../shared/text_cipher.ts";
import type { SimDisk } from "../world/disk.ts";
import type { SimProcess } from "../world/process.ts";
import { TEST_MSG_CONFIG } from "../../support/msg_config.ts";

export type RoleName = "db_proxy" | "login" | "route" | "msg";

export interface ClusterShape {
  readonly dbProxies: number;
  readonly msgServers: number;
  /** Whether links prove a shared secret. */
  readonly secret: boolean;
}

export interface Stoppable {
  stop(): Promise<void>;
}

const HOST = "10.0.0.1";
const FIRST_PORTS: Readonly<Record<RoleName, number>> = {
  db_proxy: 10600,
  login: 8100,
  route: 8200,
  msg: 8000,
};
/** Where clients ask the login_server. */
const LOOKUP_PORT = 8008;
const MAX_LINKS = 1000;
const MAX_FRAME_BYTES = 1024 * 1024;

export const LOOKUP: Address = { host: HOST, port: LOOKUP_PORT };

export function addressOf(role: RoleName, index: number): Address {
  return { host: HOST, port: FIRST_PORTS[role] + index };
}

export interface StartDeps extends RoleDeps {
  readonly process: SimProcess;
  readonly disk: SimDisk;
  readonly shape: ClusterShape;
}

export function startRole(role: RoleName, index: number, deps: StartDeps): Promise<Stoppable> {
  const { port } = addressOf(role, index);
  if (role === "db_proxy") return startDbProxy(port, deps);
  if (role === "login") return startLogin(port, deps);
  if (role === "route") return startRoute(port, deps);
  return startMsg(port, deps);
}

function linksOf({ secret }: ClusterShape): LinkSecurity {
  return secret ? { ...OPEN_LINKS, secret: new Secret("what all servers know") } : OPEN_LINKS;
}

function startDbProxy(port: number, deps: StartDeps): Promise<Stoppable> {
  const { process, disk } = deps;
  return startDbProxyServer({
    listen: [{ host: HOST, port }],
    threadNum: 0,
    linkSecurity: linksOf(deps.shape),
    stopGraceMs: 1000,
    storage: { kind: "sqlite", path: disk.path },
    aesKey: DEFAULT_CLIENT_AES_KEY,
    night: DEFAULT_NIGHT,
    // Hashes are made on threads of the runtime, whose time is not the simulation's.
    passwords: { scryptN: 0, maxAddressFailures: 0 },
  }, {
    ...deps,
    openStorage: (_config, { clock }) =>
      Promise.resolve(
        openSqliteStorage({ path: disk.path, clock, driver: disk.driverOf(process) }),
      ),
    onFatal: () => process.kill(),
  });
}

function startLogin(port: number, deps: StartDeps): Promise<Stoppable> {
  return startLoginServer({
    ClientListenIP: [HOST],
    ClientPort: LOOKUP_PORT,
    HttpListenIP: [HOST],
    HttpPort: 8080,
    MsgServerListenIP: [HOST],
    MsgServerPort: port,
    Tls: null,
    Links: linksOf(deps.shape),
    MaxConnCntPerIP: 0,
    msfs: `http://${HOST}:8700/`,
    discovery: `http://${HOST}/api/discovery`,
    MaxClientConnCnt: MAX_LINKS,
    MaxMsgServerConnCnt: MAX_LINKS,
    MaxClientPduBytes: MAX_FRAME_BYTES,
  }, deps);
}

function startRoute(port: number, deps: StartDeps): Promise<Stoppable> {
  return startRouteServer({
    ListenIP: [HOST],
    ListenMsgPort: port,
    Links: linksOf(deps.shape),
    MaxConnCnt: MAX_LINKS,
    MaxPduBytes: MAX_FRAME_BYTES,
  }, deps);
}

function startMsg(port: number, deps: StartDeps): Promise<Stoppable> {
  const dbServers = Array.from(
    { length: deps.shape.dbProxies },
    (_, i) => addressOf("db_proxy", i),
  );
  return startMsgServer({
    ...TEST_MSG_CONFIG,
    listen: clientBindings({ hosts: [HOST], port }, null, "TlsPort"),
    linkSecurity: linksOf(deps.shape),
    linksPerDb: 2,
    // The first half serves logins, the second everything else.
    dbServers: dbServers.length === 1 ? [...dbServers, ...dbServers] : dbServers,
    loginServers: [addressOf("login", 0)],
    routeServers: [addressOf("route", 0)],
    publicIp1: HOST,
    publicIp2: HOST,
    maxConnCnt: MAX_LINKS,
    limits: { newcomers: { max: MAX_LINKS, maxPerAddress: null } },
  }, deps);
}
