/** Configuration of db_proxy_server: `dbproxyserver.conf` (docs/spec/roles.md 6.1). */
import {
  bytes32,
  choice,
  type ConfigOf,
  type ConfigSource,
  defineConfig,
  flag,
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
  value,
} from "../../shared/config/mod.ts";
import { type LinkSecurity, linkSecurity } from "../../shared/links/mod.ts";
import { MSFS_SITE_ALLOWED, parseMsfsSite } from "../../shared/msfs/mod.ts";
import type { Address } from "../../shared/netlib/mod.ts";
import { DEFAULT_SCRYPT_N, SCRYPT_N_CHOICES } from "../../shared/password.ts";
import type { EngineTls } from "../../shared/storage/engine_tls.ts";
import type { MysqlStorageConfig } from "../../shared/storage/mysql/mod.ts";
import { DEFAULT_MAX_ADDRESS_FAILURES } from "./state/login_failures.ts";
import { DEFAULT_NIGHT, isTimeZone, type NightHours } from "./state/night.ts";

export interface DbProxyConfig {
  readonly listen: readonly Address[];
  /** Links from msg_servers and http_msg_servers. */
  readonly linkSecurity: LinkSecurity;
  /** Deno workers for tasks, at most; 0 runs them on the main thread (`executor/worker_configs.ts`). */
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
  readonly passwords: PasswordConfig;
}

export interface PasswordConfig {
  /** Cost of new scrypt hashes (`shared/password.ts`). */
  readonly scryptN: number;
  /** Failed logins per client address and half an hour, for any name; 0 = no limit. */
  readonly maxAddressFailures: number;
}

/**
 * Where the data is. Crosses to the workers by structured clone, so it holds plain values only, with
 * them the passwords of the servers: it is never logged as a whole.
 */
export type StorageConfig = SqliteConfig | MysqlConfig;

export interface SqliteConfig {
  readonly kind: "sqlite";
  /** Database file, or `:memory:`. */
  readonly path: string;
}

export interface MysqlConfig extends MysqlStorageConfig {
  readonly kind: "mysql";
}

/** Many times the round trip of any network that servers share. */
const STOP_GRACE_MS = 250;
/** Name of the embedded engine's file in the data directory. */
export const DATABASE_FILE = "teamtalk.db";

const MYSQL_POOLS = ["teamtalk_master", "teamtalk_slave"] as const;
/** The original also has `sync`, opens it and uses it for nothing (docs/spec/storage.md 4). */
const REDIS_POOLS = ["unread", "group_set", "token", "group_member"] as const;

const poolMembers = {
  host: host(),
  maxconncnt: integer({ min: 1, max: 1000, default: 16 }),
  tls: flag({ default: false }),
  cafile: optional(text()),
  tlsname: optional(host()),
};

const schema = defineConfig("dbproxyserver.conf", {
  ListenIP: ipList({ default: ["127.0.0.1"] }),
  ListenPort: port({ allowZero: true, default: 10600 }),
  Links: linkSecurity("listens"),
  ThreadNum: integer({ min: 0, max: 256, default: 1 }),
  Storage: choice(["sqlite", "mysql"], { default: "mysql" }),
  DataDir: text({ default: "data" }),
  MsfsSite: value({
    default: "http://127.0.0.1:8700/",
    allowed: MSFS_SITE_ALLOWED,
    parse: (site) => parseMsfsSite(site)?.href,
  }),
  MsfsUploadSecret: optional(secret()),
  DBInstances: optional(pools({
    needs: MYSQL_POOLS,
    members: {
      ...poolMembers,
      port: port({ default: 3306 }),
      dbname: text(),
      username: text(),
      password: secret({ default: "" }),
    },
  })),
  CacheInstances: optional(pools({
    needs: REDIS_POOLS,
    members: {
      ...poolMembers,
      port: port({ default: 6379 }),
      db: integer({ min: 0, max: 1_000_000, default: 0 }),
      password: secret({ default: "" }),
    },
  })),
  NightBeginHour: integer({ min: 0, max: 23, default: DEFAULT_NIGHT.beginHour }),
  NightEndHour: integer({ min: 0, max: 23, default: DEFAULT_NIGHT.endHour }),
  TimeZone: optional(text()),
  KeepLegacyHash: choice(["yes", "no"], { default: "yes" }),
  PasswordCost: choice(SCRYPT_N_CHOICES.map(String) as [string, ...string[]], {
    default: String(DEFAULT_SCRYPT_N),
  }),
  MaxLoginFailuresPerAddress: integer({
    min: 0,
    max: 1_000_000,
    default: DEFAULT_MAX_ADDRESS_FAILURES,
  }),
  aesKey: bytes32(),
}, {
  check: ({ Storage, DBInstances, CacheInstances, TimeZone }) => [
    ...(Storage === "mysql" && DBInstances === null
      ? [missingPools("DBInstances", MYSQL_POOLS)]
      : []),
    ...(Storage === "mysql" && CacheInstances === null
      ? [missingPools("CacheInstances", REDIS_POOLS)]
      : []),
    ...needlessTls(DBInstances),
    ...needlessTls(CacheInstances),
    ...(TimeZone !== null && !isTimeZone(TimeZone)
      ? [`TimeZone "${TimeZone}" is not allowed; allowed: a name like Asia/Shanghai or UTC`]
      : []),
  ],
});

