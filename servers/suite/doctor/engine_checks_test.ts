import assert from "node:assert/strict";
import { MIGRATIONS } from "../../../shared/storage/mysql/migrations.ts";
import { systemClock } from "../../../shared/clock.ts";
import { testConfig } from "../../../shared/storage/mysql/test_support/open_test_storage.ts";
import { originalEnginesTest } from "../../../shared/storage/mysql/test_support/original_engines.ts";
import type { TestEngines } from "../../../shared/storage/mysql/test_support/test_engines.ts";
import type { MysqlConfig } from "../../db_proxy/config.ts";
import { checkEngines } from "./engine_checks.ts";
import { Report } from "./report.ts";

function configOf(engines: TestEngines): MysqlConfig {
  return { kind: "mysql", ...testConfig(engines) };
}

/** What the doctor says, without the remedies and with the places named. */
async function examine(engines: TestEngines, config = configOf(engines)): Promise<string[]> {
  const lines: string[] = [];
  const report = new Report((line) => void lines.push(line));
  await checkEngines(config, { clock: systemClock, report });
  return lines.filter((line) => !line.includes("→")).map((line) =>
    line.replaceAll(engines.database, "DB").replaceAll(
      `:${engines.redisPool("token").port}`,
      ":REDIS",
    )
      .replace(/answers, version \S+$/, "answers, version V")
  );
}

const MASTER = "OK    MySQL teamtalk_master 127.0.0.1:3306 answers, version V";
const REDIS = "OK    Redis 127.0.0.1:REDIS answers, version V";
const NOT_SAVED =
  "WARN  Redis 127.0.0.1:REDIS keeps nothing on disk: a restart loses unread counts " +
  "and device tokens";

originalEnginesTest(
  "checkEngines(), all is well with a new installation that has users",
  async (engines) => {
    await engines.migrate();
    await engines.sql(
      "INSERT INTO IMUser (name, departId, created, updated) VALUES ('ann', 1, 1, 1)",
    );
    await engines.sql("INSERT INTO IMAdmin (uname, pwd) VALUES ('admin', REPEAT('*', 32))");
    await engines.withRedis("token", (redis) => redis.config("SET", "save", "3600 1"));
    assert.deepEqual(await examine(engines), [
      MASTER,
      "OK    database DB on 127.0.0.1:3306 has its tables, users: 1",
      `OK    migrations: all ${MIGRATIONS.length} are there`,
      REDIS,
    ]);
  },
);

originalEnginesTest(
  "checkEngines() warns of what an original database lacks, and of its first password",
  async (engines) => {
    await engines.sql("INSERT INTO IMAdmin (uname, pwd) VALUES ('admin', MD5('admin'))");
    const lines = await examine(engines);
    assert.equal(lines[1], "WARN  database DB on 127.0.0.1:3306 has its tables, but no users");
    assert.match(
      lines[2]!,
      /^WARN {2}migrations not applied: 1 offline_files, 2 admin_passwords, .*9/,
    );
    assert.equal(
      lines[3],
      "WARN  the administrator admin has the password that every installation of the original begins with",
    );
    assert.deepEqual(lines.slice(4), [REDIS, NOT_SAVED]);
    await engines.sql("DELETE FROM IMAdmin");
    assert.equal((await examine(engines))[3], "WARN  no administrator");
  },
);

originalEnginesTest("checkEngines() warns of migrations by a newer version", async (engines) => {
  await engines.migrate();
  await engines.sql("INSERT INTO TTMigration VALUES (99, 'later', 5)");
  const lines = await examine(engines);
  assert.equal(lines[2], "WARN  migrations: a newer version of this suite made number 99");
  assert.equal(lines[3], `OK    migrations: all ${MIGRATIONS.length} are there`);
});

originalEnginesTest(
  "checkEngines() fails for a database that is not there, not whole or not ours",
  async (engines) => {
    const other = (database: string): MysqlConfig => {
      const { master, slave, ...rest } = configOf(engines);
      return { ...rest, master: { ...master, database }, slave: { ...slave, database } };
    };
    const place = "on 127.0.0.1:3306";
    assert.equal(
      (await examine(engines, other("tt_no_such")))[1],
      `FAIL  database tt_no_such ${place} does not exist, or is not for this user`,
    );
    await engines.sql("DROP TABLE IMAudio, IMDiscovery");
    assert.equal(
      (await examine(engines))[1],
      `FAIL  database DB ${place} lacks IMAudio, IMDiscovery`,
    );
    const shop = `${engines.database}_shop`;
    await engines.sql(`CREATE DATABASE ${shop}`);
    try {
      assert.equal(
        (await examine(engines, other(shop)))[1],
        `FAIL  database DB_shop ${place} is empty`,
      );
      await engines.sql(`CREATE TABLE ${shop}.Orders (id int)`);
      assert.equal(
        (await examine(engines, other(shop)))[1],
        `FAIL  database DB_shop ${place} has tables, but none of TeamTalk`,
      );
    } finally {
      await engines.sql(`DROP DATABASE ${shop}`);
    }
  },
);

originalEnginesTest(
  "checkEngines() looks at a slave that is another place, and at each Redis once",
  async (engines) => {
    const config = configOf(engines);
    const slave = { ...config.slave, user: "nobody_here" };
    const elsewhere = { ...config.redis.token, name: "token", port: 1 };
    const lines = await examine(engines, {
      ...config,
      slave,
      redis: { ...config.redis, token: elsewhere },
    });
    const about = (what: RegExp) => lines.filter((line) => what.test(line));
    assert.match(
      about(/teamtalk_slave/).join("\n"),
      /^FAIL {2}MySQL teamtalk_slave 127\.0\.0\.1:3306: Access denied for user 'nobody_here'@[^\n]*$/,
    );
    assert.deepEqual(about(/:REDIS answers/), [REDIS]);
    assert.match(about(/127\.0\.0\.1:1:/).join("\n"), /^FAIL {2}Redis 127\.0\.0\.1:1: [^\n]*$/);
  },
);

originalEnginesTest(
  "checkEngines() warns of a Redis that throws data away when it is full",
  async (engines) => {
    await engines.withRedis("unread", async (redis) => {
      await redis.config("SET", "maxmemory", "100mb");
      await redis.config("SET", "maxmemory-policy", "allkeys-lru");
    });
    const lines = await examine(engines);
    assert.equal(
      lines.at(-1),
      "WARN  Redis 127.0.0.1:REDIS throws data away when its memory is full (maxmemory-policy " +
        "allkeys-lru)",
    );
  },
);

originalEnginesTest(
  "checkEngines() says when no MySQL answers, and goes on to Redis",
  async (engines) => {
    const { master, slave, ...rest } = configOf(engines);
    const config = { ...rest, master: { ...master, port: 1 }, slave: { ...slave, port: 1 } };
    const lines = await examine(engines, config);
    assert.match(lines[0]!, /^FAIL {2}MySQL teamtalk_master 127\.0\.0\.1:1: .*ECONNREFUSED/);
    assert.equal(lines[1], REDIS);
  },
);
