/** Who may change the members of a group, and who is told (docs/spec/flows.md 16). */
import assert from "node:assert/strict";
import {
  CID_GROUP_CHANGE_MEMBER_NOTIFY,
  CLIENT_TYPE_ANDROID,
  GROUP_MODIFY_TYPE_ADD,
  GROUP_MODIFY_TYPE_DEL,
  type IMGroupChangeMemberRsp,
} from "../../proto/mod.ts";
import type { Client } from "../../shared/client/mod.ts";
import { commandIdOf } from "../../shared/pdu/mod.ts";
import { group, hears, unreadOf } from "../support/chat.ts";
import { demoData } from "../support/demo_data.ts";
import { matrix, ONE } from "../support/matrix.ts";

const NORMAL = 1;
const TEMPORARY = 2;

const add = (client: Client, group_id: number, ...ids: number[]): Promise<IMGroupChangeMemberRsp> =>
  client.changeMembers({ group_id, change_type: GROUP_MODIFY_TYPE_ADD, member_id_list: ids });

const del = (client: Client, group_id: number, ...ids: number[]): Promise<IMGroupChangeMemberRsp> =>
  client.changeMembers({ group_id, change_type: GROUP_MODIFY_TYPE_DEL, member_id_list: ids });

async function versionOf(client: Client, group_id: number): Promise<number | undefined> {
  const { group_info_list } = await client.groupInfo([{ group_id, version: 0 }]);
  return group_info_list[0]?.version;
}

matrix("everybody concerned is told of a change, each terminal once", {}, async (cell) => {
  await using cluster = await cell.start();
  await using ann = await cluster.login("user1");
  await using annPhone = await cluster.login("user1", { clientType: CLIENT_TYPE_ANDROID });
  await using bob = await cluster.login("user2", { msgServer: cell.far });
  await using dan = await cluster.login("user4", { msgServer: cell.far });
  await using danPhone = await cluster.login("user4", { clientType: CLIENT_TYPE_ANDROID });
  await using stranger = await cluster.login("user5", { msgServer: cell.far });
  const terminals = [ann, annPhone, bob, dan, danPhone, stranger];
  const told = terminals.map((terminal) => {
    const count = { notes: 0 };
    terminal.onFrame((frame) => {
      if (commandIdOf(frame) === CID_GROUP_CHANGE_MEMBER_NOTIFY) count.notes++;
    });
    return count;
  });

  const added = await add(ann, TEMPORARY, 4);
  assert.deepEqual({ ...added }, {
    user_id: 1,
    change_type: GROUP_MODIFY_TYPE_ADD,
    result_code: 0,
    group_id: TEMPORARY,
    cur_user_id_list: [1, 2, 3, 4],
    chg_user_id_list: [4],
  });
  for (const terminal of [annPhone, bob, dan, danPhone]) {
    assert.deepEqual({ ...await terminal.next("groupChanged") }, {
      user_id: 1,
      change_type: GROUP_MODIFY_TYPE_ADD,
      group_id: TEMPORARY,
      cur_user_id_list: [1, 2, 3, 4],
      chg_user_id_list: [4],
    });
  }
  const removed = await del(ann, TEMPORARY, 4);
  assert.deepEqual(removed.cur_user_id_list, [1, 2, 3]);
  for (const terminal of [annPhone, bob, dan, danPhone]) {
    const note = await terminal.next("groupChanged");
    assert.deepEqual([note.change_type, note.chg_user_id_list], [GROUP_MODIFY_TYPE_DEL, [4]]);
  }
  // A last word down every path shows that nothing more was under way.
  for (const terminal of terminals.slice(1)) {
    if (terminal === annPhone) continue;
    await ann.sendText(terminal.userId, "last word");
    await hears(terminal, "last word");
  }
  await hears(annPhone, "last word");
  assert.deepEqual(told.map((count) => count.notes), [0, 2, 2, 2, 2, 0]);
});

matrix("each change raises the version by one, a refused one does not", ONE, async (cell) => {
  await using cluster = await cell.start();
  await using ann = await cluster.login("user1");
  await using bob = await cluster.login("user2");
  await add(ann, NORMAL, 4, 5);
  assert.equal(await versionOf(bob, NORMAL), 2);
  await del(ann, NORMAL, 4);
  assert.equal(await versionOf(bob, NORMAL), 3);
  assert.equal((await del(bob, NORMAL, 5)).result_code, 1);
  assert.equal(await versionOf(bob, NORMAL), 3);
});

interface Attempt {
  readonly name: string;
  /** Logs in as this user: 1 created the groups, 2 is a member, 4 a stranger. */
  readonly as: number;
  readonly change: typeof add;
  readonly groupId: number;
  readonly ids: readonly number[];
  readonly result: 0 | 1;
}

