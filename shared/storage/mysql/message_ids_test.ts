/** Message ids above what the tables have, whatever Redis says (docs/spec/pitfalls.md P-MSG5). */
import assert from "node:assert/strict";
import { MSG_TYPE_SINGLE_TEXT } from "../../../proto/ids.ts";
import { type ConversationKey, groupKey, insertMessages, singleKey } from "./message_tables.ts";
import { MessageIds } from "./message_ids.ts";
import { closeParts } from "./open_parts.ts";
import type { EngineParts } from "./parts.ts";
import { EngineSuite } from "./test_support/engine_suite.ts";
import { openTestStorage } from "./test_support/open_test_storage.ts";
import type { TestEngines } from "./test_support/test_engines.ts";

const suite = new EngineSuite();

function openIds(engines: TestEngines) {
  const build = (parts: EngineParts) => ({
    parts,
    ids: new MessageIds(parts),
    close: () => closeParts(parts),
  });
  return openTestStorage({ engines, build });
}

/** Puts a message of this id into the table, as another db_proxy_server would. */
function insert(engines: TestEngines, key: ConversationKey, msgId: number, status = 0) {
  const message = { key, msgId, fromId: 1, toId: 2, type: MSG_TYPE_SINGLE_TEXT, created: 5 };
  const [statement] = insertMessages([{ ...message, content: new TextEncoder().encode("x") }]);
  return engines.sql(statement!.replace(",0,5,5)", `,${status},5,5)`));
}

suite.test("MessageIds, a conversation's ids are consecutive from 1", async (engines) => {
  await using opened = await openIds(engines);
  const { ids } = opened.storage;
  assert.deepEqual(
    await ids.take([{ key: singleKey(7), count: 3 }, { key: groupKey(7), count: 1 }]),
    [1, 1],
  );
  assert.deepEqual(
    await ids.take([{ key: groupKey(7), count: 2 }, { key: singleKey(7), count: 1 }]),
    [2, 4],
  );
  const counters = await engines.withRedis(
    "unread",
    (redis) => redis.mget("msg_id_7", "group_msg_id_7"),
  );
  assert.deepEqual(counters, ["4", "3"]);
});

suite.test("MessageIds, two db_proxy_servers share the counters", async (engines) => {
  await using first = await openIds(engines);
  await using second = await openIds(engines);
  const key = singleKey(1);
  assert.deepEqual(await first.storage.ids.take([{ key, count: 2 }]), [1]);
  assert.deepEqual(await second.storage.ids.take([{ key, count: 2 }]), [3]);
  assert.deepEqual(await first.storage.ids.take([{ key, count: 1 }]), [5]);
});

for (const status of [0, 1]) {
  suite.test(`MessageIds, a missing counter starts above a message of status ${status}`, async (engines) => {
    for (const key of [singleKey(3), groupKey(3)]) {
      await insert(engines, key, 41);
      await insert(engines, key, 42, status);
    }
    await using opened = await openIds(engines);
    const wanted = [{ key: singleKey(3), count: 1 }, { key: groupKey(3), count: 1 }];
    assert.deepEqual(await opened.storage.ids.take(wanted), [43, 43]);
  });
}

suite.test("MessageIds, a counter behind the table is raised when it is first used", async (engines) => {
  await insert(engines, singleKey(3), 100);
  await engines.withRedis("unread", (redis) => redis.set("msg_id_3", 60));
  await using opened = await openIds(engines);
  assert.deepEqual(await opened.storage.ids.take([{ key: singleKey(3), count: 1 }]), [101]);
});

suite.test("MessageIds, Redis loses its data: ids go on above the table of all db_proxy_servers", async (engines) => {
  await using opened = await openIds(engines);
  const wanted = [{ key: singleKey(3), count: 2 }];
  assert.deepEqual(await opened.storage.ids.take(wanted), [1]);
  await insert(engines, singleKey(3), 50);
  await engines.withRedis("unread", (redis) => redis.flushall());
  assert.deepEqual(await opened.storage.ids.take(wanted), [51]);
});

suite.test("MessageIds, ids that were given and not stored are not given again", async (engines) => {
  await using opened = await openIds(engines);
  const wanted = [{ key: singleKey(3), count: 9 }];
  assert.deepEqual(await opened.storage.ids.take(wanted), [1]);
  await engines.withRedis("unread", (redis) => redis.flushall());
  assert.deepEqual(await opened.storage.ids.take(wanted), [10]);
});

suite.test("MessageIds, after forget() a counter is compared with the table once more", async (engines) => {
  await using opened = await openIds(engines);
  const wanted = [{ key: groupKey(3), count: 1 }];
  await opened.storage.ids.take(wanted);
  await insert(engines, groupKey(3), 30);
  assert.deepEqual(await opened.storage.ids.take(wanted), [2]);
  opened.storage.ids.forget();
  assert.deepEqual(await opened.storage.ids.take(wanted), [31]);
});
