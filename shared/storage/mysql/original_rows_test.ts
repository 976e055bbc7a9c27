/**
 * What is written is what the original would have written (docs/spec/storage.md 2 and 5), and what
 * the original has written is read as it would read it.
 */
import assert from "node:assert/strict";
import { MSG_TYPE_GROUP_TEXT, MSG_TYPE_SINGLE_TEXT } from "../../../proto/ids.ts";
import {
  addGroup,
  addUsers,
  bytes,
  historyIds,
  inGroup,
  recentOf,
  say,
  sayInGroup,
  T,
  text,
  unreadOf,
  withPeer,
} from "../contract/fixtures.ts";
import { WRITER_KEY_PREFIX } from "./message_counters.ts";
import { mysqlStorageOn } from "./storage.ts";
import { EngineSuite } from "./test_support/engine_suite.ts";
import { openTestStorage } from "./test_support/open_test_storage.ts";
import type { RedisPoolName, TestEngines } from "./test_support/test_engines.ts";

const suite = new EngineSuite();
const open = (engines: TestEngines) => openTestStorage({ engines, build: mysqlStorageOn });

/**
 * Every key of a pool with its value: a text, or the fields of a hash. Left out is the key of ours
 * that the original has nothing like.
 */
function everything(engines: TestEngines, pool: RedisPoolName): Promise<Record<string, unknown>> {
  return engines.withRedis(pool, async (redis) => {
    const found: Record<string, unknown> = {};
    for (const key of (await redis.keys("*")).sort()) {
      if (key.startsWith(WRITER_KEY_PREFIX)) continue;
      found[key] = await redis.type(key) === "hash"
        ? { ...await redis.hgetall(key) }
        : await redis.get(key);
    }
    return found;
  });
}

function rows(engines: TestEngines, statement: string): Promise<unknown[]> {
  return engines.sql<object>(statement).then((found) => found.map((row) => ({ ...row })));
}

suite.test("a single message leaves the original's rows and keys", async (engines) => {
  await using opened = await open(engines);
  await addUsers(opened.storage, 2);
  assert.equal(await say(opened.storage, { from: 2, to: 1, what: "it's", at: 7 }), 1);
  const times = { created: T + 7, updated: T + 7 };
  assert.deepEqual(await rows(engines, "SELECT * FROM IMRelationShip"), [
    { id: 1, smallId: 1, bigId: 2, status: 0, ...times },
  ]);
  assert.deepEqual(await rows(engines, "SELECT * FROM IMMessage_1"), [{
    ...{ id: 1, relateId: 1, fromId: 2, toId: 1, msgId: 1, content: "it's" },
    ...{ type: MSG_TYPE_SINGLE_TEXT, status: 0, ...times },
  }]);
  const sessions = "SELECT userId, peerId, type, status, created, updated FROM IMRecentSession";
  assert.deepEqual(await rows(engines, `${sessions} ORDER BY userId`), [
    { userId: 1, peerId: 2, type: 1, status: 0, ...times },
    { userId: 2, peerId: 1, type: 1, status: 0, ...times },
  ]);
  const { total_user_update: _, ...counters } = await everything(engines, "unread");
  assert.deepEqual(counters, { msg_id_1: "1", unread_1: { "2": "1" } });
});

suite.test("a group and its messages leave the original's rows and keys", async (engines) => {
  await using opened = await open(engines);
  await addUsers(opened.storage, 3);
  const id = await addGroup(opened.storage, [1, 2], { id: 11, creator: 2, created: T });
  assert.deepEqual(await everything(engines, "group_member"), {
    group_member_11: { "1": String(T), "2": String(T) },
  });
  await sayInGroup(opened.storage, { from: 1, group: id, what: "hi", at: 3 });
  await sayInGroup(opened.storage, { from: 2, group: id, what: "ho", at: 4 });
  assert.deepEqual(await rows(engines, "SELECT * FROM IMGroup"), [{
    ...{ id: 11, name: "group", avatar: "", creator: 2, type: 2, userCnt: 2, status: 0 },
    ...{ version: 1, lastChated: T + 4, updated: T, created: T },
  }]);
  const members = "SELECT groupId, userId, status, created, updated FROM IMGroupMember";
  assert.deepEqual(await rows(engines, members), [
    { groupId: 11, userId: 1, status: 0, created: T, updated: T },
    { groupId: 11, userId: 2, status: 0, created: T, updated: T },
  ]);
  const messages = "SELECT groupId, userId, msgId, content, type, status, updated, created";
  const common = { groupId: 11, type: MSG_TYPE_GROUP_TEXT, status: 0 };
  assert.deepEqual(await rows(engines, `${messages} FROM IMGroupMessage_3`), [
    { ...common, userId: 1, msgId: 1, content: "hi", updated: T + 3, created: T + 3 },
    { ...common, userId: 2, msgId: 2, content: "ho", updated: T + 4, created: T + 4 },
  ]);
  const { total_user_update: _, ...counters } = await everything(engines, "unread");
  assert.deepEqual(counters, {
    "11_im_group_msg": { count: "2" },
    "1_11_im_user_group": { count: "1" },
    "2_11_im_user_group": { count: "2" },
    group_msg_id_11: "2",
  });
});

