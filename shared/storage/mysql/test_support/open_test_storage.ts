/** A storage for one test, on engines that are there already and maybe have data. */
import { type Clock, ManualClock } from "../../../clock.ts";
import { type Logger, silentLogger } from "../../../log/mod.ts";
import { openParts } from "../open_parts.ts";
import type { EngineParts, MysqlStorageConfig } from "../parts.ts";
import type { TestEngines } from "./test_engines.ts";

/** A whole storage, or as much of one as the test needs. */
interface Closable {
  close(): Promise<void>;
}

/** Builds a storage that owns the parts: it closes them. */
export type BuildStorage<S extends Closable> = (
  parts: EngineParts,
  config: MysqlStorageConfig,
) => S;

export interface TestStorageOptions<S extends Closable> {
  readonly engines: TestEngines;
  readonly build: BuildStorage<S>;
  readonly clock?: Clock;
  readonly log?: Logger;
  /** Where sounds are kept; absent = nobody answers there. */
  readonly msfsSite?: string;
}

export interface OpenedStorage<S> extends AsyncDisposable {
  readonly storage: S;
  /** Closes the storage that was opened last and opens it again with its data. */
  reopen(): Promise<S>;
}

export async function openTestStorage<S extends Closable>(
  options: TestStorageOptions<S>,
): Promise<OpenedStorage<S>> {
  const { engines, build, clock = new ManualClock(), log = silentLogger } = options;
  const config = testConfig(engines, options.msfsSite);
  const open = async (): Promise<S> => build(await openParts(config, { clock, log }), config);
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
  msfsSite = "http://127.0.0.1:1/",
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
    keepLegacyHash: true,
    background: "leave",
  };
}
