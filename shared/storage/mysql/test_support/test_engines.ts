/**
 * MariaDB and Redis for tests: a database of its own on the machine's MariaDB (127.0.0.1:3306, user
 * root without a password) or on another one, and a Redis process of its own on a free port, all gone
 * afterwards.
 */
import mysql, { type Connection } from "mysql2/promise";
import type { Redis } from "ioredis";
import type { RedisPoolConfig } from "../../redis/pool.ts";
import { TestRedis } from "../../redis/test_support/test_redis.ts";
import { applyMigrations } from "../migrator.ts";
import type { MysqlPoolConfig } from "../pool.ts";
import { ORIGINAL_TABLES } from "../schema.ts";
import { SchemaDatabase } from "../schema_database.ts";

const HOST = "127.0.0.1";
const USER = { user: "root", password: "" } as const;
/** The machine's MariaDB. */
const USUAL_PORT = 3306;
/** Only a test that fails waits so long; a lock is waited for at most five seconds. */
const WAIT_LIMIT_MS = 4000;

/** Redis database numbers by pool, as the original's installer sets them (docs/spec/storage.md 4). */
const REDIS_DBS = { unread: 1, group_set: 2, sync: 3, token: 4, group_member: 5 } as const;

export type RedisPoolName = keyof typeof REDIS_DBS;

export type TestTables = "original" | "migrated";

export interface TestEnginesOptions {
  /** Where MariaDB is; default: the machine's. */
  readonly mariadbPort?: number;
  /** Options of redis-server, as on its command line. */
  readonly redisOptions?: readonly string[];
}

export class TestEngines implements AsyncDisposable {
  readonly database: string;
  readonly #redis: TestRedis;
  readonly #server: typeof USER & { readonly host: string; readonly port: number };

  private constructor(database: string, redis: TestRedis, port: number) {
    this.database = database;
    this.#redis = redis;
    this.#server = { host: HOST, port, ...USER };
  }

  /** With empty tables: the original's, or those with all additions of this suite as well. */
  static async start(
    tables: TestTables = "original",
    { mariadbPort = USUAL_PORT, redisOptions = [] }: TestEnginesOptions = {},
  ): Promise<TestEngines> {
    const database = `tt_test_${crypto.randomUUID().replaceAll("-", "")}`;
    const engines = new TestEngines(database, await TestRedis.start(...redisOptions), mariadbPort);
    try {
      const originals = Object.values(ORIGINAL_TABLES).join(";");
      await engines.#onServer(`
        CREATE DATABASE ${database} DEFAULT CHARACTER SET utf8 COLLATE utf8_general_ci;
        USE ${database}; ${originals}`);
      if (tables === "migrated") await engines.migrate();
      return engines;
    } catch (error) {
      await engines[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Adds what this suite adds. */
  async migrate(): Promise<void> {
    await using db = await SchemaDatabase.connect(this.mysqlPool());
    await db.use();
    await applyMigrations(db, { now: 0 });
  }

  mysqlPool(name: "teamtalk_master" | "teamtalk_slave" = "teamtalk_master"): MysqlPoolConfig {
    return { name, ...this.#server, database: this.database, maxConnections: 4 };
  }

  redisPool(name: RedisPoolName): RedisPoolConfig {
    return this.#redis.pool(name, REDIS_DBS[name]);
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
    const connection = await mysql.createConnection({ ...this.#server, database: this.database });
    try {
      return await work(connection);
    } finally {
      await connection.end();
    }
  }

  /** Waits until a transaction waits for a lock that another one has. */
  async untilBlocked(): Promise<void> {
    // Tables of information_schema would not do: they stay as they are while somebody reads them.
    await this.#until("a transaction that waits for a lock", async () => {
      const [engine] = await this.sql<{ Status: string }>("SHOW ENGINE INNODB STATUS");
      const waiting = [...engine!.Status.matchAll(/LOCK WAIT.*\n\w+ thread id (\d+)/g)];
      const ours = new Set((await this.#processes()).map(({ id }) => id));
      return waiting.some(([, id]) => ours.has(Number(id)));
    });
  }

  /** Waits until a statement with this text runs. */
  untilRunning(text: string): Promise<void> {
    return this.#until(text, async () => {
      return (await this.#processes()).some(({ info }) => info?.includes(text));
    });
  }

  async #until(what: string, isSo: () => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + WAIT_LIMIT_MS;
    while (!await isSo()) {
      if (Date.now() > deadline) throw new Error(`Waited in vain for ${what}`);
    }
  }

  #processes(): Promise<{ id: number; info: string | null }[]> {
    return this.sql(`
      SELECT id, info FROM information_schema.processlist
      WHERE db = '${this.database}' AND id <> connection_id()`);
  }

  /** A Redis connection past the code under test. */
  withRedis<T>(name: RedisPoolName, work: (redis: Redis) => Promise<T>): Promise<T> {
    return this.#redis.with(REDIS_DBS[name], work);
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
  killRedis(): Promise<void> {
    return this.#redis.kill();
  }

  /** Starts Redis again on the same port, with these options. */
  restartRedis(...options: string[]): Promise<void> {
    return this.#redis.restart(...options);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#redis[Symbol.asyncDispose]();
    await this.#onServer(`DROP DATABASE IF EXISTS ${this.database}`);
  }

  async #onServer(script: string): Promise<void> {
    const connection = await mysql.createConnection({ ...this.#server, multipleStatements: true });
    try {
      await connection.query(script);
    } finally {
      await connection.end();
    }
  }
}