suite.test("joining and leaving change rows and keys as the original does", async (engines) => {
  await using opened = await open(engines);
  const { groups } = opened.storage;
  await addUsers(opened.storage, 3);
  const groupId = await addGroup(opened.storage, [1, 2]);
  await sayInGroup(opened.storage, { from: 2, group: groupId, at: 1 });
  await groups.removeMembers({ groupId, userIds: [2], now: T + 5 });
  await groups.addMembers({ groupId, userIds: [3], now: T + 6 });
  const members = "SELECT userId, status, created, updated FROM IMGroupMember ORDER BY id";
  assert.deepEqual(await rows(engines, members), [
    { userId: 1, status: 0, created: T, updated: T },
    { userId: 2, status: 1, created: T, updated: T },
    { userId: 3, status: 0, created: T + 6, updated: T + 6 },
  ]);
  assert.deepEqual(await rows(engines, "SELECT version, userCnt FROM IMGroup"), [
    { version: 3, userCnt: 2 },
  ]);
  assert.deepEqual(await rows(engines, "SELECT userId, status FROM IMRecentSession"), [
    { userId: 2, status: 1 },
  ]);
  assert.deepEqual(await everything(engines, "group_member"), {
    [`group_member_${groupId}`]: { "1": String(T), "3": String(T + 6) },
  });
  const counters = await everything(engines, "unread");
  assert.deepEqual(counters[`3_${groupId}_im_user_group`], { count: "1" });
  await groups.addMembers({ groupId, userIds: [2], now: T + 8 });
  assert.deepEqual((await rows(engines, members))[1], {
    ...{ userId: 2, status: 0, created: T, updated: T + 8 },
  });
});

suite.test("reading and removing sessions change keys as the original does", async (engines) => {
  await using opened = await open(engines);
  const { storage } = opened;
  await addUsers(storage, 3);
  const group = await addGroup(storage, [1, 2]);
  for (const from of [2, 3]) await say(storage, { from, to: 1 });
  await sayInGroup(storage, { from: 2, group });
  await storage.unread.clear(withPeer(1, 2));
  await storage.unread.clear(inGroup(1, group));
  let counters = await everything(engines, "unread");
  assert.deepEqual(counters.unread_1, { "3": "1" });
  assert.deepEqual(counters[`1_${group}_im_user_group`], { count: "1" });
  assert.equal(await storage.sessions.remove(withPeer(1, 3), T + 9), true);
  counters = await everything(engines, "unread");
  assert.equal(counters.unread_1, undefined);
  const removed = "SELECT status, updated FROM IMRecentSession WHERE userId = 1 AND peerId = 3";
  assert.deepEqual(await rows(engines, removed), [{ status: 1, updated: T + 9 }]);
});

/** A pair, a group and their messages as the original leaves them, its faults included. */
async function writeAsOriginal(engines: TestEngines): Promise<void> {
  const statements = [
    `INSERT INTO IMUser (id, name, departId, avatar, status, created, updated)
     VALUES (1, 'user1', 1, NULL, 0, 1, 1), (2, 'user2', 1, '', NULL, 1, 1), (3, 'user3', 1, '', 2, 1, 1)`,
    // One burst of first messages made two relations; readers use the last one (P-MSG6).
    `INSERT INTO IMRelationShip (id, smallId, bigId, status, created, updated)
     VALUES (1, 1, 2, 0, ${T}, ${T}), (2, 1, 2, 0, ${T}, ${T})`,
    `INSERT INTO IMMessage_1 (relateId, fromId, toId, msgId, content, type, status, updated, created)
     VALUES (1, 1, 2, 1, 'lost', 1, 0, ${T}, ${T})`,
    `INSERT INTO IMMessage_2 (relateId, fromId, toId, msgId, content, type, status, updated, created)
     VALUES (2, 1, 2, 1, 'one', 1, 0, ${T}, ${T}), (2, 2, 1, 2, NULL, 1, 0, ${T + 1}, ${T + 1}),
       (2, 2, 1, 3, 'hidden', 1, 1, ${T + 1}, ${T + 1}), (2, 2, 1, 4, 'odd', 99, 0, ${T + 1}, ${
      T + 1
    })`,
    `INSERT INTO IMRecentSession (userId, peerId, type, status, created, updated)
     VALUES (1, 2, 1, 0, ${T}, ${T}), (1, 2, 1, 0, ${T}, ${T + 1}), (2, 1, 1, 1, ${T}, ${T + 1}),
       (1, 5, 2, 0, ${T}, ${T + 2})`,
    // A member count that grew twice (P-GRP1).
    `INSERT INTO IMGroup (id, name, creator, type, userCnt, status, version, lastChated, updated, created)
     VALUES (5, 'g', 1, 2, 4, 0, 2, ${T + 2}, ${T}, ${T})`,
    `INSERT INTO IMGroupMember (groupId, userId, status, created, updated)
     VALUES (5, 1, 0, ${T}, ${T}), (5, 2, 0, ${T}, ${T}), (5, 3, 1, ${T}, ${T})`,
    `INSERT INTO IMGroupMessage_5 (groupId, userId, msgId, content, type, status, updated, created)
     VALUES (5, 1, 1, 'all', 17, 0, ${T + 2}, ${T + 2})`,
  ];
  for (const statement of statements) await engines.sql(statement);
  await engines.withRedis("unread", async (redis) => {
    await redis.mset("msg_id_1", 1, "msg_id_2", 4, "group_msg_id_5", 1);
    await redis.hset("unread_2", "1", 1);
    await redis.hset("5_im_group_msg", "count", 1);
    await redis.hset("1_5_im_user_group", "count", 1);
  });
  await engines.withRedis("group_member", (redis) => redis.hset("group_member_5", "1", T, "2", T));
}

