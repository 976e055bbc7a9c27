/**
 * A MariaDB whose data begins as a copy of a template with the tables of this suite and nothing in
 * them, since making a database anew takes seconds.
 */
import { join } from "node:path";
import mysql from "mysql2/promise";
import { applyMigrations } from "../../../shared/storage/mysql/migrator.ts";
import type { MysqlPoolConfig } from "../../../shared/storage/mysql/pool.ts";
import { ORIGINAL_TABLES } from "../../../shared/storage/mysql/schema.ts";
import { SchemaDatabase } from "../../../shared/storage/mysql/schema_database.ts";
import { freePorts } from "./free_ports.ts";
import { ManagedProcess } from "./managed_process.ts";

const HOST = "127.0.0.1";
const DATABASE = "teamtalk";
const MAX_CONNECTIONS = 8;
/** Small files, so that a copy is quick and a small disk can be filled. What is durable stays so. */
const SIZES = [
  "--innodb-log-file-size=8M",
  "--innodb-buffer-pool-size=48M",
  "--innodb-temp-data-file-path=ibtmp1:2M:autoextend",
  "--innodb-autoextend-increment=1",
];

/** Makes the template in `dir`, which exists. */
export async function makeMariadbTemplate(dir: string): Promise<void> {
  const { success, stderr } = await new Deno.Command("mariadb-install-db", {
    args: [
      ...dataOptions(dir),
      ...SIZES,
      "--auth-root-authentication-method=normal",
      "--skip-test-db",
    ],
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!success) throw new Error(`Cannot make a database: ${new TextDecoder().decode(stderr)}`);
  const [port] = await freePorts(1);
  await using server = mariadbProcess(dir, port!);
  await server.start();
  const connection = await mysql.createConnection({
    host: HOST,
    port: port!,
    user: "root",
    multipleStatements: true,
  });
  await connection.query(`
    CREATE DATABASE ${DATABASE} DEFAULT CHARACTER SET utf8 COLLATE utf8_general_ci;
    USE ${DATABASE}; ${Object.values(ORIGINAL_TABLES).join(";")}`);
  await connection.end();
  {
    await using db = await SchemaDatabase.connect(mariadbPool("teamtalk_master", port!));
    await db.use();
    await applyMigrations(db, { now: 0 });
  }
  await server.terminate();
}

export function mariadbPool(
  name: "teamtalk_master" | "teamtalk_slave",
  port: number,
): MysqlPoolConfig {
  return {
    name,
    host: HOST,
    port,
    user: "root",
    password: "",
    database: DATABASE,
    maxConnections: MAX_CONNECTIONS,
  };
}

/** @param dir has a copy of the template when it is started */
export function mariadbProcess(dir: string, port: number): ManagedProcess {
  return new ManagedProcess({
    name: "mariadb",
    command: "mariadbd",
    args: [
      ...dataOptions(dir),
      ...SIZES,
      `--port=${port}`,
      `--bind-address=${HOST}`,
      `--socket=${join(dir, "socket")}`,
      `--tmpdir=${dir}`,
    ],
    ready: () => answers(port),
  });
}

function dataOptions(dir: string): string[] {
  // MariaDB refuses to run as root unless that is said.
  const user = Deno.uid() === 0 ? ["--user=root"] : [];
  return ["--no-defaults", `--datadir=${join(dir, "data")}`, ...user];
}

/** Nobody else can write from now on. What that gives lets them again. */
export async function lockMariadb(port: number): Promise<() => Promise<void>> {
  const connection = await mysql.createConnection({ host: HOST, port, user: "root" });
  await connection.query("FLUSH TABLES WITH READ LOCK");
  return () => connection.end().catch(() => {/* It was killed meanwhile, and the lock is gone. */});
}

/** Ends all connections but its own. */
export async function severMariadb(port: number): Promise<void> {
  const connection = await mysql.createConnection({ host: HOST, port, user: "root" });
  const [rows] = await connection.query<mysql.RowDataPacket[]>(
    "SELECT id FROM information_schema.processlist WHERE id <> CONNECTION_ID() AND user = 'root'",
  );
  for (const { id } of rows) {
    await connection.query(`KILL ${id}`).catch(() => {/* It has ended. */});
  }
  await connection.end();
}

async function answers(port: number): Promise<boolean> {
  try {
    const connection = await mysql.createConnection({ host: HOST, port, user: "root" });
    await connection.end();
    return true;
  } catch {
    return false;
  }
}
