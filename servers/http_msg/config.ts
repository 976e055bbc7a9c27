/** Configuration of http_msg_server: `httpmsgserver.conf` (docs/spec/roles.md 9). */
import {
  bytes32,
  choice,
  type ClientBinding,
  clientBindings,
  clientTls,
  type ConfigSource,
  defineConfig,
  flag,
  integer,
  ipList,
  loadConfig,
  type LoadOptions,
  optional,
  peerList,
  port,
  secret,
  url,
} from "../../shared/config/mod.ts";
import { type LinkSecurity, linkSecurity } from "../../shared/links/mod.ts";
import type { Address } from "../../shared/netlib/mod.ts";
import { DEFAULT_CLIENT_AES_KEY } from "../../shared/text_cipher.ts";
import type { AdminRole } from "../../shared/storage/management.ts";

export interface HttpMsgConfig {
  readonly listen: readonly ClientBinding[];
  /** How links to the other servers are protected. */
  readonly linkSecurity: LinkSecurity;
  /** Links to each db_proxy_server. */
  readonly linksPerDb: number;
  readonly dbServers: readonly Address[];
  readonly routeServers: readonly Address[];
  /** Where msg_servers register; only asked what clients are told. May be empty. */
  readonly loginServers: readonly Address[];
  readonly query: QueryConfig;
  readonly api: ApiConfig;
}

/** Who may use the original's two calls. */
export interface QueryConfig {
  /** "open": everybody who reaches the port, as with the original. "keys": who has one of the keys. */
  readonly access: "open" | "keys";
  readonly appKeys: readonly string[];
}

export interface ApiConfig {
  /** How long the session of an administrator lasts, in seconds. */
  readonly sessionSec: number;
  /** The user in whose name system messages are sent; 0 for none. */
  readonly systemUserId: number;
  /** The least role that may read messages of users; `null` for nobody. */
  readonly historyRole: Exclude<AdminRole, "read_only"> | null;
  /** Requests of one address per second, on average over ten. */
  readonly requestsPerSecond: number;
  /** Peers whose `X-Forwarded-For` tells where a request comes from. */
  readonly trustedProxies: readonly string[];
  /** Base URL of msfs, for its state; `null` for a suite without one. */
  readonly msfsSite: string | null;
  /** Encodes and decodes texts of messages; the clients' built-in key. */
  readonly aesKey: string;
}

const schema = defineConfig("httpmsgserver.conf", {
  ListenIP: ipList({ default: ["127.0.0.1"] }),
  ListenPort: port({ allowZero: true, default: 8400 }),
  Tls: clientTls("TlsPort"),
  Links: linkSecurity("connects"),
  ConcurrentDBConnCnt: integer({ min: 1, max: 64, default: 2 }),
  DBServer: peerList("DBServerIP", "DBServerPort", { min: 2 }),
  RouteServer: peerList("RouteServerIP", "RouteServerPort"),

  // Keys of ours.
  LoginServer: peerList("LoginServerIP", "LoginServerPort"),
  AppKeys: optional(secret()),
  QueryWithoutKey: optional(flag()),
  SessionHours: integer({ min: 1, max: 720, default: 12 }),
  SystemUserId: integer({ min: 0, max: 0xffffffff, default: 0 }),
  MessageHistory: choice(["off", "owner", "manager"], { default: "off" }),
  MaxRequestsPerSecond: integer({ min: 1, max: 100_000, default: 50 }),
  TrustedProxies: optional(ipList()),
  MsfsSite: optional(url()),
  aesKey: optional(bytes32()),
}, {
  check: ({ AppKeys, QueryWithoutKey }) =>
    AppKeys !== null && QueryWithoutKey === true
      ? ["QueryWithoutKey=1 and AppKeys contradict each other; give one of them"]
      : [],
});

/**
 * Without `AppKeys` and `QueryWithoutKey`, as in a file of the original, the two calls are open to
 * everybody who reaches the port; `onNotice` is then told.
 * @throws {ConfigError} naming file, key, value and what is allowed
 */
export function loadHttpMsgConfig(source: ConfigSource, options: LoadOptions = {}): HttpMsgConfig {
  const file = loadConfig(schema, source, options);
  const appKeys = keysOf(file.AppKeys?.reveal() ?? "");
  const isOpen = appKeys.length === 0 && file.QueryWithoutKey !== false;
  if (isOpen) {
    options.onNotice?.(
      "httpmsgserver.conf: /query/CreateGroup and /query/ChangeMembers are open to everybody who " +
        "reaches the port; set AppKeys, or QueryWithoutKey=0 to refuse both",
    );
  }
  return {
    listen: clientBindings(
      { hosts: file.ListenIP, port: file.ListenPort },
      file.Tls,
      "TlsPort",
    ),
    linkSecurity: file.Links,
    linksPerDb: file.ConcurrentDBConnCnt,
    dbServers: file.DBServer,
    routeServers: file.RouteServer,
    loginServers: file.LoginServer,
    query: { access: isOpen ? "open" : "keys", appKeys },
    api: {
      sessionSec: file.SessionHours * 3600,
      systemUserId: file.SystemUserId,
      historyRole: file.MessageHistory === "off" ? null : file.MessageHistory,
      requestsPerSecond: file.MaxRequestsPerSecond,
      trustedProxies: file.TrustedProxies ?? [],
      msfsSite: file.MsfsSite,
      aesKey: file.aesKey === null
        ? DEFAULT_CLIENT_AES_KEY
        : new TextDecoder().decode(file.aesKey.reveal()),
    },
  };
}

/** Several keys are separated by `;`. */
function keysOf(text: string): readonly string[] {
  return text.split(";").map((key) => key.trim()).filter((key) => key !== "");
}
