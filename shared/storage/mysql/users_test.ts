/** What the contract suite cannot see of users: the original's rows, and other writers. */
import { deepStrictEqual as deepEqual, rejects, strictEqual as equal } from "node:assert/strict";
import { nowSec } from "../../clock.ts";
import { addUsers, newUser, T } from "../contract/fixtures.ts";
import { StorageError } from "../types.ts";
import { mysqlStorageOn } from "./storage.ts";
import { EngineSuite, ownEnginesTest } from "./test_support/engine_suite.ts";
import { openMortalRedis } from "./test_support/mortal_redis.ts";
import { openTestStorage } from "./test_support/open_test_storage.ts";

const suite = new EngineSuite();
const EXISTS = { ok: false, refusal: "exists" };
const ADDED = { ok: true, value: null };

suite.storageTest(
  "MysqlUsers reads rows as the original writes them",
  async ({ users }, engines) => {
    await engines.sql(`INSERT INTO IMUser
    VALUES (7, 2, '安', 'an', 'it''s', '0123456789abcdef0123456789abcdef', '42', '13800138000',
      'a@b.c', 'g0/000/000/1_1.jpg', 3, 1, 100, 200, 1, 'busy')`);
    const user = {
      id: 7,
      sex: 2,
      name: "安",
      domain: "an",
      nick: "it's",
      phone: "13800138000",
      email: "a@b.c",
      avatar: "g0/000/000/1_1.jpg",
      departId: 3,
      status: 1,
      sign_info: "busy",
      created: 100,
      updated: 200,
    };
    deepEqual(await users.credentials("安"), {
      user,
      password: "0123456789abcdef0123456789abcdef",
      salt: "42",
      hash: null,
    });
    deepEqual(await users.byIds([7]), [user]);
    deepEqual(await users.all(), [user]);
    deepEqual(await users.changedSince(200), [user]);
  },
);

suite.storageTest("MysqlUsers.add() writes whole rows that the original can read", async (
  { users },
  engines,
) => {
  const row = {
    id: 9,
    sex: 1,
    name: "安娜",
    domain: "anna",
    nick: `o'"\\`,
    password: "f".repeat(32),
    salt: "9999",
    phone: "1",
    email: "e@x",
    avatar: "http://h/a.jpg",
    departId: 4_294_967_295,
    status: 4,
    created: T,
    updated: T + 1,
    sign_info: "s",
  };
  await users.add([row]);
  deepEqual(await engines.sql("SELECT * FROM IMUser"), [{ ...row, push_shield_status: 0 }]);
});

suite.storageTest("MysqlUsers takes NULL for the column's default (P-NUL)", async (
  { users },
  engines,
) => {
  await engines.sql(`INSERT INTO IMUser (id, name, avatar, status, departId, created, updated)
    VALUES (1, 'old', NULL, NULL, 1, ${T}, ${T})`);
  const [row] = await users.byIds([1]);
  deepEqual([row?.avatar, row?.status], ["", 0]);
  deepEqual((await users.all()).map(({ id }) => id), [1]);
  equal((await users.credentials("old"))?.user.avatar, "");
});

suite.storageTest(
  "MysqlUsers.credentials() takes the last of several rows with a name (P-DB6)",
  async (
    { users },
    engines,
  ) => {
    await engines.sql(`INSERT INTO IMUser (id, name, salt, departId, created, updated) VALUES
    (5, 'twin', '5', 1, 1, 1), (8, 'twin', '8', 1, 1, 1), (6, 'twin', '6', 1, 1, 1)`);
    deepEqual((await users.credentials("twin"))?.salt, "8");
  },
);

suite.storageTest(
  "MysqlUsers: spaces at the end of a name make no difference, as MySQL compares",
  async (
    { users },
  ) => {
    await users.add([newUser("ann", { id: 1 })]);
    equal((await users.credentials("ann  "))?.user.name, "ann");
    equal(await users.credentials(" ann"), null);
    deepEqual(await users.add([newUser("ann ")]), EXISTS);
    deepEqual(await users.add([newUser("bob"), newUser("bob ")]), EXISTS);
    deepEqual(await users.add([newUser(" ann")]), ADDED);
  },
);

