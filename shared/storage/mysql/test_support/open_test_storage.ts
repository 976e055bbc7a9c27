/** A storage for one test, on engines that are there already and maybe have data. */
import { ManualClock } from "../../../clock.ts";
import { WatchedLog } from "../../../test_support/watched_log.ts";
import { RETRY_MS } from "../../redis/pool.ts";
import type { DurableTestStorage } from "../../contract/mod.ts";
import type { Storage } from "../../types.ts";
import { openParts } from "../open_parts.ts";
import type { EngineParts, MysqlStorageConfig } from "../parts.ts";
import { mysqlStorageOn } from "../storage.ts";
import type { TestEngines } from "./test_engines.ts";

/** Puts a storage together that owns the parts: it closes them. */
export type BuildStorage = (parts: EngineParts, config: MysqlStorageConfig) => Storage;

export interface TestStorageOptions {
  readonly build?: BuildStorage;
  readonly clock?: ManualClock;
  /** Where sounds are kept; absent = nobody answers there. */
  readonly msfsSite?: string;
}

export interface OpenedStorage extends DurableTestStorage {
  readonly clock: ManualClock;
  readonly log: WatchedLog;
  /** Redis dies with all it has, and the storage has noticed. Only for engines of the test's own. */
  loseRedis(): Promise<void>;
  /** An empty Redis is there, and the storage uses it. */
  bringRedisBack(): Promise<void>;
}

export async function openTestStorage(
  engines: TestEngines,
  { build = mysqlStorageOn, clock = new ManualClock(), msfsSite }: TestStorageOptions = {},
): Promise<OpenedStorage> {
  const config = testConfig(engines, msfsSite);
  const log = new WatchedLog();
  const open = async (): Promise<Storage> =>
    build(await openParts(config, { clock, log: log.logger }), config);
  const storage = await open();
  const poolCount = Object.keys(config.redis).length;
  let last = storage;
  let losses = 0;
  return {
    storage,
    clock,
    log,
    reopen: async () => {
      await last.close();
      last = await open();
      return last;
    },
    loseRedis: async () => {
      await engines.redis.kill();
      losses++;
      await log.logged("Redis pool lost", losses * poolCount);
    },
    bringRedisBack: async () => {
      await engines.redis.restart();
      clock.advance(RETRY_MS);
      await log.logged("Redis pool is back", losses * poolCount);
    },
    [Symbol.asyncDispose]: () => last.close(),
  };
}

/** Where the engines are, as the configuration of a db_proxy_server says it. */
export function testConfig(
  engines: TestEngines,
  msfsSite = "http://127.0.0.1:1",
): MysqlStorageConfig {
  return {
    master: engines.mysqlPool("teamtalk_master"),
    slave: engines.mysqlPool("teamtalk_slave"),
    redis: {
      unread: engines.redisPool("unread"),
      group_set: engines.redisPool("group_set"),
      token: engines.redisPool("token"),
      group_member: engines.redisPool("group_member"),
    },
    msfsSite,
    background: "run",
  };
}
