/** `msfs.conf` (docs/spec/roles.md 8). */
import {
  choice,
  clientTls,
  type ConfigOf,
  connectionsPerIp,
  defineConfig,
  ignored,
  integer,
  ipList,
  optional,
  port,
  secret,
  text,
  url,
} from "../../shared/config/mod.ts";

const NO_POOLS = "there are no thread pools here; MaxUploads and MaxDownloads limit the work";
const MIB = 1024 * 1024;

export const msfsSchema = defineConfig("msfs.conf", {
  ListenIP: ipList(),
  ListenPort: port({ allowZero: true }),
  Tls: clientTls("TlsPort"),
  /** Root of the stored files; also where uploads are collected before they are stored elsewhere. */
  BaseDir: text(),
  /** The counter of files starts here when fewer are found. Never written back. */
  FileCnt: integer({ min: 0, max: 1e12, default: 0 }),
  FilesPerDir: integer({ min: 1, max: 10_000_000, default: 30_000 }),
  GetThreadCount: ignored(NO_POOLS),
  PostThreadCount: ignored(NO_POOLS),

  // Keys of ours. What happens at each limit is said in conf/msfs.conf and docs/operating.md.
  /** Uploads need it when it is set. */
  UploadSecret: optional(secret()),
  /** Of the whole request, as in the original. */
  MaxUploadBytes: integer({ min: 1024, max: 1024 * MIB, default: 10 * MIB }),
  MaxUploads: integer({ min: 1, max: 100_000, default: 256 }),
  /** Connections at the TLS port. */
  MaxConnCnt: integer({ min: 1, max: 1_000_000, default: 10_000 }),
  /** Of one address: connections at the TLS port, uploads under way, downloads under way. */
  MaxConnCntPerIP: connectionsPerIp(),
  MaxDownloads: integer({ min: 1, max: 100_000, default: 1024 }),
  /** Per address; 0 = no limit. */
  MaxUploadsPerMinute: integer({ min: 0, max: 1_000_000, default: 0 }),
  MinFreeMiB: integer({ min: 0, max: 1e9, default: 100 }),
  /** In front of the path in an upload's answer; absent = `http://` and the Host header. */
  PublicUrl: optional(url()),

  Store: choice(["disk", "s3"], { default: "disk" }),
  S3Endpoint: optional(url()),
  S3Region: text({ default: "us-east-1" }),
  S3Bucket: optional(text({
    pattern: /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
    allowed: "the name of a bucket",
  })),
  /** In front of each key. */
  S3Prefix: optional(text({
    pattern: /^[\w.-]+(\/[\w.-]+)*\/?$/,
    allowed: "a path of letters, digits, _ . and -",
  })),
  S3AccessKey: optional(text()),
  S3SecretKey: optional(secret()),
}, { check: s3Problems });

export type MsfsConfig = ConfigOf<typeof msfsSchema>;

interface S3Keys {
  readonly Store: "disk" | "s3";
  readonly S3Endpoint: unknown;
  readonly S3Bucket: unknown;
  readonly S3AccessKey: unknown;
  readonly S3SecretKey: unknown;
}

function s3Problems(config: S3Keys): string[] {
  if (config.Store !== "s3") return [];
  const needed = ["S3Endpoint", "S3Bucket", "S3AccessKey", "S3SecretKey"] as const;
  return needed.filter((key) => config[key] === null)
    .map((key) => `${key} is missing or empty; Store=s3 needs it`);
}
