/**
 * MariaDB and Redis for tests: a database of its own on the machine's MariaDB (127.0.0.1:3306, user
 * root without a password) and a Redis process of its own on a free port, both gone afterwards.
 */
import mysql, { type Connection } from "mysql2/promise";
import { Redis } from "ioredis";
import type { MysqlPoolConfig } from "../pool.ts";
import type { RedisPoolConfig } from "../../redis/pool.ts";
import { ORIGINAL_TABLES } from "../schema.ts";
import { ADDED_TABLES } from "./added_tables.ts";

const HOST = "127.0.0.1";
const SERVER = { host: HOST, port: 3306, user: "root", password: "" } as const;
const REDIS_START_LIMIT_MS = 10_000;

/** Redis database numbers by pool, as the original's installer sets them (docs/spec/storage.md 4). */
const REDIS_DBS = { unread: 1, group_set: 2, sync: 3, token: 4, group_member: 5 } as const;

export type RedisPoolName = keyof typeof REDIS_DBS;

export class TestEngines implements AsyncDisposable {
  readonly database: string;
  readonly redisPort: number;
  #redisProcess: Deno.ChildProcess;

  private constructor(database: string, redisPort: number, redisProcess: Deno.ChildProcess) {
    this.database = database;
    this.redisPort = redisPort;
    this.#redisProcess = redisProcess;
  }

  /** With the original's tables and those that migrations add, all empty. */
  static async start(): Promise<TestEngines> {
    const database = `tt_test_${crypto.randomUUID().replaceAll("-", "")}`;
    const { port, process } = await startRedis();
    const engines = new TestEngines(database, port, process);
    try {
      const tables = Object.values({ ...ORIGINAL_TABLES, ...ADDED_TABLES }).join(";");
      await engines.#onServer(`
        CREATE DATABASE ${database} DEFAULT CHARACTER SET utf8 COLLATE utf8_general_ci;
        USE ${database}; ${tables}`);
      return engines;
    } catch (error) {
      await engines[Symbol.asyncDispose]();
      throw error;
    }
  }

  mysqlPool(name: "teamtalk_master" | "teamtalk_slave" = "teamtalk_master"): MysqlPoolConfig {
    return { name, ...SERVER, database: this.database, maxConnections: 4 };
  }

  redisPool(name: RedisPoolName): RedisPoolConfig {
    return { name, host: HOST, port: this.redisPort, db: REDIS_DBS[name] };
  }

  /** Rows of a statement on the test's database, past the code under test. */
  sql<Row extends object>(statement: string): Promise<Row[]> {
    return this.withSql(async (connection) => {
      const [rows] = await connection.query(statement);
      return rows as Row[];
    });
  }

  /** A MySQL connection past the code under test. */
  async withSql<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    const connection = await mysql.createConnection({ ...SERVER, database: this.database });
    try {
      return await work(connection);
    } finally {
      await connection.end();
    }
  }

  /** A Redis connection past the code under test. */
  async withRedis<T>(name: RedisPoolName, work: (redis: Redis) => Promise<T>): Promise<T> {
    const redis = new Redis({ host: HOST, port: this.redisPort, db: REDIS_DBS[name] });
    try {
      return await work(redis);
    } finally {
      await redis.quit();
    }
  }

  /** Back to empty tables, counting from 1, and an empty Redis. */
  async empty(): Promise<void> {
    const tables = await this.sql<{ name: string; isCounting: number }>(`
      SELECT table_name AS name, auto_increment > 1 AS isCounting FROM information_schema.tables
      WHERE table_schema = '${this.database}'`);
    const statements = tables.flatMap(({ name, isCounting }) => [
      `DELETE FROM ${name}`,
      ...(isCounting ? [`ALTER TABLE ${name} AUTO_INCREMENT = 1`] : []),
    ]);
    await this.#onServer(`USE ${this.database}; ${statements.join(";")}`);
    await this.withRedis("unread", (redis) => redis.flushall());
  }

  /** Redis dies, with everything that was in it. */
  async killRedis(): Promise<void> {
    this.#redisProcess.kill("SIGKILL");
    await this.#redisProcess.status;
  }

  /** Starts Redis again on the same port, empty. */
  async restartRedis(): Promise<void> {
    this.#redisProcess = spawnRedis(this.redisPort);
    if (await answers(this.redisPort, this.#redisProcess)) return;
    throw new Error(`Cannot start redis-server again on port ${this.redisPort}`);
  }

  /** Redis is there and answers nothing, until it continues. */
  pauseRedis(): Disposable {
    const process = this.#redisProcess;
    process.kill("SIGSTOP");
    return { [Symbol.dispose]: () => process.kill("SIGCONT") };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.killRedis();
    await this.#onServer(`DROP DATABASE IF EXISTS ${this.database}`);
  }

  async #onServer(script: string): Promise<void> {
    const connection = await mysql.createConnection({ ...SERVER, multipleStatements: true });
    try {
      await connection.query(script);
    } finally {
      await connection.end();
    }
  }
}

/** A Redis that keeps nothing on disk. */
function spawnRedis(port: number): Deno.ChildProcess {
  return new Deno.Command("redis-server", {
    args: ["--bind", HOST, "--port", String(port), "--save", "", "--appendonly", "no"],
    stdout: "null",
    stderr: "null",
  }).spawn();
}

/** Another process may take the port first; then the next. */
async function startRedis(): Promise<{ port: number; process: Deno.ChildProcess }> {
  for (let tries = 0; tries < 20; tries++) {
    const port = freePort();
    const process = spawnRedis(port);
    if (await answers(port, process)) return { port, process };
    await process.status;
  }
  throw new Error("Cannot start redis-server: no free port was free long enough");
}

function freePort(): number {
  using listener = Deno.listen({ hostname: HOST, port: 0 });
  return (listener.addr as Deno.NetAddr).port;
}

/** Waits until Redis answers, or `false` when the process ended before. */
async function answers(port: number, process: Deno.ChildProcess): Promise<boolean> {
  let ended = false;
  process.status.then(() => ended = true);
  const deadline = Date.now() + REDIS_START_LIMIT_MS;
  while (!ended && Date.now() < deadline) {
    const redis = new Redis({ host: HOST, port, lazyConnect: true, retryStrategy: () => null });
    redis.on("error", () => {});
    try {
      await redis.connect();
      // Whoever got the port instead of us is another process with another id.
      const info = await redis.info("server");
      await redis.quit();
      if (info.includes(`process_id:${process.pid}\r`)) return true;
    } catch {
      // Not yet.
    }
  }
  if (!ended) process.kill("SIGKILL");
  return false;
}
