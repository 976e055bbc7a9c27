/** A storage whose Redis dies and comes back. */
import { ManualClock } from "../../../clock.ts";
import { WatchedLog } from "../../../test_support/watched_log.ts";
import { RETRY_MS } from "../../redis/pool.ts";
import type { Storage } from "../../types.ts";
import { mysqlStorageOn } from "../storage.ts";
import { openTestStorage } from "./open_test_storage.ts";
import type { TestEngines } from "./test_engines.ts";

/** Pools of a storage, each with a connection of its own. */
const POOLS = 4;

export interface MortalRedis extends AsyncDisposable {
  readonly storage: Storage;
  readonly clock: ManualClock;
  /** Redis dies with all it has, and the storage has noticed. */
  lose(): Promise<void>;
  /** An empty Redis is there, and the storage uses it. */
  bringBack(): Promise<void>;
}

/** @param engines of the test's own */
export async function openMortalRedis(engines: TestEngines): Promise<MortalRedis> {
  const clock = new ManualClock();
  const log = new WatchedLog();
  const build = mysqlStorageOn;
  const opened = await openTestStorage({ engines, build, clock, log: log.logger });
  let losses = 0;
  return {
    storage: opened.storage,
    clock,
    lose: async () => {
      await engines.killRedis();
      losses++;
      await log.logged("Redis pool lost", losses * POOLS);
    },
    bringBack: async () => {
      await engines.restartRedis();
      clock.advance(RETRY_MS);
      await log.logged("Redis pool is back", losses * POOLS);
    },
    [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
  };
}
