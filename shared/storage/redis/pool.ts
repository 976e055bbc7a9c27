/**
 * The connection of one Redis pool (docs/spec/storage.md 4). One is enough: commands of a turn leave
 * together and none blocks another, so the original's `maxconncnt` has no use here.
 *
 * Nothing is kept for a connection that is not there, and nothing is sent twice: a command fails at
 * once while Redis is away, and one whose answer was lost is reported as failed, since a counter must
 * not move twice. Redis is tried again every {@link RETRY_MS}.
 */
import { Redis } from "ioredis";
import { isIP } from "node:net";
import { checkServerIdentity, type PeerCertificate } from "node:tls";
import { type Clock, systemClock, type Timer } from "../../clock.ts";
import type { Logger } from "../../log/mod.ts";
import { authoritiesOf, type EngineTls, tlsDemand } from "../engine_tls.ts";
import { TimeLimit } from "../../time_limit.ts";
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
  /** Absent: not encrypted. */
  readonly tls?: EngineTls;
}

/**
 * How long connecting may take, in milliseconds. More than the original's 200, as an event loop that
 * is busy starting up must not look like a Redis that is away; nobody waits for it but the start.
 */
const CONNECT_LIMIT_MS = 2000;
/** Half of the original's four seconds: service is to be back within five. */
export const RETRY_MS = 2000;
/**
 * Commands without an answer for so long have failed, in milliseconds, and their connection with
 * them: the other side may be gone. The driver's own limits take a timer and half a kilobyte that
 * outlives it for each command.
 */
export const COMMAND_LIMIT_MS = 3000;
/** How long the other side may take to end a connection that is given up, in milliseconds. */
const DISCONNECT_LIMIT_MS = 500;

export interface RedisPoolDeps {
  readonly clock: Clock;
  readonly log: Logger;
  /**
   * For the limit of commands; default: the machine's. Redis takes real time to answer, and a clock
   * that a test lets leap while a command is under way would end the connection.
   */
  readonly limitClock?: Clock;
}

export class RedisPool {
  readonly redis: Redis;
  readonly #config: RedisPoolConfig;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #limit: TimeLimit;
  readonly #reconnected: (() => void)[] = [];
  /** Names of the driver's commands for scripts, by source. */
  readonly #scripts = new Map<string, string>();
  /** Connections that are lost from now on are opened again. */
  #isOpen = false;
  #isLost = false;
  /** What went wrong since the connection was last in order: the first says it all. */
  #failure: string | null = null;
  #retry: Timer | null = null;
  #connecting: Promise<void> | null = null;
  #closing: Promise<void> | null = null;
  #isClosed = false;

