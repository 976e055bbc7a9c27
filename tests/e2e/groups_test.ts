/** Lists, information and creation of groups (docs/spec/flows.md 16). */
import assert from "node:assert/strict";
import { GROUP_MODIFY_TYPE_ADD, GROUP_TYPE_NORMAL, GROUP_TYPE_TMP } from "../../proto/mod.ts";
import type { Client } from "../../shared/client/mod.ts";
import { group, hears, unreadOf } from "../support/chat.ts";
import { demoData, demoUser, SEEDED_AT } from "../support/demo_data.ts";
import { matrix, ONE } from "../support/matrix.ts";

matrix("the list names the user's normal groups, the newest first", ONE, async (cell) => {
  await using cluster = await cell.start({
    seed: demoData(5, [
      { id: 1, type: GROUP_TYPE_NORMAL, creator: 1, members: [1, 2], created: SEEDED_AT + 5 },
      { id: 2, type: GROUP_TYPE_TMP, creator: 1, members: [1, 2] },
      { id: 3, type: GROUP_TYPE_NORMAL, creator: 1, members: [1, 3] },
      { id: 4, type: GROUP_TYPE_NORMAL, creator: 1, members: [2, 3] },
    ]),
  });
  await using ann = await cluster.login("user1");
  await using dan = await cluster.login("user4");
  const listed = async (client: Client): Promise<number[][]> => {
    const { group_version_list } = await client.groupList();
    return group_version_list.map(({ group_id, version }) => [group_id, version]);
  };
  assert.deepEqual(await listed(ann), [[1, 1], [3, 1]]);
  assert.deepEqual(await listed(dan), []);
  await ann.changeMembers({
    group_id: 1,
    change_type: GROUP_MODIFY_TYPE_ADD,
    member_id_list: [dan.userId],
  });
  assert.deepEqual(await listed(ann), [[1, 2], [3, 1]]);
  assert.deepEqual(await listed(dan), [[1, 2]]);
});

matrix("group information comes for members, when it is newer than theirs", ONE, async (cell) => {
  await using cluster = await cell.start({
    seed: demoData(12, [
      { id: 1, type: GROUP_TYPE_NORMAL, creator: 7, members: [1, 2, 10] },
      { id: 2, type: GROUP_TYPE_TMP, creator: 2, members: [2, 3] },
    ]),
  });
  await using ann = await cluster.login("user1");
  await using bob = await cluster.login("user2");
  const { user_id, group_info_list } = await ann.groupInfo([{ group_id: 1, version: 0 }]);
  assert.equal(user_id, 1);
  assert.deepEqual(group_info_list.map((info) => ({ ...info })), [{
    group_id: 1,
    version: 1,
    group_name: "group1",
    group_avatar: "",
    group_creator_id: 7,
    group_type: GROUP_TYPE_NORMAL,
    shield_status: 0,
    group_member_list: [1, 10, 2],
  }]);
  const ids = async (client: Client, ...asked: [number, number][]): Promise<number[]> => {
    const versions = asked.map(([group_id, version]) => ({ group_id, version }));
    return (await client.groupInfo(versions)).group_info_list.map((info) => info.group_id).sort();
  };
  assert.deepEqual(await ids(ann, [1, 1]), []);
  assert.deepEqual(await ids(ann, [1, 0], [2, 0], [99, 0]), [1], "not a member of group 2");
  assert.deepEqual(await ids(bob, [1, 0], [2, 0]), [1, 2]);
  assert.deepEqual(await ids(bob), []);
});

matrix(
  "a created group has its members in order, each once, and only existing ones",
  {},
  async (cell) => {
    await using cluster = await cell.start({
      seed: async (storage) => {
        await demoData(12)(storage);
        await storage.users.add([demoUser(20, { status: 3 })]);
      },
    });
    await using ann = await cluster.login("user1");
    await using ten = await cluster.login("user10", { msgServer: cell.far });
    const created = await ann.createGroup({
      name: "trip ✈ O'Hare",
      avatar: "http://example.com/a.png",
      members: [10, 2, 1, 2, 99, 20],
    });
    assert.equal(created.result_code, 0);
    assert.equal(created.group_name, "trip ✈ O'Hare");
    assert.deepEqual(created.user_id_list, [1, 2, 10]);
    const { group_info_list: [info] } = await ten.groupInfo([
      { group_id: created.group_id!, version: 0 },
    ]);
    assert.deepEqual({ ...info! }, {
      group_id: created.group_id,
      version: 1,
      group_name: "trip ✈ O'Hare",
      group_avatar: "http://example.com/a.png",
      group_creator_id: 1,
      group_type: GROUP_TYPE_TMP,
      shield_status: 0,
      group_member_list: [1, 10, 2],
    });
    // Nobody is told; the first message is what members learn of it by.
    assert.equal((await ann.groupText(created.group_id!, "welcome")).msg_id, 1);
    await hears(ten, "welcome");
    assert.deepEqual(ten.drain("groupChanged"), []);
    assert.equal(await unreadOf(ten, group(created.group_id!)), 1);
    // Temporary groups are not listed.
    assert.ok(
      (await ten.groupList()).group_version_list.every(({ group_id }) =>
        group_id !== created.group_id
      ),
    );
  },
);

matrix("the creator is a member only if listed", ONE, async (cell) => {
  await using cluster = await cell.start();
  await using ann = await cluster.login("user1");
  await using bob = await cluster.login("user2");
  const { group_id, user_id_list } = await ann.createGroup({ name: "without me", members: [2, 3] });
  assert.deepEqual(user_id_list, [2, 3]);
  assert.deepEqual(
    (await ann.groupInfo([{ group_id: group_id!, version: 0 }])).group_info_list,
    [],
  );
  assert.equal((await bob.groupText(group_id!, "she is gone")).msg_id, 1);
});

const NO_GROUP = [
  ["a normal group", { name: "normal", members: [3, 1], type: GROUP_TYPE_NORMAL }, [1, 3]],
  ["no name", { name: "", members: [2, 1] }, [1, 2]],
  ["no members", { name: "lonely", members: [] }, []],
  ["only unknown members", { name: "ghosts", members: [98, 97] }, [97, 98]],
] as const;

for (const [name, request, echoed] of NO_GROUP) {
  matrix(`a group is not created: ${name}`, ONE, async (cell) => {
    await using cluster = await cell.start();
    await using ann = await cluster.login("user1");
    const answer = await ann.createGroup(request);
    assert.equal(answer.result_code, 1);
    assert.equal(answer.group_id, undefined);
    assert.equal(answer.group_name, request.name);
    assert.deepEqual(answer.user_id_list.toSorted(), echoed);
    assert.equal((await ann.groupList()).group_version_list.length, 1);
  });
}

matrix(
  "nobody is told that a group was made, until its first message (Q-GRPNOTE)",
  ONE,
  async (cell) => {
    await using cluster = await cell.start({ seed: demoData(3) });
    await using ann = await cluster.login("user1");
    await using bob = await cluster.login("user2");
    const created = await ann.createGroup({ name: "new", avatar: "", members: [1, 2] });
    const group_id = created.group_id!;
    await ann.groupText(group_id, "hello");
    await hears(bob, "hello");
    const { group_info_list } = await bob.groupInfo([{ group_id, version: 0 }]);
    assert.equal(group_info_list[0]?.group_name, "new");
    // The first notice that comes is of a change after that.
    const change_type = GROUP_MODIFY_TYPE_ADD;
    await ann.changeMembers({ group_id, change_type, member_id_list: [3] });
    assert.deepEqual((await bob.next("groupChanged")).chg_user_id_list, [3]);
  },
);
