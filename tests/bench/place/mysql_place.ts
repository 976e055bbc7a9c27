/**
 * A database on this machine's MySQL or MariaDB (127.0.0.1:3306, user root without a password), with
 * the tables of a new installation, and a Redis of its own that saves to disk, as it has to.
 */
import mysql from "mysql2/promise";
import type { StorageConfig } from "../../../servers/db_proxy/config.ts";
import { applyMigrations, createOriginalTables } from "../../../shared/storage/mysql/migrator.ts";
import { SchemaDatabase } from "../../../shared/storage/mysql/schema_database.ts";
import { TestRedis } from "../../../shared/storage/redis/test_support/test_redis.ts";
import { nowSec, systemClock } from "../../../shared/clock.ts";
import type { WatchedProcess } from "../suite/running_suite.ts";
import type { Place } from "./place.ts";

const SERVER = { host: "127.0.0.1", port: 3306, user: "root", password: "" } as const;
/** Of each pool, as in `conf/dbproxyserver.conf`. */
const MAX_CONNECTIONS = 16;
/** Redis database numbers by pool, as the original's installer sets them (docs/spec/storage.md 4). */
const REDIS_DBS = { unread: 1, group_set: 2, token: 4, group_member: 5 } as const;
/** File in the folder of a place that stays: the name of its database. */
const NAME_FILE = "database_name";

export async function openMysqlPlace(
  folder: string,
  { stays }: { readonly stays: boolean },
): Promise<Place> {
  await using stack = new AsyncDisposableStack();
  const database = await databaseName(folder);
  if (!stays) stack.defer(async () => void await onServer(`DROP DATABASE IF EXISTS ${database}`));
  await makeTables(database);
  const redis = await TestRedis.start("--dir", folder, "--appendonly", "yes");
  stack.use(redis);
  const pool = (name: keyof typeof REDIS_DBS) => redis.pool(name, REDIS_DBS[name]);
  const common = { ...SERVER, database, maxConnections: MAX_CONNECTIONS };
  const storage: StorageConfig = {
    kind: "mysql",
    master: { name: "teamtalk_master", ...common },
    slave: { name: "teamtalk_slave", ...common },
    redis: {
      unread: pool("unread"),
      group_set: pool("group_set"),
      token: pool("token"),
      group_member: pool("group_member"),
    },
    // No benchmark sends sounds: nobody has to answer there.
    msfsSite: "http://127.0.0.1:1/",
    keepLegacyHash: true,
    background: "run",
  };
  const processes = await engineProcesses(redis);
  const resources = stack.move();
  return { storage, folder, processes, [Symbol.asyncDispose]: () => resources.disposeAsync() };
}

async function databaseName(folder: string): Promise<string> {
  const path = `${folder}/${NAME_FILE}`;
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  const name = `tt_bench_${crypto.randomUUID().replaceAll("-", "")}`;
  await Deno.writeTextFile(path, name);
  return name;
}

/** As `deno task migrate --create`. */
async function makeTables(database: string): Promise<void> {
  const pool = { name: "bench", ...SERVER, database, maxConnections: 1 };
  await using db = await SchemaDatabase.connect(pool);
  await createOriginalTables(db);
  await applyMigrations(db, { now: nowSec(systemClock) });
}

/** A server on another machine, or in a container, has no process that we could look at. */
async function engineProcesses(redis: TestRedis): Promise<readonly WatchedProcess[]> {
  const info = await redis.with(0, (connection) => connection.info("server"));
  const redisPid = Number(/process_id:(\d+)/.exec(info)![1]);
  const engines: WatchedProcess[] = [{ name: "redis", pid: redisPid, kind: "engine" }];
  const mysqlPid = await mysqlServerPid();
  if (mysqlPid !== null) engines.unshift({ name: "mariadbd", pid: mysqlPid, kind: "engine" });
  return engines;
}

async function mysqlServerPid(): Promise<number | null> {
  const rows = await onServer("SELECT @@pid_file AS path") as { path: string }[];
  try {
    return Number((await Deno.readTextFile(rows[0]!.path)).trim());
  } catch {
    return null;
  }
}

async function onServer(statement: string): Promise<unknown> {
  const connection = await mysql.createConnection(SERVER);
  try {
    const [rows] = await connection.query(statement);
    return rows;
  } finally {
    await connection.end();
  }
}
