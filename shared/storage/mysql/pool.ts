/**
 * A pool of connections to one MySQL or MariaDB server (docs/spec/roles.md 6.2). It starts with
 * {@link MIN_CONNECTIONS} and grows to the configured maximum; whoever finds none free waits, at most
 * {@link MAX_WAITERS} of them and each for {@link ACQUIRE_LIMIT_MS}. A connection that broke is thrown
 * away and the next user gets a new one, so the pool is back as soon as the server is.
 *
 * Values go into statements through `?` only. Numbers are written as they are, texts are escaped for
 * utf8mb4 with backslash escapes, which {@link SESSION_SETTINGS} makes sure of.
 */
import mysql, {
  type PoolConnection,
  type ResultSetHeader,
  type RowDataPacket,
} from "mysql2/promise";
import type { Clock } from "../../clock.ts";
import type { Logger } from "../../log/mod.ts";
import { StorageError } from "../types.ts";
import { isConnectionLost, mysqlError } from "./errors.ts";

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
}

export type SqlValue = number | string | null | readonly (number | string)[];

/** Connections opened at the start, as the original does. */
export const MIN_CONNECTIONS = 2;
/** How long a connection may take to be there or to become free, in milliseconds. */
export const ACQUIRE_LIMIT_MS = 5000;
/** Callers that wait for a connection; further ones are refused. */
export const MAX_WAITERS = 10_000;
/** A statement without an answer for so long breaks its connection, in milliseconds. */
const STATEMENT_LIMIT_MS = 10_000;
/**
 * Strict, so that what does not fit a column is an error and never cut; a lock that is not had
 * within five seconds is an error too.
 */
const SESSION_SETTINGS =
  "SET SESSION sql_mode = 'STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION', innodb_lock_wait_timeout = 5";

export class MysqlPool {
  readonly #config: MysqlPoolConfig;
  readonly #clock: Clock;
  readonly #pool: mysql.Pool;
  #closing: Promise<void> | null = null;

