/** New groups and new members in MySQL do not lock each other out (docs/spec/storage.md 2.4). */
import { deepStrictEqual as deepEqual } from "node:assert/strict";
import { addGroup, addUsers, T } from "../contract/fixtures.ts";
import { mysqlStorageOn } from "./storage.ts";
import { EngineSuite } from "./test_support/engine_suite.ts";
import { openTestStorage } from "./test_support/open_test_storage.ts";
import type { TestEngines } from "./test_support/test_engines.ts";

const suite = new EngineSuite();
const open = (engines: TestEngines) => openTestStorage({ engines, build: mysqlStorageOn });
const GROUP = { name: "group", avatar: "", creator: 1, type: 2, created: T };

/**
 * Runs `change` while another db_proxy_server is amid a transaction that `change` has to wait for,
 * after `lock`; then the other one writes the row after it, and ends.
 */
async function amid<T>(
  engines: TestEngines,
  sql: { readonly lock: string; readonly write: readonly string[] },
  change: () => Promise<T>,
): Promise<T> {
  return await engines.withSql(async (other) => {
    await other.query("START TRANSACTION");
    await other.query(sql.lock);
    const changed = change();
    await engines.untilBlocked();
    for (const statement of sql.write) await other.query(statement);
    await other.query("COMMIT");
    return await changed;
  });
}

suite.test("a group that is being made keeps nobody from making the next one", async (engines) => {
  await using opened = await open(engines);
  await addUsers(opened.storage, 2);
  const { groups } = opened.storage;
  const sql = {
    lock: "SELECT id FROM IMGroupMember WHERE groupId = 100 FOR UPDATE",
    write: [
      `INSERT INTO IMGroup (id, name, avatar, creator, type, updated, created)
       VALUES (101, 'next', '', 2, 2, ${T}, ${T})`,
      `INSERT INTO IMGroupMember (groupId, userId, status, created, updated)
       VALUES (101, 2, 0, ${T}, ${T})`,
    ],
  };
  const made = await amid(engines, sql, () => groups.create({ ...GROUP, id: 100, members: [1] }));
  deepEqual(made, { ok: true, value: { groupId: 100, members: [1] } });
});

suite.test("a group that gets a member keeps nobody out of the next one", async (engines) => {
  await using opened = await open(engines);
  await addUsers(opened.storage, 3);
  const { groups } = opened.storage;
  const first = await addGroup(opened.storage, [1], { id: 100 });
  const sql = {
    lock: `SELECT id FROM IMGroupMember WHERE groupId = ${first} AND userId = 2 FOR UPDATE`,
    write: [
      `INSERT INTO IMGroupMember (groupId, userId, status, created, updated)
       VALUES (${first + 1}, 3, 0, ${T}, ${T})`,
    ],
  };
  const change = { groupId: first, userIds: [2], now: T };
  deepEqual(await amid(engines, sql, () => groups.addMembers(change)), [2]);
});

suite.test("a new group has not the members that an earlier one of its id left", async (engines) => {
  await using opened = await open(engines);
  await addUsers(opened.storage, 2);
  await engines.sql(
    `INSERT INTO IMGroupMember (groupId, userId, status, created, updated)
     VALUES (100, 2, 0, ${T}, ${T})`,
  );
  await addGroup(opened.storage, [1], { id: 100 });
  deepEqual([...(await opened.storage.groups.members(100))?.keys() ?? []], [1]);
});
