/** `loginserver.conf` (docs/spec/roles.md 3.1). */
import {
  clientTls,
  type ConfigOf,
  connectionsPerIp,
  defineConfig,
  ignored,
  integer,
  ipList,
  port,
  url,
} from "../../shared/config/mod.ts";
import { linkSecurity } from "../../shared/links/mod.ts";

const NO_REGISTRY = "registration in etcd is not part of this release";

export const loginSchema = defineConfig("loginserver.conf", {
  ClientListenIP: ipList(),
  ClientPort: port({ allowZero: true }),
  HttpListenIP: ipList(),
  HttpPort: port({ allowZero: true }),
  /** For clients. */
  Tls: clientTls("ClientTlsPort", "HttpTlsPort"),
  MsgServerListenIP: ipList({ default: ["127.0.0.1"] }),
  MsgServerPort: port({ allowZero: true }),
  /** Handed to clients as it stands, as the place for uploads. */
  msfs: url(),
  /** Handed to clients as it stands, as the place of the discovery list. */
  discovery: url(),

  /** Links from msg_servers. */
  Links: linkSecurity("listens"),

  // Keys of ours. What happens at each limit: a further link is refused, a larger PDU closes its
  // link.
  MaxConnCntPerIP: connectionsPerIp(),
  MaxClientConnCnt: integer({ min: 1, max: 1_000_000, default: 10_000 }),
  MaxMsgServerConnCnt: integer({ min: 1, max: 100_000, default: 1000 }),
  MaxClientPduBytes: integer({ min: 16, max: 1024 * 1024, default: 64 * 1024 }),

  // Keys of the later fork's etcd variant (docs/spec/roles.md 3.6).
  RegisterCenterIp: ignored(NO_REGISTRY),
  RegisterCenterPort: ignored(NO_REGISTRY),
  ServiceId: ignored(NO_REGISTRY),
  ServiceDir: ignored(NO_REGISTRY),
  HostIp: ignored(NO_REGISTRY),
  RegisterTTL: ignored(NO_REGISTRY),
}, { check: portConflicts });

export type LoginConfig = ConfigOf<typeof loginSchema>;

interface ListenKeys {
  readonly ClientListenIP: readonly string[];
  readonly ClientPort: number;
  readonly HttpListenIP: readonly string[];
  readonly HttpPort: number;
  readonly MsgServerListenIP: readonly string[];
  readonly MsgServerPort: number;
}

/** The later fork ships the HTTP port as the client port too, which cannot work. */
function portConflicts(config: ListenKeys): string[] {
  const listeners = [
    { key: "ClientPort", port: config.ClientPort, hosts: config.ClientListenIP },
    { key: "HttpPort", port: config.HttpPort, hosts: config.HttpListenIP },
    { key: "MsgServerPort", port: config.MsgServerPort, hosts: config.MsgServerListenIP },
  ];
  const problems: string[] = [];
  for (const [index, one] of listeners.entries()) {
    for (const other of listeners.slice(index + 1)) {
      if (one.port === 0 || one.port !== other.port || !overlap(one.hosts, other.hosts)) continue;
      problems.push(`${one.key} and ${other.key} are both ${one.port}; give each its own port`);
    }
  }
  return problems;
}

const EVERY_HOST: readonly string[] = ["0.0.0.0", "::"];

function overlap(ones: readonly string[], others: readonly string[]): boolean {
  return [...ones, ...others].some((host) => EVERY_HOST.includes(host)) ||
    ones.some((host) => others.includes(host));
}
