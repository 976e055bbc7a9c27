/** Administrators beside those of the original. */
import {
  deepStrictEqual as deepEqual,
  match,
  rejects,
  strictEqual as equal,
} from "node:assert/strict";
import { hashPassword, md5Hex, verifyPassword } from "../../password.ts";
import { systemRandom } from "../../random.ts";
import { T } from "../contract/fixtures.ts";
import { StorageError } from "../types.ts";
import { mysqlStorageOn } from "./storage.ts";
import { EngineSuite, ownEnginesTest } from "./test_support/engine_suite.ts";
import { openTestStorage } from "./test_support/open_test_storage.ts";

const suite = new EngineSuite("migrated");
const ADDED = { ok: true, value: null };
const EXISTS = { ok: false, refusal: "exists" };

suite.storageTest(
  "MysqlAdmins.add() gives the original an administrator whom it lets in with nothing",
  async (
    { admins },
    engines,
  ) => {
    const pwd = await hashPassword("secret", systemRandom);
    deepEqual(await admins.add({ uname: "ann", pwd, now: T }), ADDED);
    const [row] = await engines.sql<{ pwd: string }>("SELECT * FROM IMAdmin");
    deepEqual(row, { id: 1, uname: "ann", pwd: "*".repeat(32), status: 0, created: T, updated: T });
    deepEqual(await engines.sql("SELECT * FROM TTAdminPassword"), [{
      adminId: 1,
      pwd,
      updated: T,
    }]);
    equal(await verifyPassword("secret", (await admins.passwordHash("ann"))!), true);
  },
);

suite.storageTest(
  "MysqlAdmins reads the original's administrators",
  async ({ admins }, engines) => {
    const pwd = md5Hex("admin");
    await engines.sql(`INSERT INTO IMAdmin (id, uname, pwd, status) VALUES
    (1, 'admin', '${pwd}', 0), (2, 'gone', '${pwd}', 1), (3, 'admin', 'a second one', 0)`);
    equal(await admins.count(), 2);
    equal(await admins.passwordHash("admin"), pwd);
    equal(await admins.passwordHash("gone"), null);
    deepEqual(await admins.add({ uname: "gone", pwd: "x", now: T }), EXISTS);
  },
);

suite.storageTest("MysqlAdmins compares names as the original's table does", async ({ admins }) => {
  await admins.add({ uname: "Ann", pwd: "hash", now: T });
  equal(await admins.passwordHash("ann"), "hash");
  deepEqual(await admins.add({ uname: "ANN", pwd: "other", now: T }), EXISTS);
});

suite.storageTest("MysqlAdmins: a password that was set with the original's tools counts", async (
  { admins },
  engines,
) => {
  await admins.add({ uname: "ann", pwd: "scrypt hash", now: T });
  const pwd = md5Hex("forgot the other one");
  await engines.sql(`UPDATE IMAdmin SET pwd = '${pwd}'`);
  equal(await admins.passwordHash("ann"), pwd);
});

suite.storageTest(
  "MysqlAdmins: an id that is given again does not bring its old password along",
  async (
    { admins },
    engines,
  ) => {
    await admins.add({ uname: "ann", pwd: "hash of ann", now: T });
    await engines.sql("DELETE FROM IMAdmin");
    await engines.sql("ALTER TABLE IMAdmin AUTO_INCREMENT = 1");
    deepEqual(await admins.add({ uname: "bob", pwd: "hash of bob", now: T + 1 }), ADDED);
    equal(await admins.passwordHash("bob"), "hash of bob");
    await engines.sql("UPDATE IMAdmin SET uname = 'eve', pwd = 'md5 of eve'");
    equal(await admins.passwordHash("eve"), "md5 of eve");
  },
);

suite.storageTest("MysqlAdmins takes any name that the column holds, and refuses others", async (
  { admins },
) => {
  for (const uname of ["o'brien", '\\"--', "管理员", "x".repeat(40)]) {
    deepEqual(await admins.add({ uname, pwd: `hash of ${uname}`, now: T }), ADDED);
    equal(await admins.passwordHash(uname), `hash of ${uname}`);
  }
  const count = await admins.count();
  await rejects(admins.add({ uname: "x".repeat(41), pwd: "hash", now: T }), StorageError);
  await rejects(admins.add({ uname: "😀", pwd: "hash", now: T }), StorageError);
  await rejects(admins.add({ uname: "long", pwd: "h".repeat(256), now: T }), StorageError);
  equal(await admins.passwordHash("😀"), null);
  equal(await admins.passwordHash("long"), null);
  equal(await admins.count(), count);
});

suite.test("MysqlAdmins.add() lets one of several through that want the same name", async (engines) => {
  await using one = await openTestStorage({ engines, build: mysqlStorageOn });
  await using other = await openTestStorage({ engines, build: mysqlStorageOn });
  const results = await Promise.all(Array.from({ length: 4 }, (_, i) => {
    const { admins } = (i % 2 === 0 ? one : other).storage;
    return admins.add({ uname: "root", pwd: `hash ${i}`, now: T });
  }));
  deepEqual(results.filter(({ ok }) => ok), [ADDED]);
  equal(await one.storage.admins.count(), 1);
});

ownEnginesTest(
  "MysqlAdmins without its table: reads the original's, adds none and says what to do",
  async (
    engines,
  ) => {
    await using opened = await openTestStorage({ engines, build: mysqlStorageOn });
    const { admins } = opened.storage;
    await engines.sql(`INSERT INTO IMAdmin (uname, pwd) VALUES ('admin', '${md5Hex("admin")}')`);
    await rejects(admins.add({ uname: "ann", pwd: "hash", now: T }), (error: Error) => {
      match(error.message, /no table TTAdminPassword; deno task migrate --apply/);
      return error instanceof StorageError;
    });
    equal(await admins.count(), 1);
    equal(await admins.passwordHash("admin"), md5Hex("admin"));
    deepEqual(await engines.sql("SELECT uname FROM IMAdmin"), [{ uname: "admin" }]);
  },
);
