/** Messages straight into the embedded engine's file, which nobody else has open. */
import { DatabaseSync } from "node:sqlite";
import type { MessagePlan } from "./preload.ts";

const INDEX = "IMMessage_relate";

/** The pairs may not have a conversation yet. */
export function fillSqliteMessages(path: string, plan: MessagePlan): void {
  const { pairs, perPair, created, text } = plan;
  const db = new DatabaseSync(path);
  try {
    // A crash would leave half a file, of which nothing is lost but the time to make it again.
    db.exec("PRAGMA synchronous = OFF; PRAGMA cache_size = -262144; PRAGMA temp_store = MEMORY");
    db.prepare(`
      WITH RECURSIVE pair(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM pair WHERE n + 1 < ?)
      INSERT INTO IMRelationShip (smallId, bigId, created, updated, lastMsgId)
      SELECT 2 * n + 1, 2 * n + 2, ?, ?, ? FROM pair`).run(pairs, created, created, perPair);
    // Sorted once at the end is several times faster than in the order of the messages.
    const { sql } = db.prepare("SELECT sql FROM sqlite_master WHERE name = ?").get(INDEX) as {
      readonly sql: string;
    };
    db.exec(`DROP INDEX ${INDEX}`);
    const addRound = db.prepare(`
      INSERT INTO IMMessage (relateId, msgId, fromId, type, status, created, content)
      SELECT id, ?1, CASE ?1 % 2 WHEN 1 THEN smallId ELSE bigId END, 1, 0, ?2, CAST(?3 AS BLOB)
      FROM IMRelationShip WHERE lastMsgId = ?4 AND created = ?2 ORDER BY id`);
    const rowsPerStep = 100_000;
    const roundsPerStep = Math.max(1, Math.floor(rowsPerStep / pairs));
    for (let msgId = 1; msgId <= perPair;) {
      db.exec("BEGIN");
      for (let i = 0; i < roundsPerStep && msgId <= perPair; i++, msgId++) {
        addRound.run(msgId, created, text, perPair);
      }
      db.exec("COMMIT");
    }
    db.exec(sql);
    db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  } finally {
    db.close();
  }
}