suite.storageTest(
  "MysqlUsers keeps any text as it is, and refuses what a column does not hold",
  async (
    { users },
  ) => {
    const odd = "';\"\\'\\\\%_\0\x1a\r\n😀\u{10ffff}`#--";
    const changes = { nick: odd, avatar: odd, sign_info: odd, domain: odd, email: odd };
    await users.add([newUser(odd, { id: 1, ...changes })]);
    const { password: _password, salt: _salt, ...row } = newUser(odd, { id: 1, ...changes });
    deepEqual((await users.credentials(odd))?.user, row);
    deepEqual(await users.byIds([1]), [row]);

    const fits = { nick: "😀".repeat(32), sign_info: "签".repeat(128), avatar: "a".repeat(255) };
    deepEqual(await users.add([newUser("😀".repeat(32), { id: 2, ...fits })]), ADDED);
    const tooLong = [
      newUser("n".repeat(33)),
      newUser("nick", { nick: "😀".repeat(33) }),
      newUser("sign", { sign_info: "签".repeat(129) }),
      newUser("avatar", { avatar: "a".repeat(256) }),
      newUser("phone", { phone: "1".repeat(12) }),
      newUser("depart", { departId: 4_294_967_296 }),
      newUser("status", { status: -1 }),
    ];
    for (const user of tooLong) {
      await rejects(users.add([newUser("fine"), user]), StorageError, user.name);
    }
    deepEqual((await users.all()).map(({ id }) => id), [1, 2]);
  },
);

suite.storageTest("MysqlUsers gives 20,000 users in full and as changes", async (
  { users },
  engines,
) => {
  const count = 20_000;
  const everybody = Array.from(
    { length: count },
    (_, i) => newUser(`user${i}`, { updated: T + i, nick: "昵称".repeat(8) }),
  );
  deepEqual(await users.add(everybody), ADDED);
  equal(await users.maxId(), count);
  equal(await users.lastUpdate(), T + count - 1);
  const all = await users.all();
  deepEqual(all.map(({ name }) => name), everybody.map(({ name }) => name));
  equal((await users.changedSince(T)).length, count);
  equal((await users.changedSince(T + count - 10)).length, 10);
  const [{ stored } = { stored: 0 }] = await engines.sql<{ stored: number }>(
    "SELECT count(*) AS stored FROM IMUser WHERE nick = '" + "昵称".repeat(8) + "'",
  );
  equal(stored, count);
  const again = [...everybody.slice(0, 1000).map((one) => ({ ...one, name: `${one.name}b` }))];
  deepEqual(await users.add([...again, newUser("user19999")]), EXISTS);
  equal(await users.maxId(), count);
});

suite.test("MysqlUsers.add() lets one of several through that want the same name", async (engines) => {
  await using one = await openTestStorage({ engines, build: mysqlStorageOn });
  await using other = await openTestStorage({ engines, build: mysqlStorageOn });
  const wanted = Array.from({ length: 4 }, (_, i) => {
    const { users } = (i % 2 === 0 ? one : other).storage;
    return users.add([newUser(`only ${i}`), newUser("wanted")]);
  });
  const results = await Promise.all(wanted);
  deepEqual(results.filter(({ ok }) => ok), [ADDED]);
  deepEqual(results.filter(({ ok }) => !ok), Array.from({ length: 3 }, () => EXISTS));
  equal((await one.storage.users.all()).length, 2);
});

suite.storageTest("MysqlUsers.add() waits for a name that somebody else is about to add", async (
  { users },
  engines,
) => {
  await engines.withSql(async (admin) => {
    await admin.beginTransaction();
    await admin.query(
      "INSERT INTO IMUser (name, departId, created, updated) VALUES ('ann', 1, 1, 1)",
    );
    const adding = users.add([newUser("bob"), newUser("ann")]);
    await engines.untilBlocked();
    await admin.commit();
    deepEqual(await adding, EXISTS);
  });
  deepEqual((await users.all()).map(({ name }) => name), ["ann"]);
});

suite.storageTest("MysqlUsers.add() refuses what the database calls a duplicate", async (
  { users },
  engines,
) => {
  await engines.sql(`CREATE TRIGGER refuse BEFORE INSERT ON IMUser FOR EACH ROW
    IF NEW.name = 'ann' THEN SIGNAL SQLSTATE '23000' SET MYSQL_ERRNO = 1062; END IF`);
  try {
    deepEqual(await users.add([newUser("bob"), newUser("ann")]), EXISTS);
    deepEqual(await users.all(), []);
  } finally {
    await engines.sql("DROP TRIGGER refuse");
  }
});

ownEnginesTest("MysqlUsers.add() adds nobody while Redis is away, and does when it is back", async (
  engines,
) => {
  await using opened = await openMortalRedis(engines);
  const { users } = opened.storage;
  await addUsers(opened.storage, 2);
  await opened.lose();
  await rejects(users.add([newUser("late")]), StorageError);
  await rejects(users.lastUpdate(), StorageError);
  equal((await users.all()).length, 2);
  await opened.bringBack();
  equal(await users.lastUpdate(), nowSec(opened.clock));
  deepEqual(await users.add([newUser("late", { updated: T + 9 })]), ADDED);
  equal((await users.all()).length, 3);
  equal(await users.lastUpdate(), T + 9);
});
