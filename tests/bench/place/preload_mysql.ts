/** Messages straight into the tables of a MySQL database. */
import mysql, { type Connection, type RowDataPacket } from "mysql2/promise";
import type { MysqlStorageConfig } from "../../../shared/storage/mysql/mod.ts";
import { MESSAGE_TABLES } from "../../../shared/storage/mysql/schema.ts";
import type { MessagePlan } from "./preload.ts";

/** Helper table, gone afterwards: the numbers from 1 to the most messages of a pair. */
const NUMBERS = "bench_numbers";
/** In one statement and transaction. */
const STEP_ROWS = 200_000;

/**
 * The pairs may not have a conversation yet. Message counters are left to the servers, which find
 * them out from the tables when Redis has none.
 */
export async function fillMysqlMessages(
  { host, port, user, password, database }: MysqlStorageConfig["master"],
  plan: MessagePlan,
): Promise<void> {
  const db = await mysql.createConnection({ host, port, user, password, database });
  try {
    await fillNumbers(db, Math.max(plan.perPair, plan.pairs));
    await fillConversations(db, plan);
    for (let table = 0; table < MESSAGE_TABLES; table++) await fillTable(db, table, plan);
    await db.query(`DROP TABLE ${NUMBERS}`);
  } finally {
    await db.end();
  }
}

async function fillNumbers(db: Connection, most: number): Promise<void> {
  await db.query(`CREATE TABLE ${NUMBERS} (n INT UNSIGNED NOT NULL PRIMARY KEY)`);
  await db.query(`INSERT INTO ${NUMBERS} VALUES (1)`);
  for (let count = 1; count < most; count *= 2) {
    await db.query(`INSERT INTO ${NUMBERS} SELECT n + ${count} FROM ${NUMBERS}`);
  }
}

/** The relations of the pairs, and the session of each of their users. */
async function fillConversations(db: Connection, plan: MessagePlan): Promise<void> {
  const { pairs, created } = plan;
  await db.query(`
    INSERT INTO IMRelationShip (smallId, bigId, status, created, updated)
    SELECT 2 * n - 1, 2 * n, 0, ${created}, ${created} FROM ${NUMBERS} WHERE n <= ${pairs}`);
  for (const [own, peer] of [["2 * n - 1", "2 * n"], ["2 * n", "2 * n - 1"]]) {
    await db.query(`
      INSERT INTO IMRecentSession (userId, peerId, type, status, created, updated)
      SELECT ${own}, ${peer}, 1, 0, ${created}, ${created} FROM ${NUMBERS} WHERE n <= ${pairs}`);
  }
}

async function fillTable(db: Connection, number: number, plan: MessagePlan): Promise<void> {
  const { pairs, perPair, created, text } = plan;
  const table = `IMMessage_${number}`;
  // Keys made at the end are sorted once, which is many times faster than row by row.
  const keys = await secondaryKeys(db, table);
  await db.query(`ALTER TABLE ${table} ${keys.map(({ name }) => `DROP KEY ${name}`).join(", ")}`);
  const rounds = Math.max(1, Math.floor(STEP_ROWS * MESSAGE_TABLES / pairs));
  for (let first = 1; first <= perPair; first += rounds) {
    const last = Math.min(perPair, first + rounds - 1);
    await db.query(`
      INSERT INTO ${table} (relateId, fromId, toId, msgId, content, type, status, updated, created)
      SELECT STRAIGHT_JOIN r.id, IF(n % 2 = 1, smallId, bigId), IF(n % 2 = 1, bigId, smallId), n,
        '${text}', 1, 0, ${created}, ${created}
      FROM ${NUMBERS}, IMRelationShip r
      WHERE n BETWEEN ${first} AND ${last} AND r.id % ${MESSAGE_TABLES} = ${number}`);
  }
  await db.query(
    `ALTER TABLE ${table} ${keys.map(({ definition }) => `ADD ${definition}`).join(", ")}`,
  );
}

interface Key {
  readonly name: string;
  readonly definition: string;
}

async function secondaryKeys(db: Connection, table: string): Promise<readonly Key[]> {
  const [rows] = await db.query<RowDataPacket[]>(`
    SELECT index_name AS name, MAX(non_unique) AS repeats,
      GROUP_CONCAT(column_name ORDER BY seq_in_index) AS columns
    FROM information_schema.statistics
    WHERE table_schema = DATABASE() AND table_name = '${table}' AND index_name <> 'PRIMARY'
    GROUP BY index_name`);
  return rows.map(({ name, repeats, columns }) => ({
    name,
    definition: `${Number(repeats) === 0 ? "UNIQUE " : ""}KEY ${name} (${columns})`,
  }));
}
