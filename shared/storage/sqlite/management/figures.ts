import type { StorageFigures } from "../../management.ts";
import { USER_STATUS_LEFT } from "../../types.ts";
import type { Database } from "../database.ts";
import type { Statement } from "../statement.ts";

export class SqliteFigures {
  readonly #db: Database;
  readonly #read: Statement<Omit<StorageFigures, "engine">>;

  constructor(db: Database) {
    this.#db = db;
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
}
