/** A Redis that writes everything it does to disk, and whose disk can be taken back in time. */
import { join } from "node:path";
import { Redis } from "ioredis";
import type { RedisPoolConfig } from "../../../shared/storage/redis/pool.ts";
import { ManagedProcess } from "./managed_process.ts";

const HOST = "127.0.0.1";
/** Redis database numbers by pool (docs/spec/storage.md 4). */
const DBS = { unread: 1, group_set: 2, token: 4, group_member: 5 } as const;

export interface RedisPools {
  readonly unread: RedisPoolConfig;
  readonly group_set: RedisPoolConfig;
  readonly token: RedisPoolConfig;
  readonly group_member: RedisPoolConfig;
}

export function redisPools(port: number): RedisPools {
  const pool = (name: keyof typeof DBS): RedisPoolConfig => (
    { name, host: HOST, port, db: DBS[name] }
  );
  return {
    unread: pool("unread"),
    group_set: pool("group_set"),
    token: pool("token"),
    group_member: pool("group_member"),
  };
}

export function redisProcess(dir: string, port: number): ManagedProcess {
  return new ManagedProcess({
    name: "redis",
    command: "redis-server",
    args: [
      ...["--bind", HOST, "--port", String(port), "--dir", dir, "--save", ""],
      ...["--appendonly", "yes", "--appendfsync", "everysec", "--aof-load-truncated", "yes"],
    ],
    ready: () => answers(port),
  });
}

const AOF = "appendonlydir";

/** Forgets everything that is on disk. Redis must not run. */
export async function loseRedisData(dir: string): Promise<void> {
  await Deno.remove(join(dir, AOF), { recursive: true });
}

/** Copies what is on disk now. What that gives puts it back; Redis must then not run. */
export async function snapshotRedis(dir: string): Promise<() => Promise<void>> {
  const copy: [string, Uint8Array][] = [];
  for await (const { name } of Deno.readDir(join(dir, AOF))) {
    copy.push([name, await Deno.readFile(join(dir, AOF, name))]);
  }
  return async () => {
    await loseRedisData(dir);
    await Deno.mkdir(join(dir, AOF));
    for (const [name, data] of copy) await Deno.writeFile(join(dir, AOF, name), data);
  };
}

/** Has Redis do one thing, such as `FLUSHALL`. @throws {Error} when it is away */
export async function commandRedis(
  port: number,
  [name, ...args]: readonly [string, ...string[]],
): Promise<void> {
  const redis = new Redis({ host: HOST, port, lazyConnect: true, retryStrategy: () => null });
  redis.on("error", () => {});
  await redis.connect();
  try {
    await redis.call(name, ...args);
  } finally {
    await redis.quit().catch(() => {/* It has gone meanwhile. */});
  }
}

function answers(port: number): Promise<boolean> {
  return commandRedis(port, ["PING"]).then(() => true, () => false);
}
