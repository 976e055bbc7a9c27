/** How many workers there are, and what each of them opens. */
import type { DbProxyConfig, MysqlConfig } from "../config.ts";

/** A transaction must not be the only thing that a thread can do. */
const MIN_MASTER_CONNECTIONS = 2;
const MIN_SLAVE_CONNECTIONS = 1;

/**
 * One configuration per worker; none: tasks run on the main thread. The embedded engine has one
 * worker, as all writes go into one file. With MySQL there are `ThreadNum`, but no more than cores
 * besides the one of the network thread, and no more than get their part of the connections: a file
 * of the original asks for 48, where a thread does nothing but wait for one statement. If that leaves
 * one, there is none: it would wait for MySQL and Redis most of its time, which the main thread can do
 * as well, and each trip between the two costs more than the little that there is to work out.
 */
export function workerConfigs(config: DbProxyConfig, cores: number): readonly DbProxyConfig[] {
  const { threadNum, storage } = config;
  if (threadNum === 0) return [];
  if (storage.kind === "sqlite") return [config];
  const byConnections = Math.floor(storage.master.maxConnections / MIN_MASTER_CONNECTIONS);
  const count = Math.min(threadNum, cores - 1, byConnections);
  if (count <= 1) return [];
  return Array.from({ length: count }, (_, i) => ({
    ...config,
    storage: partOf(storage, count, i === 0 ? storage.background : "leave"),
  }));
}

/** What the main thread opens when there are no workers. */
export function mainThreadConfig(config: DbProxyConfig): DbProxyConfig {
  const { storage } = config;
  if (storage.kind === "sqlite") return config;
  return { ...config, storage: partOf(storage, 1, storage.background) };
}

function partOf(
  { master, slave, ...storage }: MysqlConfig,
  count: number,
  background: MysqlConfig["background"],
): MysqlConfig {
  const part = (whole: number, atLeast: number): number =>
    Math.max(atLeast, Math.floor(whole / count));
  return {
    ...storage,
    master: { ...master, maxConnections: part(master.maxConnections, MIN_MASTER_CONNECTIONS) },
    slave: { ...slave, maxConnections: part(slave.maxConnections, MIN_SLAVE_CONNECTIONS) },
    background,
  };
}
