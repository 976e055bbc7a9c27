/** `fileserver.conf` (docs/spec/roles.md 7.1). */
import {
  clientLimits,
  clientTls,
  type ConfigOf,
  defineConfig,
  host,
  ignored,
  integer,
  ipList,
  optional,
  port,
  text,
} from "../../shared/config/mod.ts";
import { linkSecurity } from "../../shared/links/mod.ts";

const OUTDATED = "it belongs to an older file_server; ClientListenIP and its kind replaced it";

export const fileSchema = defineConfig("fileserver.conf", {
  ClientListenIP: ipList(),
  ClientListenPort: port({ allowZero: true }),
  /** For clients. */
  Tls: clientTls("ClientTlsPort"),
  MsgServerListenIP: host({ default: "127.0.0.1" }),
  MsgServerListenPort: port({ allowZero: true }),
  /** Seconds without progress after which a transfer under way is cut off. */
  TaskTimeout: integer({ min: 1, max: 86_400, default: 60 }),

  /** Links from msg_servers. */
  Links: linkSecurity("listens"),

  // Keys of ours.
  /** What clients are told to connect to; the addresses listened on when absent. */
  PublicIP: optional(ipList()),
  /** The port that goes with it; the one listened on when absent. */
  PublicPort: optional(port()),
  /** The original's place, in the working directory. */
  StoreDir: text({ default: "offline_file" }),
  /** Seconds until a task that has not begun, or an upload that was cut off, is dropped. */
  WaitTimeout: integer({ min: 1, max: 30 * 86_400, default: 3600 }),
  /** Days until a file that nobody fetched is removed; 0 keeps it. */
  RetentionDays: integer({ min: 0, max: 36_500, default: 7 }),
  /** Hours until a file that was fetched is removed. */
  DownloadedHours: integer({ min: 0, max: 876_000, default: 24 }),
  /** A further file is refused; 0 is no limit but the disk's. */
  MaxStoreMB: integer({ min: 0, max: 1_000_000_000, default: 0 }),
  /** A further client connection is refused. */
  MaxConnCnt: integer({ min: 1, max: 1_000_000, default: 1000 }),
  /** Client connections of one address, and such as have not logged in. */
  Limits: clientLimits({ newcomers: 500, newcomersPerIp: 100 }),
  /** A further msg_server is refused. */
  MaxMsgServerConnCnt: integer({ min: 1, max: 100_000, default: 1000 }),
  /** A further task is refused. */
  MaxTasks: integer({ min: 1, max: 1_000_000, default: 10_000 }),
  /** A further task of the same sender is refused. */
  MaxTasksPerUser: integer({ min: 1, max: 1_000_000, default: 100 }),
  /** A larger PDU closes its connection. Online senders choose the size of their blocks. */
  MaxClientPduBytes: integer({ min: 64 * 1024, max: 16 * 1024 * 1024, default: 1024 * 1024 }),

  Address: ignored(OUTDATED),
  ListenPort: ignored(OUTDATED),
}, { check: portConflicts });

export type FileConfig = ConfigOf<typeof fileSchema>;

interface ListenKeys {
  readonly ClientListenIP: readonly string[];
  readonly ClientListenPort: number;
  readonly MsgServerListenIP: string;
  readonly MsgServerListenPort: number;
}

/** Addresses that stand for all of the machine's. */
export const EVERY_HOST: readonly string[] = ["0.0.0.0", "::"];

function portConflicts(config: ListenKeys): string[] {
  const { ClientListenPort: port, ClientListenIP: hosts, MsgServerListenIP: other } = config;
  if (port === 0 || port !== config.MsgServerListenPort) return [];
  const overlap = hosts.includes(other) ||
    [...hosts, other].some((one) => EVERY_HOST.includes(one));
  if (!overlap) return [];
  return [`ClientListenPort and MsgServerListenPort are both ${port}; give each its own port`];
}
