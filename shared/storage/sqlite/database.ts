/**
 * One connection with its kept statements, its transactions and the rules that keep what is
 * remembered in memory true.
 *
 * Every write is a closure. The combiner hands over up to {@link MAX_BATCH} of them, which run in
 * order inside one transaction. Domains may keep {@link Memory}: caches, and changes of the running
 * transaction that are written late so that many of them cost one statement. `flush` is called
 * before anything else looks at the tables and before the commit; `forget` after a rollback and
 * when `PRAGMA data_version` says that another connection, maybe of another process, wrote to the
 * file.
 */
import type { DatabaseSync } from "node:sqlite";
import type { Clock } from "../../clock.ts";
import { StorageError } from "../types.ts";
import { BatchError, WriteCombiner } from "../write_combiner.ts";
import { Statement } from "./statement.ts";

/**
 * Most writes in one transaction. More gain little and make the others wait, as measured
 * (docs/performance.md).
 */
export const MAX_BATCH = 200;
/** Most writes that wait; further ones are refused. Half a second of work. */
const MAX_WAITING = 20_000;

export interface Memory {
  /** Writes the changes that are still only in memory. */
  flush(): void;
  /** Drops everything, unwritten changes too. */
  forget(): void;
}

type Op = () => unknown;

export class Database {
  readonly #db: DatabaseSync;
  readonly #combiner: WriteCombiner<Op, unknown>;
  readonly #memories: Memory[] = [];
  readonly #begin: Statement<object>;
  readonly #beginImmediate: Statement<object>;
  readonly #commit: Statement<object>;
  readonly #dataVersion: Statement<{ data_version: number }>;
  #seenVersion = -1;
  #closing: Promise<void> | null = null;

  constructor(db: DatabaseSync, clock: Clock) {
    this.#db = db;
    this.#begin = this.prepare("BEGIN");
    this.#beginImmediate = this.prepare("BEGIN IMMEDIATE");
    this.#commit = this.prepare("COMMIT");
    this.#dataVersion = this.prepare("PRAGMA data_version");
    this.#combiner = new WriteCombiner<Op, unknown>({
      commit: (batch) => this.#runBatch(batch),
      clock,
      maxBatch: MAX_BATCH,
      maxWaiting: MAX_WAITING,
    });
  }

  prepare<Row extends object>(sql: string): Statement<Row> {
    return new Statement<Row>(this.#db.prepare(sql));
  }

  remember(memory: Memory): void {
    this.#memories.push(memory);
  }

  /** Runs `query` in a read transaction: all its statements see the same state. */
  // deno-lint-ignore require-await -- async turns a throw into a rejection
  async read<T>(query: () => T): Promise<T> {
    this.#assertOpen();
    try {
      this.#begin.run();
      this.#forgetIfChanged();
      const result = query();
      this.#commit.run();
      return result;
    } catch (cause) {
      this.#rollback();
      throw new StorageError("Cannot read from the database", { cause });
    }
  }

  /**
   * Runs `op` in a write transaction, maybe together with others. It must be able to run twice,
   * must return a refusal before its first change, and finds all earlier writes in the tables.
   */
  write<T>(op: () => T): Promise<T> {
    return this.writeCombined(() => {
      this.flush();
      return op();
    });
  }

  /** As {@link write}, for an `op` that looks at the tables through {@link Memory} only. */
  async writeCombined<T>(op: () => T): Promise<T> {
    this.#assertOpen();
    return await this.#combiner.submit(op) as T;
  }

  flush(): void {
    for (const memory of this.#memories) memory.flush();
  }

  /** Commits what was submitted, moves the WAL into the file and closes. May be called twice. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await this.#combiner.drain();
    try {
      this.#db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    } catch {
      // Disk full or another process reads: the WAL stays and is read at the next opening.
    }
    this.#db.close();
  }

  #runBatch(batch: readonly Op[]): readonly unknown[] {
    try {
      this.#beginImmediate.run();
    } catch (cause) {
      throw new BatchError("Cannot begin a transaction", { cause });
    }
    try {
      this.#forgetIfChanged();
      const results = batch.map((op) => op());
      this.flush();
      this.#commit.run();
      return results;
    } catch (cause) {
      this.#rollback();
      throw new StorageError("Cannot write to the database", { cause });
    }
  }

  #forgetIfChanged(): void {
    const version = this.#dataVersion.get()!.data_version;
    if (version === this.#seenVersion) return;
    this.#seenVersion = version;
    this.#forget();
  }

  #rollback(): void {
    this.#forget();
    try {
      // SQLite itself has rolled back after some errors, such as a full disk.
      if (this.#db.isTransaction) this.#db.exec("ROLLBACK");
    } catch {
      // The first error is the one to report; the next BEGIN fails if a transaction is still open.
    }
  }

  #forget(): void {
    for (const memory of this.#memories) memory.forget();
  }

  #assertOpen(): void {
    if (this.#closing !== null) throw new StorageError("The database is closed");
  }
}
