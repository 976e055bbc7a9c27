/** Everything that was acknowledged is still there after a stop and a start on the same data. */
import assert from "node:assert/strict";
import { GROUP_MODIFY_TYPE_ADD, SESSION_TYPE_SINGLE } from "../../proto/mod.ts";
import { textOf } from "../../shared/client/mod.ts";
import { group, hears, settled, single, textsOf, unreadOf, wholeHistory } from "../support/chat.ts";
import { startCluster } from "../support/cluster.ts";
import { demoData } from "../support/demo_data.ts";
import { matrix, ONE } from "../support/matrix.ts";

matrix("a restarted cluster remembers all", ONE, async (cell) => {
  await using place = await cell.data();
  const data = place.storage;
  const created = await (async () => {
    await using cluster = await cell.start({ data });
    await using ann = await cluster.login("user1");
    await using bob = await cluster.login("user2");
    await ann.sendText(2, "read");
    bob.readAck(single(1), 1);
    await settled(bob);
    await ann.sendText(2, "unread");
    await ann.groupText(1, "to the group");
    await ann.sendText(3, "to eve");
    await ann.removeSession(single(3));
    const { group_id } = await ann.createGroup({ name: "new", members: [1, 2] });
    await ann.changeMembers({
      group_id: group_id!,
      change_type: GROUP_MODIFY_TYPE_ADD,
      member_id_list: [4],
    });
    await ann.groupText(group_id!, "hello dan");
    return group_id!;
  })();

  await using cluster = await cell.start({ data, seed: () => Promise.resolve() });
  await using ann = await cluster.login("user1");
  await using bob = await cluster.login("user2");
  await using dan = await cluster.login("user4");
  assert.deepEqual(await textsOf(bob, single(1)), ["read", "unread"]);
  assert.equal(await unreadOf(bob, single(1)), 1);
  assert.equal(await unreadOf(bob, group(1)), 1);
  assert.deepEqual(await textsOf(ann, single(3)), ["to eve"]);
  const { contact_session_list } = await ann.recentSessions();
  assert.deepEqual(
    contact_session_list.filter((one) => one.session_type === SESSION_TYPE_SINGLE)
      .map((one) => one.session_id),
    [2],
    "the one with user3 was removed",
  );
  const { group_info_list: [info] } = await dan.groupInfo([{ group_id: created, version: 0 }]);
  assert.deepEqual([info!.version, info!.group_member_list], [2, [1, 2, 4]]);
  assert.equal(await unreadOf(dan, group(created)), 1);

  // Ids go on where they were.
  assert.equal((await bob.sendText(1, "again")).msg_id, 3);
  await hears(ann, "again");
  assert.equal((await ann.groupText(1, "again")).msg_id, 2);
  assert.equal((await dan.groupText(created, "again")).msg_id, 2);
  assert.equal((await ann.createGroup({ name: "next", members: [1] })).group_id, created + 1);
});

matrix(
  "messages under way when the cluster stops are stored once if acknowledged",
  ONE,
  async (cell) => {
    await using place = await cell.data();
    const data = place.storage;
    const acked = new Map<string, number>();
    const cluster = await cell.start({ data });
    const ann = await cluster.login("user1");
    const sent = Array.from({ length: 500 }, (_, i) => `text ${i}`);
    const all = sent.map((text) =>
      ann.sendText(2, text).then((ack) => void acked.set(text, ack.msg_id), () => {/* no ack */})
    );
    await all[10];
    await cluster.stop();
    await Promise.all(all);
    await ann.close();

    await using again = await cell.start({ data, seed: () => Promise.resolve() });
    await using bob = await again.login("user2");
    const history = await wholeHistory(bob, single(1));
    const found = new Map(history.map((info) => [textOf(info), info.msg_id]));
    assert.equal(found.size, history.length, "none is there twice");
    assert.deepEqual([...found.values()], history.map((_, i) => i + 1));
    for (const [text, id] of acked) assert.equal(found.get(text), id);
    assert.equal(await unreadOf(bob, single(1)), found.size);
  },
);

matrix("two clusters in one process do not see each other", {
  links: ["memory", "tcp"],
}, async (cell) => {
  await using one = await cell.start();
  await using other = await startCluster({
    links: cell.links,
    msgServers: cell.far + 1,
    storage: cell.storage,
    seed: demoData(5),
  });
  await using ann = await one.login("user1");
  await using otherAnn = await other.login("user1", { msgServer: cell.far });
  await using bob = await one.login("user2", { msgServer: cell.far });
  await using otherBob = await other.login("user2");
  assert.equal((await ann.sendText(2, "in one")).msg_id, 1);
  assert.equal((await otherAnn.sendText(2, "in the other")).msg_id, 1);
  await hears(bob, "in one");
  await hears(otherBob, "in the other");
  await ann.groupText(1, "all in one");
  await otherAnn.groupText(1, "all in the other");
  await hears(bob, "all in one");
  await hears(otherBob, "all in the other");
  // The same user is logged in on a PC in both: no kick, and presence stays within each.
  assert.deepEqual([...ann.drain("kicked"), ...otherAnn.drain("kicked")], []);
  await bob.close();
  const { user_stat_list: [stat] } = await otherAnn.usersStatus([2]);
  assert.equal(stat!.status, 1);
});
