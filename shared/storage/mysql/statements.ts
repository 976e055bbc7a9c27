/**
 * The statements of one use of a connection, each with its time limit. The driver's own promises are
 * not used: they take a stack trace for every statement, which costs more than most of the rest.
 */
import type { PoolConnection, ResultSetHeader, RowDataPacket } from "mysql2";
import type { TimeLimit } from "../../time_limit.ts";

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
  readonly #limit: TimeLimit;

  /** @param limit of {@link STATEMENT_LIMIT_MS} */
  constructor(connection: PoolConnection, limit: TimeLimit) {
    this.#connection = connection;
    this.#limit = limit;
  }

  /** Rows of one SELECT, as objects. */
  rows<Row extends object>(sql: string, values: readonly SqlValue[] = []): Promise<Row[]> {
    return this.#inTime<(Row & RowDataPacket)[]>(sql, values);
  }

  /** The first row, or `null`. */
  async row<Row extends object>(
    sql: string,
    values: readonly SqlValue[] = [],
  ): Promise<Row | null> {
    return (await this.rows<Row>(sql, values))[0] ?? null;
  }

  /** One statement that writes. */
  run(sql: string, values: readonly SqlValue[] = []): Promise<ResultSetHeader> {
    return this.#inTime<ResultSetHeader>(sql, values);
  }

  /** Statements whose values are part of the text already. */
  async script(sql: string): Promise<void> {
    await this.#inTime<ResultSetHeader>(sql, []);
  }

  /** The driver's own limit would leave its timer behind when the connection breaks first. */
  #inTime<T extends ResultSetHeader | RowDataPacket[]>(
    sql: string,
    values: readonly SqlValue[],
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      const timer = this.#limit.begin(() => reject(new StatementTimeout()));
      const answered = (error: Error | null, result: T): void => {
        timer.cancel();
        if (error === null) resolve(result);
        else reject(error);
      };
      // With values, even none, the driver looks through the whole text for their places.
      if (values.length === 0) this.#connection.query<T>(sql, answered);
      else this.#connection.query<T>(sql, [...values], answered);
    });
  }
}

/** What the work of a transaction may do. */
export type Transaction = Pick<Statements, "rows" | "row" | "run">;
