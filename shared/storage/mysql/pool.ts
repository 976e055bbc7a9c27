/**
 * A pool of connections to one MySQL or MariaDB server (docs/spec/roles.md 6.2). It starts with
 * {@link MIN_CONNECTIONS} and grows to the configured maximum; whoever finds none free waits, at most
 * {@link MAX_WAITERS} of them and each for {@link ACQUIRE_LIMIT_MS}. A connection that broke is thrown
 * away and the next user gets a new one, so the pool is back as soon as the server is; whether one that
 * was idle is broken is found out first (`connection_health.ts`).
 *
 * Values go into statements through `?` only. Numbers are written as they are, texts are escaped for
 * utf8mb4 with backslash escapes, which {@link SESSION_SETTINGS} makes sure of.
 */
import mysql, { type Pool, type PoolConnection, type ResultSetHeader } from "mysql2";
import type { Clock } from "../../clock.ts";
import type { Logger } from "../../log/mod.ts";
import { TimeLimit } from "../../time_limit.ts";
import { type EngineTls, tlsDemand } from "../engine_tls.ts";
import { StorageError } from "../types.ts";
import { BatchError } from "../write_combiner.ts";
import { ConnectionHealth } from "./connection_health.ts";
import { isConnectionLost, isTimeout, mysqlError } from "./errors.ts";
import { connectOptions } from "./tls_options.ts";
import { type SqlValue, STATEMENT_LIMIT_MS, Statements, type Transaction } from "./statements.ts";

export type { SqlValue, Transaction } from "./statements.ts";

export interface MysqlPoolConfig {
  /** As the configuration calls it: `teamtalk_master`. */
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string;
  /** Most connections. */
  readonly maxConnections: number;
  /** Absent: not encrypted. */
  readonly tls?: EngineTls;
}

/** Connections opened at the start, as the original does. */
export const MIN_CONNECTIONS = 2;
/** How long a connection may take to be there or to become free, in milliseconds. */
export const ACQUIRE_LIMIT_MS = 5000;
/** Callers that wait for a connection; further ones are refused. */
export const MAX_WAITERS = 10_000;
/**
 * Strict, so that what does not fit a column is an error and never cut; a lock that is not had
 * within five seconds is an error too, also that of a table. Isolation is said because some servers are set to less.
 */
const SESSION_SETTINGS = `
  SET SESSION sql_mode = 'STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION', innodb_lock_wait_timeout = 5,
    lock_wait_timeout = 5;
  SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ`;

export class MysqlPool {
  readonly #config: MysqlPoolConfig;
  readonly #pool: Pool;
  readonly #acquireLimit: TimeLimit;
  readonly #statementLimit: TimeLimit;
  readonly #health: ConnectionHealth;
  /** What is being done with connections, or waits for one. */
  readonly #uses = new Set<Promise<unknown>>();
  #closing: Promise<void> | null = null;

