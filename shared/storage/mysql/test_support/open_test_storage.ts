/** A storage for one test, on engines that are there already and maybe have data. */
import { type Clock, ManualClock } from "../../../clock.ts";
import { type Logger, silentLogger } from "../../../log/mod.ts";
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
  readonly clock?: Clock;
  readonly log?: Logger;
  /** Where sounds are kept; absent = nobody answers there. */
  readonly msfsSite?: string;
}

export async function openTestStorage(
  engines: TestEngines,
  options: TestStorageOptions = {},
): Promise<DurableTestStorage> {
  const { build = mysqlStorageOn, clock = new ManualClock(), log = silentLogger, msfsSite } =
    options;
  const config = testConfig(engines, msfsSite);
  const open = async (): Promise<Storage> => build(await openParts(config, { clock, log }), config);
  const storage = await open();
  let last = storage;
  return {
    storage,
    reopen: async () => {
      await last.close();
      last = await open();
      return last;
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