suite.test("data of the original is read as the original reads it, and goes on", async (engines) => {
  await writeAsOriginal(engines);
  await using opened = await open(engines);
  const { storage } = opened;
  const page = await storage.messages.list({
    ...{ conversation: withPeer(1, 2), beginId: 0, limit: 10 },
  });
  assert.deepEqual(page.map((row) => [row.msgId, text(row)]), [[2, ""], [1, "one"]]);
  assert.deepEqual(await recentOf(storage, 1), [[2, 5, 2], [1, 2, 1]]);
  assert.deepEqual(await recentOf(storage, 2), [[2, 5, 2]]);
  assert.deepEqual(await unreadOf(storage, 2), [[1, 1, 1], [2, 5, 1]]);
  assert.deepEqual(await unreadOf(storage, 1), []);
  assert.deepEqual(await historyIds(storage, inGroup(2, 5)), [1]);
  assert.deepEqual(await historyIds(storage, inGroup(3, 5)), []);
  assert.equal(await say(storage, { from: 2, to: 1, at: 10 }), 5);
  assert.equal(await sayInGroup(storage, { from: 2, group: 5, at: 11 }), 2);
  // NULL and 2 are states of people who work here (docs/spec/storage.md 2.1).
  assert.equal(await say(storage, { from: 1, to: 3, at: 12 }), 1);
  assert.deepEqual(await recentOf(storage, 1), [[1, 3, 12], [2, 5, 11], [1, 2, 10]]);
  assert.deepEqual(await unreadOf(storage, 1), [[1, 2, 1], [2, 5, 1]]);
  await storage.groups.addMembers({ groupId: 5, userIds: [3], now: T + 20 });
  assert.deepEqual(await rows(engines, "SELECT version, userCnt FROM IMGroup"), [
    { version: 3, userCnt: 3 },
  ]);
});

suite.test("a group whose members Redis lost lives on from MySQL (P-GRP7)", async (engines) => {
  await writeAsOriginal(engines);
  await engines.withRedis("group_member", (redis) => redis.flushdb());
  await using opened = await open(engines);
  const { storage } = opened;
  assert.equal(await sayInGroup(storage, { from: 2, group: 5, at: 11 }), 2);
  assert.deepEqual(await everything(engines, "group_member"), {
    group_member_5: { "1": String(T), "2": String(T) },
  });
  await engines.withRedis("group_member", (redis) => redis.flushdb());
  assert.deepEqual(await storage.groups.members(5), new Map([[1, T], [2, T]]));
});

suite.test("texts come back byte for byte, and what does not fit is an error, never cut", async (engines) => {
  await using opened = await open(engines);
  const { messages } = opened.storage;
  await addUsers(opened.storage, 2);
  const message = { fromId: 1, toId: 2, type: MSG_TYPE_SINGLE_TEXT, created: T };
  const broken = Uint8Array.of(65, 0xff, 0xfe);
  const results = await Promise.allSettled([
    messages.append({ ...message, content: bytes("'\"\\\0\n👩‍👩‍👧 %_ ") }),
    messages.append({ ...message, content: broken }),
    messages.append({ ...message, content: bytes("x".repeat(5000)) }),
    messages.append({ ...message, content: bytes("good") }),
  ]);
  assert.deepEqual(results.map(({ status }) => status), [
    ...["fulfilled", "rejected", "rejected", "fulfilled"],
  ]);
  const page = await messages.list({ conversation: withPeer(1, 2), beginId: 0, limit: 9 });
  assert.deepEqual(page.map(text), ["good", "'\"\\\0\n👩‍👩‍👧 %_ "]);
  assert.deepEqual(await unreadOf(opened.storage, 2), [[1, 1, 2]]);
});
