/**
 * One connection for looking at tables and changing them: `deno task migrate` and the doctor. Unlike
 * the pools of the engine it sets no limit to a statement, as a key on a large table takes as long as
 * it takes; what it waits for is a table that others hold, and that at most
 * {@link TABLE_LOCK_LIMIT_SEC}, since everybody after it would wait as well.
 */
import mysql, { type Connection, type RowDataPacket } from "mysql2/promise";
import { tlsDemand } from "../engine_tls.ts";
import { StorageError } from "../types.ts";
import { ACQUIRE_LIMIT_MS, type MysqlPoolConfig, type SqlValue } from "./pool.ts";
import { connectOptions } from "./tls_options.ts";

/** How long a change waits for transactions that use its table, in seconds. */
const TABLE_LOCK_LIMIT_SEC = 10;

/** An index of a table. */
export interface TableIndex {
  readonly isUnique: boolean;
  readonly columns: readonly string[];
}

export class SchemaDatabase implements AsyncDisposable {
  readonly #connection: Connection;
  readonly #config: MysqlPoolConfig;

  private constructor(connection: Connection, config: MysqlPoolConfig) {
    this.#connection = connection;
    this.#config = config;
  }

  /**
   * Connects to the server; the database need not exist, see {@link use}.
   * @throws {StorageError} when the server cannot be reached or refuses the user
   */
  static async connect(config: MysqlPoolConfig): Promise<SchemaDatabase> {
    const { host, port, user, password, tls } = config;
    let connection: Connection | null = null;
    try {
      connection = await mysql.createConnection({
        ...connectOptions(config),
        user,
        password,
        charset: "utf8mb4_bin",
        connectTimeout: ACQUIRE_LIMIT_MS,
        supportBigNumbers: true,
      });
      await connection.query(`SET SESSION lock_wait_timeout = ${TABLE_LOCK_LIMIT_SEC}`);
      return new SchemaDatabase(connection, config);
    } catch (cause) {
      await connection?.end();
      const place = `${user}@${host}:${port}${tlsDemand(tls, host)}`;
      throw new StorageError(`Cannot connect to MySQL ${place}`, { cause });
    }
  }

  /** For messages. */
  get description(): string {
    const { host, port, database } = this.#config;
    return `${database} on ${host}:${port}`;
  }

  /** Whether the database exists, as far as the user may know; if so all else works on it. */
  async use(): Promise<boolean> {
    const { database } = this.#config;
    const found = await this.rows(
      "SELECT 1 FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = ?",
      [database],
    );
    if (found.length === 0) return false;
    await this.run(`USE ${mysql.escapeId(database, true)}`);
    return true;
  }

  /** Makes the database, with the character set of the original's (docs/spec/storage.md 1). */
  async create(): Promise<void> {
    const name = mysql.escapeId(this.#config.database, true);
    await this.run(
      `CREATE DATABASE IF NOT EXISTS ${name} DEFAULT CHARACTER SET utf8 COLLATE utf8_general_ci`,
    );
    await this.run(`USE ${name}`);
  }

  /** The server's version as it tells it. */
  async version(): Promise<string> {
    const [row] = await this.rows<{ version: string }>("SELECT VERSION() AS version");
    return row!.version;
  }

  /** Names of the tables in small letters, as some servers keep them so. */
  async tables(): Promise<ReadonlySet<string>> {
    const rows = await this.rows<{ name: string }>(
      "SELECT TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE()",
    );
    return new Set(rows.map(({ name }) => name.toLowerCase()));
  }

  /** Indexes by table, its name in small letters. */
  async indexes(): Promise<ReadonlyMap<string, readonly TableIndex[]>> {
    const rows = await this.rows<IndexRow>(`
      SELECT TABLE_NAME AS name, INDEX_NAME AS keyName, NON_UNIQUE AS nonUnique,
        GROUP_CONCAT(COLUMN_NAME ORDER BY SEQ_IN_INDEX) AS columns
      FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE()
      GROUP BY TABLE_NAME, INDEX_NAME, NON_UNIQUE`);
    const byTable = new Map<string, TableIndex[]>();
    for (const { name, nonUnique, columns } of rows) {
      const indexes = byTable.get(name.toLowerCase()) ?? [];
      indexes.push({ isUnique: Number(nonUnique) === 0, columns: columns.split(",") });
      byTable.set(name.toLowerCase(), indexes);
    }
    return byTable;
  }

  /** Rows of one SELECT. @throws {StorageError} */
  async rows<Row extends object>(
    sql: string,
    values: readonly SqlValue[] = [],
  ): Promise<readonly Row[]> {
    try {
      const [rows] = await this.#connection.query<(Row & RowDataPacket)[]>(sql, [...values]);
      return rows;
    } catch (cause) {
      throw new StorageError(`Cannot read database ${this.description}`, { cause });
    }
  }

  /** One statement that changes something. @throws {StorageError} */
  async run(sql: string, values: readonly SqlValue[] = []): Promise<void> {
    try {
      await this.#connection.query(sql, [...values]);
    } catch (cause) {
      const [firstLine = ""] = sql.trim().split("\n");
      throw new StorageError(`Cannot change database ${this.description} with '${firstLine}'`, {
        cause,
      });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#connection.end();
  }
}

interface IndexRow {
  readonly name: string;
  readonly keyName: string;
  readonly nonUnique: number;
  readonly columns: string;
}