  private constructor(
    config: RedisPoolConfig,
    { clock, log, limitClock = systemClock }: RedisPoolDeps,
  ) {
    this.#config = config;
    this.#clock = clock;
    this.#limit = new TimeLimit(limitClock, COMMAND_LIMIT_MS);
    this.#log = log;
    this.redis = new Redis({
      host: config.host,
      port: config.port,
      db: config.db,
      ...(config.password ? { password: config.password } : {}),
      ...(config.tls === undefined ? {} : { tls: tlsOptions(config.tls) }),
      lazyConnect: true,
      connectTimeout: CONNECT_LIMIT_MS,
      disconnectTimeout: DISCONNECT_LIMIT_MS,
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      // Connecting again is done here, with a timer that close() can take back.
      retryStrategy: () => null,
      // A replica that was promoted to master refuses writes on connections from before.
      reconnectOnError: (error) => error.message.startsWith("READONLY"),
    });
    this.redis.on("ready", () => this.#ready());
    this.redis.on("error", (error: Error & RedisCommandError) => {
      // The driver would go on, in database 0.
      if (error.command?.name === "select") this.redis.disconnect();
      this.#failure ??= error.message;
    });
    this.redis.on("end", () => this.#ended());
  }

  /** @throws {StorageError} when Redis cannot be reached, or lacks the database */
  static async open(config: RedisPoolConfig, deps: RedisPoolDeps): Promise<RedisPool> {
    let pool: RedisPool | null = null;
    const { name, host, tls } = config;
    const at = `${host}:${config.port}`;
    try {
      pool = new RedisPool(config, deps);
      await pool.#connect();
    } catch (cause) {
      await pool?.close();
      const said = pool === null ? null : pool.#failure;
      const reason = said ?? (cause instanceof Error ? cause.message : String(cause));
      throw new StorageError(
        `Cannot use Redis pool ${name} (${at}): ${reason}${tlsDemand(tls, host)}`,
        { cause },
      );
    }
    pool.#isOpen = true;
    deps.log.info("Redis pool open", { pool: name, at, ...(tls && { tls: true }) });
    return pool;
  }

  /** Where Redis is: `host:port`. */
  get address(): string {
    return `${this.#config.host}:${this.#config.port}`;
  }

  async #connect(): Promise<void> {
    const limit = this.#beginLimit();
    try {
      await this.redis.connect();
    } finally {
      limit.cancel();
    }
  }

  /** When there is no answer in time the connection is given up, which fails all that wait for one. */
  #beginLimit(): Timer {
    return this.#limit.begin(() => {
      this.redis.stream.destroy(new Error(`no answer within ${COMMAND_LIMIT_MS} ms`));
    });
  }

  #ready(): void {
    this.#failure = null;
    if (!this.#isLost) return;
    this.#isLost = false;
    this.#log.info("Redis pool is back", { pool: this.#config.name });
    for (const listener of this.#reconnected) listener();
  }

  #ended(): void {
    if (!this.#isOpen || this.#closing !== null) return;
    this.#retry = this.#clock.after(RETRY_MS, () => {
      // Its failure comes as an event, and so does the next end.
      this.#connecting = this.#connect().catch(() => {});
    });
    if (this.#isLost) return;
    this.#isLost = true;
    const reason = this.#failure ?? "the connection was closed";
    this.#log.warn("Redis pool lost", { pool: this.#config.name, reason });
  }

  /** `run` is called whenever the connection was lost and is there again. */
  onReconnected(run: () => void): void {
    this.#reconnected.push(run);
  }

  /** Runs commands and turns what Redis or the connection says into a {@link BatchError}. */
  async use<T>(commands: (redis: Redis) => Promise<T>): Promise<T> {
    if (this.#isClosed) throw new BatchError(`Redis pool ${this.#config.name} is closed`);
    const limit = this.#beginLimit();
    try {
      return await commands(this.redis);
    } catch (cause) {
      throw new BatchError(`Cannot use Redis pool ${this.#config.name}`, { cause });
    } finally {
      limit.cancel();
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

  /**
   * Runs a script, which Redis runs as one step. The source is sent once per connection, from then on
   * its hash. `source` is a constant: each one is remembered. The command is on its way when this
   * returns. @throws {BatchError}
   */
  script(
    source: string,
    keys: readonly string[],
    args: readonly (string | number)[],
  ): Promise<unknown> {
    const name = this.#scripts.get(source) ?? this.#define(source);
    return this.use((redis) => (redis as ScriptedRedis)[name]!(keys.length, ...keys, ...args));
  }

  #define(source: string): string {
    const name = `teamtalkScript${this.#scripts.size}`;
    this.redis.defineCommand(name, { lua: source });
    this.#scripts.set(source, name);
    return name;
  }

  /** Ends the connection; commands under way are finished first. May be called twice. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#retry?.cancel();
    await this.#connecting;
    if (this.redis.status !== "end") await this.#quit();
    this.#isClosed = true;
    this.#limit.stop();
  }

  async #quit(): Promise<void> {
    const ended = new Promise((resolve) => this.redis.once("end", resolve));
    const limit = this.#beginLimit();
    try {
      await this.redis.quit();
    } catch {
      // It was not there, or does not answer. Whatever is left of it is let go of now.
      if (this.redis.status !== "end") this.redis.disconnect();
    }
    limit.cancel();
    await ended;
  }
}

/** @throws {CertificateError} when the file of authorities cannot be used */
function tlsOptions(tls: EngineTls) {
  const { serverName } = tls;
  const name = serverName === null ? {} : {
    ...(isIP(serverName) === 0 ? { servername: serverName } : {}),
    checkServerIdentity: (_host: string, certificate: PeerCertificate) =>
      checkServerIdentity(serverName, certificate),
  };
  return { ...authoritiesOf(tls), ...name, rejectUnauthorized: true };
}

/** What `defineCommand` adds: the number of keys, the keys, the arguments. */
type ScriptedRedis = Redis & {
  readonly [name: string]: (count: number, ...values: (string | number)[]) => Promise<unknown>;
};

/** The driver's error about a command that Redis refused. */
interface RedisCommandError {
  readonly command?: { readonly name: string };
}