interface TlsMembers {
  readonly tls: boolean;
  readonly cafile: string | null;
  readonly tlsname: string | null;
}

/** Who names an authority expects a connection that is encrypted. */
function needlessTls(pools: Readonly<Record<string, TlsMembers>> | null): string[] {
  return Object.entries(pools ?? {}).flatMap(([pool, { tls, cafile, tlsname }]) => {
    if (tls || (cafile === null && tlsname === null)) return [];
    const key = `${pool}_${cafile === null ? "tlsname" : "cafile"}`;
    return [`${key} is set, but ${pool}_tls is not 1; allowed: both, or neither`];
  });
}

function engineTls({ tls, cafile, tlsname }: TlsMembers): { readonly tls?: EngineTls } {
  return tls ? { tls: { caFile: cafile, serverName: tlsname } } : {};
}

type ConfigFile = ConfigOf<typeof schema>;

/** @throws {ConfigError} naming file, key, value and what is allowed */
export function loadDbProxyConfig(source: ConfigSource, options?: LoadOptions): DbProxyConfig {
  const file = loadConfig(schema, source, options);
  return {
    listen: file.ListenIP.map((ip) => ({ host: ip, port: file.ListenPort })),
    linkSecurity: file.Links,
    threadNum: file.ThreadNum,
    stopGraceMs: STOP_GRACE_MS,
    storage: storageConfig(file),
    aesKey: new TextDecoder().decode(file.aesKey.reveal()),
    night: {
      beginHour: file.NightBeginHour,
      endHour: file.NightEndHour,
      timeZone: file.TimeZone,
    },
    passwords: {
      scryptN: Number(file.PasswordCost),
      maxAddressFailures: file.MaxLoginFailuresPerAddress,
    },
  };
}

/** What people may read: without user and password. */
export function describeStorage(config: StorageConfig): string {
  if (config.kind === "sqlite") return config.path;
  const { master, redis } = config;
  return `MySQL ${master.host}:${master.port}/${master.database}, ` +
    `Redis ${redis.unread.host}:${redis.unread.port}`;
}

function missingPools(key: string, names: readonly string[]): string {
  return `${key} is missing, which Storage=mysql needs (as it is without that key); ` +
    `allowed: names separated by commas, among them ${names.join(", ")}`;
}

function storageConfig(file: ConfigFile): StorageConfig {
  const { DBInstances: mysql, CacheInstances: redis } = file;
  if (file.Storage === "sqlite" || mysql === null || redis === null) {
    return { kind: "sqlite", path: `${file.DataDir}/${DATABASE_FILE}` };
  }
  return {
    kind: "mysql",
    master: mysqlPool(mysql, "teamtalk_master"),
    slave: mysqlPool(mysql, "teamtalk_slave"),
    redis: {
      unread: redisPool(redis, "unread"),
      group_set: redisPool(redis, "group_set"),
      token: redisPool(redis, "token"),
      group_member: redisPool(redis, "group_member"),
    },
    msfsSite: file.MsfsSite,
    ...(file.MsfsUploadSecret === null ? {} : { msfsUploadSecret: file.MsfsUploadSecret.reveal() }),
    keepLegacyHash: file.KeepLegacyHash === "yes",
    background: "run",
  };
}

function mysqlPool(
  pools: NonNullable<ConfigFile["DBInstances"]>,
  name: typeof MYSQL_POOLS[number],
): MysqlStorageConfig["master"] {
  const { host, port, dbname, username, password, maxconncnt } = pools[name];
  return {
    name,
    host,
    port,
    database: dbname,
    user: username,
    password: password.reveal(),
    maxConnections: maxconncnt,
    ...engineTls(pools[name]),
  };
}

function redisPool(
  pools: NonNullable<ConfigFile["CacheInstances"]>,
  name: typeof REDIS_POOLS[number],
): MysqlStorageConfig["redis"]["unread"] {
  const { host, port, db, password } = pools[name];
  return { name, host, port, db, password: password.reveal(), ...engineTls(pools[name]) };
}
