/** How SQLite goes about the statements of the engine: on no thread but one, so none may be slow. */
import { deepStrictEqual as deepEqual } from "node:assert/strict";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { ManualClock } from "../../clock.ts";
import { openSqliteStorage } from "./mod.ts";

/** Tables that have as many rows as there are people and what they say. */
const LARGE = /^SCAN (IMUser|IMGroupMember|IMRelationShip|IMMessage|IMGroupMessage|DeviceToken)\b/;

/** Who means all of them: a client's first directory, and the administration's figures. */
const MEANS_ALL = /WHERE status <> 3 ORDER BY id$|AS departments/;

Deno.test("no statement reads a whole table that grows, but for those that mean all of it", async () => {
  const statements = new Set<string>();
  class Listening extends DatabaseSync {
    override prepare(...args: Parameters<DatabaseSync["prepare"]>): StatementSync {
      statements.add(args[0]);
      return super.prepare(...args);
    }
  }
  const folder = await Deno.makeTempDir();
  const path = `${folder}/data.db`;
  const storage = openSqliteStorage({ path, clock: new ManualClock(), driver: Listening });
  const db = new DatabaseSync(path, { readOnly: true });
  const slow = [...statements].filter((sql) => {
    const steps = db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all();
    return steps.some(({ detail }) => LARGE.test(String(detail))) && !MEANS_ALL.test(sql);
  });
  db.close();
  await storage.close();
  await Deno.remove(folder, { recursive: true });
  deepEqual(slow, []);
  deepEqual(statements.size > 100, true);
});
