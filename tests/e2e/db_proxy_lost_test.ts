/** db_proxy goes away and comes back (docs/spec/pitfalls.md P-AVL1, flows.md 1.3). */
import assert from "node:assert/strict";
import { GROUP_MODIFY_TYPE_ADD, SESSION_TYPE_SINGLE } from "../../proto/mod.ts";
import { ManualClock } from "../../shared/clock.ts";
import { acksOf, group, hears, single, textsOf } from "../support/chat.ts";
import { matrix, ONE } from "../support/matrix.ts";

matrix("messages sent while db_proxy is away wait and are stored in order", {}, async (cell) => {
  const clock = new ManualClock();
  await using cluster = await cell.start({ clock });
  await using ann = await cluster.login("user1");
  await using bob = await cluster.login("user2", { msgServer: cell.far });
  await ann.sendText(2, "before");
  await hears(bob, "before");
  await cluster.stopServer("db_proxy");

  const texts = Array.from({ length: 40 }, (_, i) => `text ${i}`);
  const acks = acksOf(ann);
  const sent = texts.map((text, i) => i % 2 === 0 ? ann.sendText(2, text) : ann.groupText(1, text));
  await ann.serverTime();
  assert.equal(acks.length, 0);

  await cluster.startServer("db_proxy");
  const ids = (await Promise.all(sent)).map((ack) => ack.msg_id);
  const isSingle = (_: unknown, i: number): boolean => i % 2 === 0;
  assert.deepEqual(ids.filter(isSingle), Array.from({ length: 20 }, (_, i) => i + 2));
  assert.deepEqual(
    acks.filter((ack) => ack.session_type === SESSION_TYPE_SINGLE).map((ack) => ack.msg_id),
    ids.filter(isSingle),
  );
  assert.deepEqual(await textsOf(bob, single(1)), ["before", ...texts.filter(isSingle)]);
  assert.deepEqual(await textsOf(bob, group(1)), texts.filter((text, i) => !isSingle(text, i)));
  const heard = new Set<string | null>();
  while (heard.size < texts.length) heard.add((await bob.next("message")).text);
  assert.deepEqual(heard, new Set(texts));
});

matrix("what is read while db_proxy is away is read when it is back", ONE, async (cell) => {
  await using cluster = await cell.start({ clock: new ManualClock() });
  await using ann = await cluster.login("user1");
  await using bob = await cluster.login("user2");
  const { msg_id } = await bob.sendText(1, "hi");
  assert.equal((await ann.unread()).total_cnt, 1);
  await cluster.stopServer("db_proxy");
  ann.readAck(single(2), msg_id);
  await ann.serverTime();
  await cluster.startServer("db_proxy");
  await ann.sendText(2, "stored after what waited");
  assert.equal((await ann.unread()).total_cnt, 0);
});

matrix("messages that waited for more than 30 s are given up", {
  links: ["memory"],
  msgServers: [1],
  // They wait in msg_server. A clock that leaps would give up what is under way to MySQL and Redis.
  storages: ["sqlite"],
}, async (cell) => {
  const clock = new ManualClock();
  await using cluster = await cell.start({ clock });
  await using ann = await cluster.login("user1");
  await using bob = await cluster.login("user2");
  await cluster.stopServer("db_proxy");
  const acks = acksOf(ann);
  const givenUp = assert.rejects(ann.sendText(2, "too early"));
  await ann.serverTime();
  clock.advance(20_000); // The first try to connect again fails on the way; the next is 8 s later.
  await ann.serverTime();
  const inTime = ann.sendText(2, "in time");
  await ann.serverTime();
  await cluster.startServer("db_proxy", { advanceMs: 11_000 });
  await inTime;
  assert.deepEqual(acks.map((ack) => ack.msg_id), [1]);
  await hears(bob, "in time");
  assert.deepEqual(await textsOf(bob, single(1)), ["in time"]);
  await ann.close();
  await givenUp;
});

matrix("requests are answered as empty or failed while db_proxy is away", ONE, async (cell) => {
  const clock = new ManualClock();
  await using cluster = await cell.start({ clock });
  await using ann = await cluster.login("user1");
  await ann.sendText(2, "hi");
  await cluster.stopServer("db_proxy");

  const session = single(2);
  const users = await ann.allUsers(5);
  assert.deepEqual([users.user_id, users.latest_update_time, users.user_list], [1, 5, []]);
  assert.deepEqual((await ann.departments(7)).dept_list, []);
  assert.equal((await ann.departments(7)).latest_update_time, 7);
  assert.deepEqual((await ann.usersInfo([1])).user_info_list, []);
  assert.deepEqual((await ann.recentSessions()).contact_session_list, []);
  const unread = await ann.unread();
  assert.deepEqual([unread.user_id, unread.total_cnt, unread.unreadinfo_list], [1, 0, []]);
  const history = await ann.messageList(session, { begin: 3 });
  assert.deepEqual([history.msg_id_begin, history.msg_list], [3, []]);
  assert.deepEqual((await ann.messagesByIds(session, [1])).msg_list, []);
  assert.equal(await ann.latestMessageId(session), 0);
  assert.deepEqual((await ann.groupList()).group_version_list, []);
  assert.deepEqual((await ann.groupInfo([{ group_id: 1, version: 0 }])).group_info_list, []);
  assert.deepEqual({ ...await ann.removeSession(session) }, {
    user_id: 1,
    result_code: 1,
    ...session,
  });
  const created = await ann.createGroup({ name: "new", members: [1, 2] });
  assert.deepEqual([created.result_code, created.user_id_list], [1, [1, 2]]);
  const change = { group_id: 1, change_type: GROUP_MODIFY_TYPE_ADD, member_id_list: [4] };
  assert.equal((await ann.changeMembers(change)).result_code, 1);
  // What needs no db_proxy works as ever.
  assert.equal((await ann.usersStatus([1])).user_stat_list[0]!.status, 1);

  await cluster.startServer("db_proxy");
  assert.deepEqual(await textsOf(ann, session), ["hi"]);
  assert.equal((await ann.changeMembers(change)).result_code, 0);
});
