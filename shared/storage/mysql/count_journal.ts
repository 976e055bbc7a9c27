/**
 * What is committed and may not be counted yet (table TTUncounted, a migration). A message and its
 * unread counter are in two servers, so the transaction of a batch also writes down what the batch
 * adds to counters: one row per writer, which the next batch overwrites. Whoever starts after a crash
 * counts what it finds there; Redis knows the last number of each writer, so nothing is added twice.
 *
 * The row tells, too, what became of a transaction whose answer was lost. Asking moves the number on,
 * and a transaction with a number that was passed fails: what was given up is not stored later.
 */
import { isMissingTable } from "./errors.ts";
import type { EngineParts } from "./parts.ts";

export const UNCOUNTED_TABLE = "TTUncounted";

export const UNCOUNTED_STATEMENT = `CREATE TABLE IF NOT EXISTS ${UNCOUNTED_TABLE} (
  writer varchar(64) NOT NULL,
  number bigint unsigned NOT NULL,
  messages mediumtext NOT NULL,
  PRIMARY KEY (writer)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin`;

/** One stored message: who has one more to read. */
export interface CountedMessage {
  readonly isGroup: boolean;
  readonly fromId: number;
  /** User id, or group id. */
  readonly toId: number;
}

/** What one transaction adds. Numbers of a writer ascend. */
export interface CountedBatch {
  readonly number: number;
  readonly messages: readonly CountedMessage[];
}

/** What some writer left. */
export interface Leftover {
  readonly writer: string;
  readonly number: number;
  readonly batches: readonly CountedBatch[];
}

interface Row {
  readonly writer: string;
  readonly number: number;
  readonly messages: string;
}

export class CountJournal {
  readonly #master: EngineParts["master"];
  readonly #writer: string;
  #isThere: Promise<boolean> | null = null;

  constructor(master: EngineParts["master"], writer: string) {
    this.#master = master;
    this.#writer = writer;
  }

  /** Whether the database has the table; without it nothing is written down. @throws {StorageError} */
  isThere(): Promise<boolean> {
    const asked = this.#isThere ??= this.#ask();
    // A server that is away is asked again.
    asked.catch(() => this.#isThere = null);
    return asked;
  }

  /**
   * The statement that begins the transaction of the last of these batches; the others are committed
   * and wait to be counted. It fails when a later number was written.
   */
  statement(batches: readonly CountedBatch[]): string {
    const { number } = batches[batches.length - 1]!;
    const messages = JSON.stringify(batches.map((batch) => [
      batch.number,
      batch.messages.map(({ isGroup, fromId, toId }) => [isGroup ? 1 : 0, fromId, toId]),
    ]));
    // An unsigned number below zero is an error: that ends the transaction.
    return `INSERT INTO ${UNCOUNTED_TABLE} (writer, number, messages)
      VALUES ('${this.#writer}', ${number}, '${messages}')
      ON DUPLICATE KEY UPDATE messages = VALUES(messages),
        number = VALUES(number) - IF(VALUES(number) > number, 0, VALUES(number) + 1)`;
  }

  /**
   * The number of the last batch that was committed; 0: none, or it was counted by somebody else.
   * Earlier ones than `fence` cannot be committed any more. When the answer is lost it may be asked
   * again with a later fence: the list of messages still ends with the batch that brought it.
   * @throws {StorageError}
   */
  async lastCommitted(fence: number): Promise<number> {
    return await this.#master.transaction(async (tx) => {
      const row = await tx.row<Pick<Row, "messages">>(
        `SELECT messages FROM ${UNCOUNTED_TABLE} WHERE writer = ? FOR UPDATE`,
        [this.#writer],
      );
      await tx.run(
        `INSERT INTO ${UNCOUNTED_TABLE} (writer, number, messages) VALUES (?, ?, '[]')
         ON DUPLICATE KEY UPDATE number = VALUES(number)`,
        [this.#writer, fence],
      );
      return row === null ? 0 : batchesIn(row.messages).at(-1)?.number ?? 0;
    });
  }

  /** What others left, and maybe are about to count themselves. @throws {StorageError} */
  async leftovers(): Promise<Leftover[]> {
    const rows = await this.#master.rows<Row>(
      `SELECT writer, number, messages FROM ${UNCOUNTED_TABLE} WHERE writer <> ?`,
      [this.#writer],
    );
    return rows.map(({ writer, number, messages }) => ({
      writer,
      number,
      batches: batchesIn(messages),
    }));
  }

  /** It is counted. Nothing happens when its writer has gone on meanwhile. @throws {StorageError} */
  async remove({ writer, number }: Pick<Leftover, "writer" | "number">): Promise<void> {
    await this.#master.run(
      `DELETE FROM ${UNCOUNTED_TABLE} WHERE writer = ? AND number = ?`,
      [writer, number],
    );
  }

  /** The writer ends and has counted everything. @throws {StorageError} */
  async end(): Promise<void> {
    await this.#master.run(`DELETE FROM ${UNCOUNTED_TABLE} WHERE writer = ?`, [this.#writer]);
  }

  async #ask(): Promise<boolean> {
    try {
      await this.#master.rows(`SELECT number FROM ${UNCOUNTED_TABLE} LIMIT 0`);
      return true;
    } catch (error) {
      if (isMissingTable(error)) return false;
      throw error;
    }
  }
}

/** What the column `messages` says, as {@link CountJournal.statement} writes it. */
function batchesIn(text: string): CountedBatch[] {
  return (JSON.parse(text) as [number, [number, number, number][]][]).map((batch) => ({
    number: batch[0],
    messages: batch[1].map(([isGroup, fromId, toId]) => ({ isGroup: isGroup === 1, fromId, toId })),
  }));
}
