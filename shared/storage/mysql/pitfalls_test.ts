/** Pitfalls of MySQL and Redis that no domain's own test names (docs/spec/pitfalls.md). */
import assert from "node:assert/strict";
import { systemClock } from "../../clock.ts";
import { silentLogger } from "../../log/mod.ts";
import {
  addGroup,
  addUsers,
  historyIds,
  recentOf,
  say,
  sayInGroup,
  T,
  unreadOf,
  withPeer,
} from "../contract/fixtures.ts";
import { memberKey } from "./memberships.ts";
import type { EngineParts } from "./parts.ts";
import { MysqlPool } from "./pool.ts";
import { mysqlStorageOn } from "./storage.ts";
import { EngineSuite } from "./test_support/engine_suite.ts";
import { openTestStorage } from "./test_support/open_test_storage.ts";
import type { TestEngines } from "./test_support/test_engines.ts";

const suite = new EngineSuite();
const open = (engines: TestEngines) => openTestStorage({ engines, build: mysqlStorageOn });

suite.test("a user's group counter above the group's is no unread message (P-UNR1)", async (engines) => {
  await using opened = await open(engines);
  const { storage } = opened;
  await addUsers(storage, 2);
  const [odd, group] = [await addGroup(storage, [1, 2]), await addGroup(storage, [1, 2])];
  for (let i = 0; i < 3; i++) await sayInGroup(storage, { from: 1, group });
  await sayInGroup(storage, { from: 1, group: odd });
  await engines.withRedis("unread", (redis) => redis.hset(`2_${odd}_im_user_group`, "count", 9));
  const unread = await storage.unread.counts(2);
  assert.deepEqual(unread.map(({ sessionId, count }) => [sessionId, count]), [[group, 3]]);
  assert.equal(await storage.unread.total(2), 3);
});

suite.test("members that MySQL does not take are not in Redis either (P-GRP9)", async (engines) => {
  await using opened = await open(engines);
  const { storage } = opened;
  await addUsers(storage, 3);
  const groupId = await addGroup(storage, [1, 2]);
  const members = () =>
    engines.withRedis("group_member", async (redis) => (
      (await redis.hkeys(memberKey(groupId))).sort()
    ));
  assert.deepEqual(await members(), ["1", "2"]);
  await engines.sql(`CREATE TRIGGER no_member BEFORE INSERT ON IMGroupMember FOR EACH ROW
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no more members'`);
  try {
    await assert.rejects(storage.groups.addMembers({ groupId, userIds: [3], now: T }));
  } finally {
    await engines.sql("DROP TRIGGER no_member");
  }
  assert.deepEqual(await members(), ["1", "2"]);
  assert.deepEqual([...(await storage.groups.members(groupId))!.keys()], [1, 2]);
});

suite.test("a slave that is behind neither doubles nor hides anything (P-DB4)", async (engines) => {
  await using replica = await slaveWithout(engines);
  await using opened = await openTestStorage({
    engines,
    build: (parts, config) => mysqlStorageOn({ ...parts, slave: replica.slave(parts) }, config),
  });
  const { storage } = opened;
  await addUsers(storage, 2);
  assert.deepEqual(await storage.users.all(), [], "the slave has nothing");
  assert.deepEqual(
    [await say(storage, { from: 1, to: 2 }), await say(storage, { from: 2, to: 1 })],
    [
      1,
      2,
    ],
  );
  const group = await addGroup(storage, [1, 2]);
  await sayInGroup(storage, { from: 1, group });
  for (const table of ["IMRelationShip", "IMGroup"]) {
    assert.equal((await engines.sql(`SELECT id FROM ${table}`)).length, 1, table);
  }
  assert.equal((await engines.sql("SELECT id FROM IMRecentSession WHERE type = 1")).length, 2);
  assert.deepEqual(await historyIds(storage, withPeer(1, 2)), [2, 1]);
  assert.equal((await recentOf(storage, 2)).length, 2);
  assert.equal((await unreadOf(storage, 2)).length, 2);
});

/** A slave that has the tables and no rows: it will never catch up. */
async function slaveWithout(engines: TestEngines) {
  const name = `${engines.mysqlPool().database}_slave`;
  await engines.sql(`CREATE DATABASE ${name}`);
  await engines.sql(`CREATE TABLE ${name}.IMUser LIKE IMUser`);
  await engines.sql(`CREATE TABLE ${name}.IMDepart LIKE IMDepart`);
  return {
    slave: ({ slave }: EngineParts): EngineParts["slave"] =>
      new Proxy(slave, {
        get: (target, member) => {
          const value = Reflect.get(target, member, target);
          if (typeof value !== "function") return value;
          if (member !== "rows" && member !== "row") return value.bind(target);
          return (sql: string, ...rest: unknown[]) =>
            value.call(target, sql.replace(/\bFROM (IM\w+)/g, `FROM ${name}.$1`), ...rest);
        },
      }),
    [Symbol.asyncDispose]: async () => void await engines.sql(`DROP DATABASE ${name}`),
  };
}

suite.test("one connection of the master is enough for messages of many groups (P-DB7)", async (engines) => {
  const pool = engines.mysqlPool("teamtalk_master");
  const deps = { clock: systemClock, log: silentLogger };
  const master = await MysqlPool.open({ ...pool, maxConnections: 1 }, deps);
  await using opened = await openTestStorage({
    engines,
    build: (parts, config) => {
      const storage = mysqlStorageOn({ ...parts, master }, config);
      const close = async () => {
        await storage.close();
        await parts.master.close();
      };
      return { ...storage, close };
    },
  });
  const { storage } = opened;
  await addUsers(storage, 3);
  const groups: number[] = [];
  for (let i = 0; i < 20; i++) groups.push(await addGroup(storage, [1, 2, 3]));
  const ids = await Promise.all(
    groups.flatMap((group) => [1, 2, 3].map((from) => sayInGroup(storage, { from, group }))),
  );
  assert.equal(ids.length, 60);
  assert.deepEqual(new Set(ids), new Set([1, 2, 3]));
});
