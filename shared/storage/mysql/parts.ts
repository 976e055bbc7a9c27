/** What the domains of the engine share: connections, clock and log. */
import type { Clock } from "../../clock.ts";
import type { Logger } from "../../log/mod.ts";
import type { RedisPool, RedisPoolConfig } from "../redis/pool.ts";
import type { MysqlPool, MysqlPoolConfig } from "./pool.ts";

/** Redis pools by the names of the original's configuration (docs/spec/storage.md 4). */
export interface RedisPools {
  /** Unread counters, message id counters, sync marks. */
  readonly unread: RedisPool;
  /** Who shields a group. */
  readonly group_set: RedisPool;
  /** Device tokens. */
  readonly token: RedisPool;
  /** Members of groups. */
  readonly group_member: RedisPool;
}

export interface EngineParts {
  /** For writes and for reads that must see them. */
  readonly master: MysqlPool;
  /** For reads that may be a little behind. */
  readonly slave: MysqlPool;
  readonly redis: RedisPools;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Where the data is. Plain values, as it crosses to a worker. */
export interface MysqlStorageConfig {
  readonly master: MysqlPoolConfig;
  readonly slave: MysqlPoolConfig;
  readonly redis: Readonly<Record<keyof RedisPools, RedisPoolConfig>>;
  /** Base URL of msfs, where sounds are kept. */
  readonly msfsSite: string;
  /** What msfs asks for with an upload, if it does. */
  readonly msfsUploadSecret?: string;
  /** Whether IMUser keeps the MD5 that servers of the original check, beside the scrypt hash. */
  readonly keepLegacyHash: boolean;
  /** Whether this one does what one of those on the same data has to do now and then. */
  readonly background: "run" | "leave";
}
