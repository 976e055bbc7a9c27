/** A database file of a test, in a folder that is deleted with it. */
import { DatabaseSync } from "node:sqlite";
import { type Clock, ManualClock } from "../../../clock.ts";
import type { Storage } from "../../types.ts";
import { openConnection } from "../connection.ts";
import { openSqliteStorage } from "../mod.ts";
import { sqliteStorageOn } from "../storage.ts";

export class TempFile implements AsyncDisposable {
  readonly path: string;
  readonly #dir: string;
  readonly #opened: Storage[] = [];

  private constructor(dir: string) {
    this.#dir = dir;
    this.path = `${dir}/teamtalk.db`;
  }

  static async make(): Promise<TempFile> {
    return new TempFile(await Deno.makeTempDir({ prefix: "sqlite_test_" }));
  }

  open(clock: Clock = new ManualClock()): Storage {
    const storage = openSqliteStorage({ path: this.path, clock });
    this.#opened.push(storage);
    return storage;
  }

  /** A storage whose connection the test can change settings of. */
  openWithConnection(): { storage: Storage; connection: DatabaseSync } {
    const connection = openConnection(this.path);
    const storage = sqliteStorageOn(connection, { clock: new ManualClock() });
    this.#opened.push(storage);
    return { storage, connection };
  }

  /** Runs SQL on a connection of its own, as another program would. */
  exec(sql: string): void {
    using connection = new DatabaseSync(this.path);
    connection.exec(sql);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const storage of this.#opened) await storage.close();
    await Deno.remove(this.#dir, { recursive: true });
  }
}