// docs/spec/pitfalls.md P-AUTH5, P-GRP5 and P-GRP6.
const ATTEMPTS: readonly Attempt[] = [
  { name: "the creator adds", as: 1, change: add, groupId: NORMAL, ids: [4], result: 0 },
  {
    name: "a member adds to a normal group",
    as: 2,
    change: add,
    groupId: NORMAL,
    ids: [4],
    result: 1,
  },
  {
    name: "a member adds to a temporary group",
    as: 2,
    change: add,
    groupId: TEMPORARY,
    ids: [5],
    result: 0,
  },
  { name: "a stranger adds himself", as: 4, change: add, groupId: TEMPORARY, ids: [4], result: 1 },
  {
    name: "a stranger adds himself to a normal group",
    as: 4,
    change: add,
    groupId: NORMAL,
    ids: [4],
    result: 1,
  },
  { name: "the creator removes", as: 1, change: del, groupId: NORMAL, ids: [2, 3], result: 0 },
  { name: "a member removes another", as: 2, change: del, groupId: TEMPORARY, ids: [3], result: 1 },
  {
    name: "a member removes himself and another",
    as: 2,
    change: del,
    groupId: TEMPORARY,
    ids: [2, 3],
    result: 1,
  },
  {
    name: "a member leaves a temporary group",
    as: 2,
    change: del,
    groupId: TEMPORARY,
    ids: [2],
    result: 0,
  },
  {
    name: "a member leaves a normal group",
    as: 2,
    change: del,
    groupId: NORMAL,
    ids: [2],
    result: 1,
  },
  {
    name: "a stranger removes a member",
    as: 4,
    change: del,
    groupId: TEMPORARY,
    ids: [3],
    result: 1,
  },
  {
    name: "the creator adds who is there already",
    as: 1,
    change: add,
    groupId: NORMAL,
    ids: [2, 3],
    result: 1,
  },
  {
    name: "the creator adds unknown users",
    as: 1,
    change: add,
    groupId: NORMAL,
    ids: [98, 99],
    result: 1,
  },
  { name: "adding nobody", as: 1, change: add, groupId: NORMAL, ids: [], result: 1 },
  { name: "an unknown group", as: 1, change: add, groupId: 99, ids: [4], result: 1 },
];

for (const { name, as, change, groupId, ids, result } of ATTEMPTS) {
  matrix(`change of members, result ${result}: ${name}`, ONE, async (cell) => {
    await using cluster = await cell.start();
    await using requester = await cluster.login(`user${as}`);
    await using witness = await cluster.login("user3", { clientType: CLIENT_TYPE_ANDROID });
    const membersBefore = [1, 2, 3];
    const answer = await change(requester, groupId, ...ids);
    assert.equal(answer.result_code, result);
    assert.deepEqual([answer.user_id, answer.group_id], [as, groupId]);
    await using owner = as === 1 ? null : await cluster.login("user1");
    const { group_info_list } = await (owner ?? requester).groupInfo([
      { group_id: groupId, version: 0 },
    ]);
    const members = group_info_list[0]?.group_member_list;
    const after = change === add
      ? [...membersBefore, ...ids]
      : membersBefore.filter((id) => !ids.includes(id));
    if (groupId !== 99) assert.deepEqual(members, result === 0 ? after : membersBefore);
    if (result === 1) {
      assert.deepEqual([answer.cur_user_id_list, answer.chg_user_id_list], [[], []]);
      await requester.sendText(3, "nothing happened");
      await hears(witness, "nothing happened");
      assert.deepEqual(witness.drain("groupChanged"), []);
    } else {
      assert.deepEqual(answer.chg_user_id_list, ids);
      assert.deepEqual(answer.cur_user_id_list, after);
    }
  });
}

matrix("removing nobody succeeds with empty lists", ONE, async (cell) => {
  await using cluster = await cell.start();
  await using ann = await cluster.login("user1");
  const answer = await del(ann, NORMAL);
  assert.deepEqual(
    [answer.result_code, answer.cur_user_id_list, answer.chg_user_id_list],
    [0, [], []],
  );
});

matrix("an addition names only who is new, members in text order", ONE, async (cell) => {
  await using cluster = await cell.start({ seed: demoData(12) });
  await using ann = await cluster.login("user1");
  const answer = await add(ann, NORMAL, 11, 3, 4, 11, 99);
  assert.deepEqual(answer.chg_user_id_list, [4, 11]);
  assert.deepEqual(answer.cur_user_id_list, [1, 11, 2, 3, 4]);
});

matrix(
  "who is added starts without unread messages, who is removed loses the session",
  {},
  async (cell) => {
    await using cluster = await cell.start();
    await using ann = await cluster.login("user1");
    await using dan = await cluster.login("user4", { msgServer: cell.far });
    await ann.groupText(TEMPORARY, "before");
    await add(ann, TEMPORARY, 4);
    assert.equal(await unreadOf(dan, group(TEMPORARY)), 0);
    await ann.groupText(TEMPORARY, "after");
    assert.equal(await unreadOf(dan, group(TEMPORARY)), 1);
    assert.equal((await dan.recentSessions()).contact_session_list.length, 1);
    await del(ann, TEMPORARY, 4);
    assert.equal(await unreadOf(dan, group(TEMPORARY)), 0);
    assert.deepEqual((await dan.recentSessions()).contact_session_list, []);
  },
);