  private constructor(config: MysqlPoolConfig, clock: Clock) {
    this.#config = config;
    this.#clock = clock;
    const { host, port, database, user, password, maxConnections } = config;
    this.#pool = mysql.createPool({
      host,
      port,
      database,
      user,
      password,
      charset: "utf8mb4_bin",
      connectTimeout: ACQUIRE_LIMIT_MS,
      connectionLimit: maxConnections,
      // As many as were opened stay: reconnecting under load would cost more than they do.
      maxIdle: maxConnections,
      queueLimit: MAX_WAITERS,
      multipleStatements: true,
      supportBigNumbers: true,
      stringifyObjects: true,
      enableKeepAlive: true,
    });
    // Queued before anything else on the connection; if it fails the connection is of no use.
    this.#pool.pool.on("connection", (connection) => {
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
    const pool = new MysqlPool(config, clock);
    try {
      const count = Math.min(MIN_CONNECTIONS, config.maxConnections);
      await Promise.all(Array.from({ length: count }, () => pool.#use((one) => one.ping())));
    } catch (cause) {
      await pool.close();
      throw new StorageError(`Cannot use MySQL pool ${pool.description}: ${reasonOf(cause)}`, {
        cause,
      });
    }
    log.info("MySQL pool open", { pool: config.name, at: `${config.host}:${config.port}` });
    return pool;
  }

  /** For messages: name and place, no password. */
  get description(): string {
    const { name, host, port, database, user } = this.#config;
    return `${name} (${user}@${host}:${port}/${database})`;
  }

  /** Rows of one SELECT, as objects. @throws {StorageError} */
  async rows<Row extends object>(sql: string, values: readonly SqlValue[] = []): Promise<Row[]> {
    const [rows] = await this.#use((connection) =>
      connection.query<(Row & RowDataPacket)[]>(statement(sql, values))
    );
    return rows;
  }

  /** The first row, or `null`. @throws {StorageError} */
  async row<Row extends object>(
    sql: string,
    values: readonly SqlValue[] = [],
  ): Promise<Row | null> {
    return (await this.rows<Row>(sql, values))[0] ?? null;
  }

  /** One statement that writes and commits by itself. @throws {StorageError} */
  async run(sql: string, values: readonly SqlValue[] = []): Promise<ResultSetHeader> {
    const [result] = await this.#use((connection) =>
      connection.query<ResultSetHeader>(statement(sql, values))
    );
    return result;
  }

  /**
   * Runs `work` in a transaction: committed when it resolves, rolled back when it rejects.
   * @throws {StorageError} also when the commit was sent and its outcome is not known
   */
  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.#use(async (connection) => {
      await connection.query("START TRANSACTION");
      try {
        const result = await work(new Transaction(connection));
        await connection.query("COMMIT");
        return result;
      } catch (error) {
        if (!isConnectionLost(error)) await connection.query("ROLLBACK");
        throw error;
      }
    });
  }

  /**
   * A whole transaction, `START TRANSACTION` to `COMMIT`, as one text in one round trip. Its values
   * must be part of the text already.
   * @throws {StorageError} as {@link transaction}
   */
  async script(sql: string): Promise<void> {
    await this.#use(async (connection) => {
      try {
        await connection.query({ sql, timeout: STATEMENT_LIMIT_MS });
      } catch (error) {
        if (!isConnectionLost(error)) await connection.query("ROLLBACK");
        throw error;
      }
    });
  }

  /** Ends all connections; statements under way are finished first. May be called twice. */
  close(): Promise<void> {
    this.#closing ??= this.#pool.end();
    return this.#closing;
  }

  async #use<T>(work: (connection: PoolConnection) => Promise<T>): Promise<T> {
    if (this.#closing !== null) throw new StorageError(`MySQL pool ${this.#config.name} is closed`);
    const connection = await this.#acquire();
    try {
      const result = await work(connection);
      connection.release();
      return result;
    } catch (error) {
      if (isConnectionLost(error)) connection.destroy();
      else connection.release();
      throw mysqlError(`Cannot use MySQL pool ${this.#config.name}`, error);
    }
  }

  /** A connection, in time; one that comes too late goes straight back. */
  #acquire(): Promise<PoolConnection> {
    return new Promise((resolve, reject) => {
      let late = false;
      const timer = this.#clock.after(ACQUIRE_LIMIT_MS, () => {
        late = true;
        reject(new StorageError(`No connection of MySQL pool ${this.#config.name} became free`));
      });
      this.#pool.getConnection().then((connection) => {
        timer.cancel();
        if (late) connection.release();
        else resolve(connection);
      }, (error) => {
        timer.cancel();
        reject(mysqlError(`Cannot connect MySQL pool ${this.#config.name}`, error));
      });
    });
  }
}

/** The statements of one transaction. */
export class Transaction {
  readonly #connection: PoolConnection;

  constructor(connection: PoolConnection) {
    this.#connection = connection;
  }

  async rows<Row extends object>(sql: string, values: readonly SqlValue[] = []): Promise<Row[]> {
    const [rows] = await this.#connection.query<(Row & RowDataPacket)[]>(statement(sql, values));
    return rows;
  }

  async row<Row extends object>(
    sql: string,
    values: readonly SqlValue[] = [],
  ): Promise<Row | null> {
    return (await this.rows<Row>(sql, values))[0] ?? null;
  }

  async run(sql: string, values: readonly SqlValue[] = []): Promise<ResultSetHeader> {
    const [result] = await this.#connection.query<ResultSetHeader>(statement(sql, values));
    return result;
  }
}

function statement(sql: string, values: readonly SqlValue[]) {
  return { sql, values: [...values], timeout: STATEMENT_LIMIT_MS };
}

function reasonOf(error: unknown): string {
  const cause = error instanceof StorageError && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message : String(cause);
}
