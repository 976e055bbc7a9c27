/** Whether MySQL and Redis are there, and hold what the servers need. Nothing is changed. */
import { silentLogger } from "../../../shared/log/mod.ts";
import { MIGRATIONS } from "../../../shared/storage/mysql/migrations.ts";
import {
  migrationStates,
  missingOriginals,
  newestRecorded,
  schemaState,
} from "../../../shared/storage/mysql/migrator.ts";
import type { EngineTls } from "../../../shared/storage/engine_tls.ts";
import { SchemaDatabase } from "../../../shared/storage/mysql/schema_database.ts";
import { RedisPool, type RedisPoolConfig } from "../../../shared/storage/redis/pool.ts";
import { USER_STATUS_LEFT } from "../../../shared/storage/types.ts";
import type { MysqlConfig } from "../../db_proxy/config.ts";
import type { CheckDeps } from "./context.ts";
import { reasonOf } from "./reason.ts";
import type { Report } from "./report.ts";

const CREATE = "for a new installation: deno task migrate --create";

type Deps = Pick<CheckDeps, "clock" | "report">;

export async function checkEngines(config: MysqlConfig, deps: Deps): Promise<void> {
  const { report } = deps;
  await checkMysql(config.master, checkMaster, report);
  const { master, slave } = config;
  const isOnePlace = (["host", "port", "database", "user", "password"] as const)
    .every((key) => master[key] === slave[key]) && isSameTls(master.tls, slave.tls);
  if (!isOnePlace) await checkMysql(slave, checkSlave, report);
  for (const pool of onePerPlace(Object.values(config.redis))) await checkRedis(pool, deps);
}

async function checkMysql(
  pool: MysqlConfig["master"],
  check: (db: SchemaDatabase, report: Report) => Promise<void>,
  report: Report,
): Promise<void> {
  const place = `MySQL ${pool.name} ${pool.host}:${pool.port}`;
  try {
    await using db = await SchemaDatabase.connect(pool);
    report.ok(`${place} answers, version ${await db.version()}`);
    await check(db, report);
  } catch (error) {
    report.fail(
      `${place}: ${reasonOf(error)}`,
      `is it running? The ${pool.name}_… lines in conf/dbproxyserver.conf say where and as whom`,
    );
  }
}

async function checkSlave(db: SchemaDatabase, report: Report): Promise<void> {
  if (await schemaState(db) === "complete") return;
  report.fail(
    `database ${db.description} lacks tables that the servers read`,
    "is it replicated from the master?",
  );
}

async function checkMaster(db: SchemaDatabase, report: Report): Promise<void> {
  const database = `database ${db.description}`;
  switch (await schemaState(db)) {
    case "absent":
      return report.fail(`${database} does not exist, or is not for this user`, CREATE);
    case "empty":
      return report.fail(`${database} is empty`, CREATE);
    case "foreign":
      return report.fail(
        `${database} has tables, but none of TeamTalk`,
        "teamtalk_master_dbname in conf/dbproxyserver.conf names it",
      );
    case "incomplete": {
      const missing = missingOriginals(await db.tables()).join(", ");
      return report.fail(
        `${database} lacks ${missing}`,
        "deno task migrate --create makes what is missing",
      );
    }
    case "complete":
  }
  await checkUsers(db, report);
  await checkMigrations(db, report);
  await checkAdministrators(db, report);
}

async function checkUsers(db: SchemaDatabase, report: Report): Promise<void> {
  const [row] = await db.rows<{ users: number }>(
    "SELECT COUNT(*) AS users FROM IMUser WHERE status <> ?",
    [USER_STATUS_LEFT],
  );
  const database = `database ${db.description}`;
  if (Number(row!.users) > 0) return report.ok(`${database} has its tables, users: ${row!.users}`);
  report.warn(
    `${database} has its tables, but no users`,
    "deno task seed --users 10 --password P makes some to try",
  );
}

