/** Configuration of msg_server: `msgserver.conf` (docs/spec/roles.md 4.1). */
import {
  bytes32,
  choice,
  type ClientBinding,
  clientBindings,
  type ClientLimits,
  clientLimits,
  clientTls,
  type ConfigSource,
  defineConfig,
  host,
  integer,
  ipList,
  loadConfig,
  type LoadOptions,
  optional,
  peerList,
  port,
} from "../../shared/config/mod.ts";
import { type LinkSecurity, linkSecurity } from "../../shared/links/mod.ts";
import type { Address } from "../../shared/netlib/mod.ts";

export interface MsgConfig {
  readonly listen: readonly ClientBinding[];
  /** How links to the other servers are protected. */
  readonly linkSecurity: LinkSecurity;
  /** Links to each db_proxy_server. */
  readonly linksPerDb: number;
  readonly dbServers: readonly Address[];
  readonly loginServers: readonly Address[];
  readonly routeServers: readonly Address[];
  /** Without one file requests are refused. */
  readonly fileServers: readonly Address[];
  /** Without one nothing is pushed to phones. */
  readonly pushServers: readonly Address[];
  /** Addresses that login_server hands out to clients. */
  readonly publicIp1: string;
  readonly publicIp2: string;
  /** Logged-in connections at most; further logins are refused. */
  readonly maxConnCnt: number;
  /** Connections of one address, and such as have not logged in. */
  readonly limits: ClientLimits;
  /** Messages per second and connection before reading from it pauses; 0 = no limit. */
  readonly maxMsgPerSecond: number;
  /** As that, for all other commands but acks and heartbeats. */
  readonly maxRequestsPerSecond: number;
  /** Whether db_proxy_server is told where a login comes from, in field 100 of 0x0703. */
  readonly tellClientAddress: boolean;
  /** How long the answer to a wrong password waits, so that guessing is slow. Milliseconds. */
  readonly loginFailureDelayMs: number;
  /** Decodes the texts that pushes quote; the clients' built-in key. */
  readonly aesKey: string;
}

/** A person does not mind it, and clients wait 15 s for a login. */
const LOGIN_FAILURE_DELAY_MS = 500;

const schema = defineConfig("msgserver.conf", {
  ListenIP: ipList({ default: ["0.0.0.0"] }),
  ListenPort: port({ allowZero: true }),
  Tls: clientTls("TlsPort"),
  Links: linkSecurity("connects"),
  ConcurrentDBConnCnt: integer({ min: 1, max: 64, default: 10 }),
  DBServer: peerList("DBServerIP", "DBServerPort", { min: 2 }),
  LoginServer: peerList("LoginServerIP", "LoginServerPort"),
  RouteServer: peerList("RouteServerIP", "RouteServerPort"),
  PushServer: peerList("PushServerIP", "PushServerPort"),
  FileServer: peerList("FileServerIP", "FileServerPort"),
  IpAddr1: host(),
  IpAddr2: optional(host()),
  MaxConnCnt: integer({ min: 1, max: 1_000_000 }),
  Limits: clientLimits({ newcomers: 4096, newcomersPerIp: 1024 }),
  MaxMsgPerSecond: integer({ min: 0, max: 1_000_000, default: 20 }),
  MaxRequestsPerSecond: integer({ min: 0, max: 1_000_000, default: 100 }),
  TellClientAddress: choice(["yes", "no"], { default: "no" }),
  aesKey: bytes32(),
});

/** @throws {ConfigError} naming file, key, value and what is allowed */
export function loadMsgConfig(source: ConfigSource, options?: LoadOptions): MsgConfig {
  const file = loadConfig(schema, source, options);
  return {
    listen: clientBindings(
      { hosts: file.ListenIP, port: file.ListenPort },
      file.Tls,
      "TlsPort",
    ),
    linkSecurity: file.Links,
    linksPerDb: file.ConcurrentDBConnCnt,
    dbServers: file.DBServer,
    loginServers: file.LoginServer,
    routeServers: file.RouteServer,
    fileServers: file.FileServer,
    pushServers: file.PushServer,
    publicIp1: file.IpAddr1,
    publicIp2: file.IpAddr2 ?? file.IpAddr1,
    maxConnCnt: file.MaxConnCnt,
    limits: file.Limits,
    maxMsgPerSecond: file.MaxMsgPerSecond,
    maxRequestsPerSecond: file.MaxRequestsPerSecond,
    tellClientAddress: file.TellClientAddress === "yes",
    loginFailureDelayMs: LOGIN_FAILURE_DELAY_MS,
    aesKey: new TextDecoder().decode(file.aesKey.reveal()),
  };
}
