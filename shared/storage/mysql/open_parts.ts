/** Opens the connections of the engine; all of them, or none. */
import { RedisPool, type RedisPoolConfig } from "../redis/pool.ts";
import type { EngineParts, MysqlStorageConfig, RedisPools } from "./parts.ts";
import { MysqlPool } from "./pool.ts";

interface Closable {
  close(): Promise<void>;
}

/** @throws {StorageError} naming the pool that cannot be used; what was opened is closed again */
export async function openParts(
  config: MysqlStorageConfig,
  { clock, log }: Pick<EngineParts, "clock" | "log">,
): Promise<EngineParts> {
  const opened: Closable[] = [];
  const keep = async <T extends Closable>(opening: Promise<T>): Promise<T> => {
    const one = await opening;
    opened.push(one);
    return one;
  };
  const redis = (pool: RedisPoolConfig) => keep(RedisPool.open(pool, { clock, log }));
  const opening = [
    keep(MysqlPool.open(config.master, { clock, log })),
    keep(MysqlPool.open(config.slave, { clock, log })),
    redis(config.redis.unread),
    redis(config.redis.group_set),
    redis(config.redis.token),
    redis(config.redis.group_member),
  ] as const;
  try {
    const [master, slave, unread, group_set, token, group_member] = await Promise.all(opening);
    return { master, slave, redis: { unread, group_set, token, group_member }, clock, log };
  } catch (error) {
    await Promise.allSettled(opening);
    await Promise.all(opened.map((one) => one.close()));
    throw error;
  }
}

/** Ends all connections; statements under way are finished first. */
export async function closeParts({ master, slave, redis }: EngineParts): Promise<void> {
  const pools: readonly (keyof RedisPools)[] = ["unread", "group_set", "token", "group_member"];
  await Promise.all([
    master.close(),
    slave.close(),
    ...pools.map((name) => redis[name].close()),
  ]);
}