async function checkMigrations(db: SchemaDatabase, report: Report): Promise<void> {
  const newest = await newestRecorded(db);
  if (newest > MIGRATIONS.length) {
    report.warn(
      `migrations: a newer version of this suite made number ${newest}`,
      `this version knows ${MIGRATIONS.length}, and works all the same: they only add`,
    );
  }
  const missing = (await migrationStates(db)).filter((state) => state.missing.length > 0);
  if (missing.length === 0) {
    return report.ok(`migrations: all ${MIGRATIONS.length} are there`);
  }
  const names = missing.map(({ migration: { version, name } }) => `${version} ${name}`);
  report.warn(
    `migrations not applied: ${names.join(", ")}`,
    "deno task migrate says what each is good for; the servers work without",
  );
}

async function checkAdministrators(db: SchemaDatabase, report: Report): Promise<void> {
  const [first] = await db.rows("SELECT 1 FROM IMAdmin WHERE status = 0 LIMIT 1");
  if (first === undefined) {
    report.warn("no administrator", "the next deno task start makes one and shows its password");
  }
  const [known] = await db.rows(
    "SELECT 1 FROM IMAdmin WHERE uname = 'admin' AND pwd = MD5('admin') AND status = 0 LIMIT 1",
  );
  if (known === undefined) return;
  report.warn(
    "the administrator admin has the password that every installation of the original begins with",
    "set another one: UPDATE IMAdmin SET pwd = MD5('…') WHERE uname = 'admin'",
  );
}

function onePerPlace(pools: readonly RedisPoolConfig[]): readonly RedisPoolConfig[] {
  return pools.filter(({ host, port, tls }, at) =>
    pools.findIndex((pool) =>
      pool.host === host && pool.port === port && isSameTls(pool.tls, tls)
    ) === at
  );
}

function isSameTls(one: EngineTls | undefined, other: EngineTls | undefined): boolean {
  return one?.caFile === other?.caFile && one?.serverName === other?.serverName &&
    (one === undefined) === (other === undefined);
}

async function checkRedis(pool: RedisPoolConfig, { clock, report }: Deps): Promise<void> {
  const place = `Redis ${pool.host}:${pool.port}`;
  try {
    const opened = await RedisPool.open(pool, { clock, log: silentLogger });
    try {
      const facts = parseInfo(await opened.use((redis) => redis.info()));
      report.ok(`${place} answers, version ${facts.get("redis_version") ?? "unknown"}`);
      const save = await opened.use((redis) => redis.config("GET", "save")).catch(() => null);
      tellDurability(place, { facts, save: saveRule(save) }, report);
    } finally {
      await opened.close();
    }
  } catch (error) {
    report.fail(
      `${place}: ${reasonOf(error)}`,
      `is it running? The ${pool.name}_… lines in conf/dbproxyserver.conf say where`,
    );
  }
}

interface RedisFacts {
  readonly facts: ReadonlyMap<string, string>;
  /** When it saves; `null`: it does not say. */
  readonly save: string | null;
}

/** What is in Redis is data: members of groups, unread counts, the last message ids. */
function tellDurability(place: string, { facts, save }: RedisFacts, report: Report): void {
  if (save === "" && facts.get("aof_enabled") === "0") {
    report.warn(
      `${place} keeps nothing on disk: a restart loses unread counts and device tokens`,
      "set appendonly yes (or save) in redis.conf",
    );
  }
  if (facts.get("rdb_last_bgsave_status") === "err") {
    report.warn(`${place} could not save to disk`, "its log says why");
  }
  const policy = facts.get("maxmemory_policy") ?? "noeviction";
  if (facts.get("maxmemory") !== "0" && policy !== "noeviction") {
    report.warn(
      `${place} throws data away when its memory is full (maxmemory-policy ${policy})`,
      "set maxmemory-policy noeviction in redis.conf",
    );
  }
}

/** Lines `name:value`. */
function parseInfo(text: string): ReadonlyMap<string, string> {
  return new Map(
    text.split("\r\n").filter((line) => line.includes(":")).map((line) => {
      const at = line.indexOf(":");
      return [line.slice(0, at), line.slice(at + 1)] as const;
    }),
  );
}

function saveRule(answer: unknown): string | null {
  return Array.isArray(answer) && typeof answer[1] === "string" ? answer[1] : null;
}
