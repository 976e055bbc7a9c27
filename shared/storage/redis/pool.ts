/**
 * The connection of one Redis pool (docs/spec/storage.md 4). One is enough: commands of a turn leave
 * together and none blocks another, so the original's `maxconncnt` has no use here.
 *
 * Nothing is kept for a connection that is not there, and nothing is sent twice: a command fails at
 * once while Redis is away, and one whose answer was lost is reported as failed, since a counter must
 * not move twice. Redis is tried again every {@link RETRY_MS}.
 */
import { Redis } from "ioredis";
import type { Logger } from "../../log/mod.ts";
import { StorageError } from "../types.ts";
import { BatchError } from "../write_combiner.ts";

export interface RedisPoolConfig {
  /** As the configuration calls it: `unread`. */
  readonly name: string;
  readonly host: string;
  readonly port: number;
  /** Number of the Redis database. */
  readonly db: number;
  /** Of Redis' default user; absent or empty: Redis asks for none, as the original expects. */
  readonly password?: string;
}

/** How long connecting may take, as in the original, in milliseconds. */
const CONNECT_LIMIT_MS = 200;
/** Half of the original's four seconds: service is to be back within five. */
const RETRY_MS = 2000;
/** A command without an answer for so long has failed, in milliseconds. */
const COMMAND_LIMIT_MS = 3000;

export class RedisPool {
  readonly redis: Redis;
  readonly #name: string;
  readonly #reconnected: (() => void)[] = [];

  private constructor(config: RedisPoolConfig, log: Logger) {
    this.#name = config.name;
    let isOpen = false;
    let isWarned = false;
    this.redis = new Redis({
      host: config.host,
      port: config.port,
      db: config.db,
      ...(config.password ? { password: config.password } : {}),
      lazyConnect: true,
      connectTimeout: CONNECT_LIMIT_MS,
      commandTimeout: COMMAND_LIMIT_MS,
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: 0,
      retryStrategy: () => (isOpen ? RETRY_MS : null),
      // A replica that was promoted to master refuses writes on connections from before.
      reconnectOnError: (error) => error.message.startsWith("READONLY"),
    });
    this.redis.on("ready", () => {
      if (isOpen) {
        log.info("Redis pool is back", { pool: config.name });
        for (const listener of this.#reconnected) listener();
      }
      isOpen = true;
      isWarned = false;
    });
    // Every failed try has its error; the first says it all.
    this.redis.on("error", (error: Error) => {
      if (!isOpen || isWarned) return;
      isWarned = true;
      log.warn("Redis pool lost", { pool: config.name, reason: error.message });
    });
  }

  /** @throws {StorageError} when Redis cannot be reached */
  static async open(config: RedisPoolConfig, log: Logger): Promise<RedisPool> {
    const pool = new RedisPool(config, log);
    try {
      await pool.redis.connect();
    } catch (cause) {
      pool.redis.disconnect();
      const place = `${config.host}:${config.port}`;
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new StorageError(`Cannot use Redis pool ${config.name} (${place}): ${reason}`, {
        cause,
      });
    }
    log.info("Redis pool open", { pool: config.name, at: `${config.host}:${config.port}` });
    return pool;
  }

  /** `run` is called whenever the connection was lost and is there again. */
  onReconnected(run: () => void): void {
    this.#reconnected.push(run);
  }

  /** Runs commands and turns what Redis or the connection says into a {@link BatchError}. */
  async use<T>(commands: (redis: Redis) => Promise<T>): Promise<T> {
    try {
      return await commands(this.redis);
    } catch (cause) {
      throw new BatchError(`Cannot use Redis pool ${this.#name}`, { cause });
    }
  }

  /** Commands in one round trip; their answers in order. @throws {BatchError} when one fails */
  pipeline<T = unknown>(
    commands: readonly (readonly [string, ...(string | number)[]])[],
  ): Promise<T[]> {
    if (commands.length === 0) return Promise.resolve([]);
    return this.use(async (redis) => {
      const answers = await redis.pipeline(commands.map((command) => [...command])).exec() ?? [];
      return answers.map(([error, answer]) => {
        if (error !== null) throw error;
        return answer as T;
      });
    });
  }

  /** Runs a script, which Redis runs as one step. @throws {BatchError} */
  script(
    source: string,
    keys: readonly string[],
    args: readonly (string | number)[],
  ): Promise<unknown> {
    return this.use((redis) => redis.eval(source, keys.length, ...keys, ...args));
  }

  /** Ends the connection; commands under way are finished first. */
  async close(): Promise<void> {
    try {
      await this.redis.quit();
    } catch {
      // It was not there. Whatever is left of it is let go of now.
      this.redis.disconnect();
    }
  }
}