  private constructor(config: MysqlPoolConfig, clock: Clock) {
    this.#config = config;
    this.#acquireLimit = new TimeLimit(clock, ACQUIRE_LIMIT_MS);
    this.#statementLimit = new TimeLimit(clock, STATEMENT_LIMIT_MS);
    this.#health = new ConnectionHealth(clock);
    const { database, user, password, maxConnections } = config;
    this.#pool = mysql.createPool({
      ...connectOptions(config),
      database,
      user,
      password,
      charset: "utf8mb4_bin",
      connectTimeout: ACQUIRE_LIMIT_MS,
      connectionLimit: maxConnections,
      // As many as were opened stay: reconnecting under load would cost more than they do.
      maxIdle: maxConnections,
      queueLimit: MAX_WAITERS,
      // There are none. By default each connection keeps room for 16,000: half a megabyte.
      maxPreparedStatements: 1,
      multipleStatements: true,
      supportBigNumbers: true,
      // What a sum or coalesce() of numbers is to MySQL; the driver gives texts otherwise.
      decimalNumbers: true,
      // An UPDATE counts the rows it finds, also those that are so already (pitfalls.md P-DB2).
      flags: ["FOUND_ROWS"],
      stringifyObjects: true,
      enableKeepAlive: true,
    });
    // Queued before anything else on the connection; if it fails the connection is of no use.
    this.#pool.on("connection", (connection) => {
      connection.query(SESSION_SETTINGS, (error) => {
        if (error !== null) connection.destroy();
      });
    });
  }

  /** @throws {StorageError} when the server cannot be reached or refuses user or database */
  static async open(
    config: MysqlPoolConfig,
    { clock, log }: { readonly clock: Clock; readonly log: Logger },
  ): Promise<MysqlPool> {
    let pool: MysqlPool | null = null;
    try {
      const opened = pool = new MysqlPool(config, clock);
      const count = Math.min(MIN_CONNECTIONS, config.maxConnections);
      await Promise.all(Array.from({ length: count }, () => opened.rows("SELECT 1")));
    } catch (cause) {
      await pool?.close();
      const reason = reasonOf(cause) + tlsDemand(config.tls, config.host);
      throw new StorageError(`Cannot use MySQL pool ${descriptionOf(config)}: ${reason}`, {
        cause,
      });
    }
    const at = `${config.host}:${config.port}`;
    log.info("MySQL pool open", { pool: config.name, at, ...(config.tls && { tls: true }) });
    return pool;
  }

  get name(): string {
    return this.#config.name;
  }

  /** Where the server is: `host:port`. */
  get address(): string {
    return `${this.#config.host}:${this.#config.port}`;
  }

  /** For messages: name and place, no password. */
  get description(): string {
    return descriptionOf(this.#config);
  }

  /** Rows of one SELECT, as objects. @throws {StorageError} */
  rows<Row extends object>(sql: string, values?: readonly SqlValue[]): Promise<Row[]> {
    return this.#use((statements) => statements.rows<Row>(sql, values));
  }

  /** The first row, or `null`. @throws {StorageError} */
  row<Row extends object>(sql: string, values?: readonly SqlValue[]): Promise<Row | null> {
    return this.#use((statements) => statements.row<Row>(sql, values));
  }

  /** One statement that writes and commits by itself. @throws {StorageError} */
  run(sql: string, values?: readonly SqlValue[]): Promise<ResultSetHeader> {
    return this.#use((statements) => statements.run(sql, values));
  }

  /**
   * Runs `work` in a transaction: committed when it resolves, rolled back when it rejects.
   * @throws {StorageError} also when the commit was sent and its outcome is not known
   */
  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.#use((statements) =>
      orRollBack(statements, async () => {
        await statements.script("START TRANSACTION");
        const result = await work(statements);
        await statements.script("COMMIT");
        return result;
      })
    );
  }

  /**
   * A whole transaction, `START TRANSACTION` to `COMMIT`, as one text in one round trip. Its values
   * must be part of the text already.
   * @throws {StorageError} as {@link transaction}
   */
  script(sql: string): Promise<void> {
    return this.#use((statements) => orRollBack(statements, () => statements.script(sql)));
  }

  /** Ends all connections; what was begun before is finished first. May be called twice. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await Promise.allSettled(this.#uses);
    this.#acquireLimit.stop();
    this.#statementLimit.stop();
    this.#health.stop();
    await new Promise<void>((resolve, reject) => {
      this.#pool.end((error) => error === null || error === undefined ? resolve() : reject(error));
    });
  }

  async #use<T>(work: (statements: Statements) => Promise<T>): Promise<T> {
    if (this.#closing !== null) throw new StorageError(`MySQL pool ${this.#config.name} is closed`);
    const use = this.#onConnection(work);
    this.#uses.add(use);
    try {
      return await use;
    } finally {
      this.#uses.delete(use);
    }
  }

  async #onConnection<T>(work: (statements: Statements) => Promise<T>): Promise<T> {
    const connection = await this.#alive();
    try {
      const result = await work(new Statements(connection, this.#statementLimit));
      this.#release(connection);
      return result;
    } catch (error) {
      if (isTimeout(error)) {
        this.#health.broke();
        this.#kill(connection.threadId);
      }
      if (isConnectionLost(error)) connection.destroy();
      else this.#release(connection);
      throw mysqlError(`Cannot use MySQL pool ${this.#config.name}`, error);
    }
  }

  /**
   * The server would go on with a text that nobody waits for any more, and commit it. That it is
   * stopped is not certain: it may have been at its end, or out of reach.
   */
  #kill(threadId: number | null): void {
    if (threadId === null) return;
    this.run(`KILL ${threadId}`).catch(() => {/* Maybe it is gone, or out of reach. */});
  }

  #release(connection: PoolConnection): void {
    this.#health.answered(connection);
    connection.release();
  }

  /** A connection that works, as far as one can know. */
  async #alive(): Promise<PoolConnection> {
    for (;;) {
      const connection = await this.#acquire();
      const isAlive = this.#health.isAlive(connection);
      if (isAlive === true || await isAlive) return connection;
      connection.destroy();
    }
  }

  /** A connection, in time; one that comes too late goes straight back. */
  #acquire(): Promise<PoolConnection> {
    return new Promise((resolve, reject) => {
      let late = false;
      const timer = this.#acquireLimit.begin(() => {
        late = true;
        reject(new BatchError(`No connection of MySQL pool ${this.#config.name} became free`));
      });
      this.#pool.getConnection((error, connection) => {
        timer.cancel();
        if (error !== null) {
          const message = `Cannot connect MySQL pool ${this.#config.name}`;
          reject(new BatchError(message, { cause: error }));
        } else if (late) connection.release();
        else resolve(connection);
      });
    });
  }
}

/** A connection that is lost needs no rollback: the server does it. */
async function orRollBack<T>(statements: Statements, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isConnectionLost(error)) await statements.script("ROLLBACK");
    throw error;
  }
}

function descriptionOf({ name, host, port, database, user }: MysqlPoolConfig): string {
  return `${name} (${user}@${host}:${port}/${database})`;
}

function reasonOf(error: unknown): string {
  const cause = error instanceof StorageError && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message : String(cause);
}
