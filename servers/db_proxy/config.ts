/** Configuration of db_proxy_server: `dbproxyserver.conf` (docs/spec/roles.md 6.1). */
import {
  bytes32,
  choice,
  type ConfigSource,
  defineConfig,
  host,
  integer,
  ipList,
  loadConfig,
  type LoadOptions,
  optional,
  pools,
  port,
  secret,
  text,
} from "../../shared/config/mod.ts";
import type { Address } from "../../shared/netlib/mod.ts";
import { DEFAULT_NIGHT, isTimeZone, type NightHours } from "./state/night.ts";

export interface DbProxyConfig {
  readonly listen: readonly Address[];
  /** Deno workers for tasks; 0 runs them on the main thread. */
  readonly threadNum: number;
  readonly storage: StorageConfig;
  /**
   * How long a stopping server goes on reading after it has told its peers to stop sending: what
   * they sent until they knew is still served (docs/spec/flows.md 22). Milliseconds.
   */
  readonly stopGraceMs: number;
  /** Encodes the label of audio messages; the clients' built-in key. */
  readonly aesKey: string;
  /** When shielded iPhones get no pushes. */
  readonly night: NightHours;
}

/** Where the data is. Crosses to the worker by structured clone, so it holds plain values only. */
export interface StorageConfig {
  readonly kind: "sqlite";
  /** Database file, or `:memory:`. */
  readonly path: string;
}

/** Many times the round trip of any network that servers share. */
const STOP_GRACE_MS = 250;
/** Name of the embedded engine's file in the data directory. */
export const DATABASE_FILE = "teamtalk.db";

const poolMembers = { host: host(), maxconncnt: integer({ min: 1, max: 1000, default: 16 }) };

const schema = defineConfig("dbproxyserver.conf", {
  ListenIP: ipList({ default: ["127.0.0.1"] }),
  ListenPort: port({ allowZero: true, default: 10600 }),
  ThreadNum: integer({ min: 0, max: 256, default: 1 }),
  Storage: choice(["sqlite", "mysql"], { default: "mysql" }),
  DataDir: text({ default: "data" }),
  MsfsSite: text({ default: "http://127.0.0.1:8700" }),
  DBInstances: optional(pools({
    needs: ["teamtalk_master", "teamtalk_slave"],
    members: {
      ...poolMembers,
      port: port({ default: 3306 }),
      dbname: text(),
      username: text(),
      password: secret({ default: "" }),
    },
  })),
  CacheInstances: optional(pools({
    needs: ["unread", "group_set", "token", "group_member"],
    members: {
      ...poolMembers,
      port: port({ default: 6379 }),
      db: integer({ min: 0, max: 1_000_000, default: 0 }),
    },
  })),
  NightBeginHour: integer({ min: 0, max: 23, default: DEFAULT_NIGHT.beginHour }),
  NightEndHour: integer({ min: 0, max: 23, default: DEFAULT_NIGHT.endHour }),
  TimeZone: optional(text()),
  aesKey: bytes32(),
}, {
  check: ({ Storage, TimeZone }) => [
    ...(Storage === "mysql"
      ? ["Storage=mysql is not available in this release; allowed: Storage=sqlite"]
      : []),
    ...(TimeZone !== null && !isTimeZone(TimeZone)
      ? [`TimeZone "${TimeZone}" is not allowed; allowed: a name like Asia/Shanghai or UTC`]
      : []),
  ],
});

/** @throws {ConfigError} naming file, key, value and what is allowed */
export function loadDbProxyConfig(source: ConfigSource, options?: LoadOptions): DbProxyConfig {
  const file = loadConfig(schema, source, options);
  return {
    listen: file.ListenIP.map((ip) => ({ host: ip, port: file.ListenPort })),
    threadNum: file.ThreadNum,
    stopGraceMs: STOP_GRACE_MS,
    storage: { kind: "sqlite", path: `${file.DataDir}/${DATABASE_FILE}` },
    aesKey: new TextDecoder().decode(file.aesKey.reveal()),
    night: {
      beginHour: file.NightBeginHour,
      endHour: file.NightEndHour,
      timeZone: file.TimeZone,
    },
  };
}
