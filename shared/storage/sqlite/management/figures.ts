import type { Clock } from "../../../clock.ts";
import type { EngineState, StorageFigures } from "../../management.ts";
import { USER_STATUS_LEFT } from "../../types.ts";
import type { Database } from "../database.ts";
import type { Statement } from "../statement.ts";

export class SqliteFigures {
  readonly #db: Database;
  readonly #clock: Clock;
  readonly #read: Statement<Omit<StorageFigures, "engine">>;
  readonly #version: Statement<{ readonly version: string }>;

  constructor(db: Database, clock: Clock) {
    this.#db = db;
    this.#clock = clock;
    this.#version = db.prepare("SELECT sqlite_version() AS version");
    this.#read = db.prepare(`
      SELECT
        (SELECT count(*) FROM IMUser WHERE status <> ${USER_STATUS_LEFT}) AS users,
        (SELECT count(*) FROM IMDepart WHERE status = 0) AS departments,
        (SELECT count(*) FROM IMGroup WHERE status = 0) AS groups,
        (SELECT coalesce(sum(lastMsgId), 0) FROM IMRelationShip) +
          (SELECT coalesce(sum(lastMsgId), 0) FROM IMGroup) AS messages,
        (SELECT page_count * page_size FROM pragma_page_count, pragma_page_size) AS bytes`);
  }

  async read(): Promise<StorageFigures> {
    const figures = await this.#db.read(() => this.#read.get()!);
    return { engine: "sqlite", ...figures };
  }

  async engines(): Promise<readonly EngineState[]> {
    const engine = { kind: "sqlite", name: "sqlite", address: null } as const;
    const startMs = this.#clock.elapsedMs();
    try {
      const { version } = await this.#db.read(() => this.#version.get()!);
      return [{ ...engine, state: "up", answerMs: this.#clock.elapsedMs() - startMs, version }];
    } catch {
      // Why it cannot be read is in the answers, and the log, of who wanted something of it.
      return [{ ...engine, state: "down", answerMs: null, version: null }];
    }
  }
}
