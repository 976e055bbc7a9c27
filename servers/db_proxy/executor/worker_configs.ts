/** How many workers there are, and what each of them opens. */
import type { DbProxyConfig, MysqlConfig } from "../config.ts";

/** A transaction must not be the only thing that a worker can do. */
const MIN_MASTER_CONNECTIONS = 2;
const MIN_SLAVE_CONNECTIONS = 1;

/**
 * One configuration per worker; none: tasks run on the main thread. The embedded engine has one
 * worker, as all writes go into one file. With MySQL there are `ThreadNum`, but no more than cores
 * besides the one of the network thread, and no more than get their part of the connections: a file
 * of the original asks for 48, where a thread does nothing but wait for one statement.
 */
export function workerConfigs(config: DbProxyConfig, cores: number): readonly DbProxyConfig[] {
  const { threadNum, storage } = config;
  if (threadNum === 0) return [];
  if (storage.kind === "sqlite") return [config];
  const byConnections = Math.floor(storage.master.maxConnections / MIN_MASTER_CONNECTIONS);
  const count = Math.max(1, Math.min(threadNum, cores - 1, byConnections));
  return Array.from({ length: count }, (_, i) => ({
    ...config,
    storage: partOf(storage, count, i === 0 ? storage.background : "leave"),
  }));
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
