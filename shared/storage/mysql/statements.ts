/** The statements of one use of a connection, each with its time limit. */
import type { PoolConnection, ResultSetHeader, RowDataPacket } from "mysql2/promise";
import type { Clock } from "../../clock.ts";

export type SqlValue = number | string | null | readonly (number | string)[];

/** A statement without an answer for so long has failed, and its connection with it. */
export const STATEMENT_LIMIT_MS = 10_000;

/** As the driver's errors of a broken connection. */
export class StatementTimeout extends Error {
  override readonly name = "StatementTimeout";
  readonly fatal = true;

  constructor() {
    super(`No answer within ${STATEMENT_LIMIT_MS / 1000} seconds`);
  }
}

export class Statements {
  readonly #connection: PoolConnection;
  readonly #clock: Clock;

  constructor(connection: PoolConnection, clock: Clock) {
    this.#connection = connection;
    this.#clock = clock;
  }

  /** Rows of one SELECT, as objects. */
  async rows<Row extends object>(sql: string, values: readonly SqlValue[] = []): Promise<Row[]> {
    const [rows] = await this.#inTime(
      this.#connection.query<(Row & RowDataPacket)[]>(sql, [...values]),
    );
    return rows;
  }

  /** The first row, or `null`. */
  async row<Row extends object>(
    sql: string,
    values: readonly SqlValue[] = [],
  ): Promise<Row | null> {
    return (await this.rows<Row>(sql, values))[0] ?? null;
  }

  /** One statement that writes. */
  async run(sql: string, values: readonly SqlValue[] = []): Promise<ResultSetHeader> {
    const [result] = await this.#inTime(
      this.#connection.query<ResultSetHeader>(sql, [...values]),
    );
    return result;
  }

  /** Statements whose values are part of the text already. */
  async script(sql: string): Promise<void> {
    await this.#inTime(this.#connection.query(sql));
  }

  /** The driver's own limit would leave its timer behind when the connection breaks first. */
  #inTime<T>(answer: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const timer = this.#clock.after(STATEMENT_LIMIT_MS, () => reject(new StatementTimeout()));
      answer.then(resolve, reject).finally(() => timer.cancel());
    });
  }
}

/** What the work of a transaction may do. */
export type Transaction = Pick<Statements, "rows" | "row" | "run">;
