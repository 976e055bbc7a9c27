/** Holding back pushes: at night, and of single groups (docs/spec/flows.md 16 and 19). */
import assert from "node:assert/strict";
import {
  CLIENT_TYPE_ANDROID,
  GROUP_MODIFY_TYPE_ADD,
  GROUP_MODIFY_TYPE_DEL,
} from "../../proto/mod.ts";
import type { Client } from "../../shared/client/mod.ts";
import { group, hears, unreadOf } from "../support/chat.ts";
import { matrix, ONE } from "../support/matrix.ts";

const TEMPORARY_GROUP = 2;
const UNKNOWN_GROUP = 99;
const STATUS_OUT_OF_RANGE = 2 as 1;

async function shieldOf(client: Client, groupId: number): Promise<number | undefined> {
  const { group_info_list } = await client.groupInfo([{ group_id: groupId, version: 0 }]);
  return group_info_list[0]?.shield_status;
}

matrix("the push shield is per user, whatever the terminal, and stays", {}, async (cell) => {
  await using cluster = await cell.start();
  await using pc = await cluster.login("user1");
  await using phone = await cluster.login("user1", {
    msgServer: cell.far,
    clientType: CLIENT_TYPE_ANDROID,
  });
  await using bob = await cluster.login("user2");
  const off = { user_id: 1, result_code: 0, shield_status: 0 };
  const on = { ...off, shield_status: 1 };
  assert.deepEqual({ ...await phone.queryPushShield() }, off);
  assert.deepEqual({ ...await pc.setPushShield(1) }, on);
  // Setting what is set already is a success (docs/spec/pitfalls.md P-DB2).
  assert.deepEqual({ ...await pc.setPushShield(1) }, on);
  assert.deepEqual({ ...await phone.queryPushShield() }, on);
  assert.deepEqual({ ...await bob.queryPushShield() }, { ...off, user_id: 2 });
  const refused = { user_id: 1, result_code: 1 };
  assert.deepEqual({ ...await pc.setPushShield(STATUS_OUT_OF_RANGE) }, refused);
  assert.deepEqual({ ...await pc.queryPushShield() }, on);
  assert.deepEqual({ ...await phone.setPushShield(0) }, off);
  assert.deepEqual({ ...await pc.queryPushShield() }, off);
});

matrix(
  "a group shield is told to its owner only, and hides no message (P-GRP4)",
  {},
  async (cell) => {
    await using cluster = await cell.start();
    await using ann = await cluster.login("user1");
    await using bob = await cluster.login("user2", { msgServer: cell.far });
    assert.deepEqual({ ...await bob.shieldGroup(TEMPORARY_GROUP, 1) }, {
      user_id: 2,
      group_id: TEMPORARY_GROUP,
      result_code: 0,
    });
    assert.equal(await shieldOf(bob, TEMPORARY_GROUP), 1);
    assert.equal(await shieldOf(bob, 1), 0);
    assert.equal(await shieldOf(ann, TEMPORARY_GROUP), 0);
    await ann.groupText(TEMPORARY_GROUP, "still here");
    await hears(bob, "still here");
    assert.equal(await unreadOf(bob, group(TEMPORARY_GROUP)), 1);
    assert.equal((await bob.shieldGroup(TEMPORARY_GROUP, 0)).result_code, 0);
    assert.equal(await shieldOf(bob, TEMPORARY_GROUP), 0);
  },
);

matrix(
  "strangers and former members cannot shield a group, nor anybody an unknown one",
  ONE,
  async (
    cell,
  ) => {
    await using cluster = await cell.start();
    await using ann = await cluster.login("user1");
    await using bob = await cluster.login("user2");
    await using dan = await cluster.login("user4");
    const result = async (client: Client, groupId: number, status: 0 | 1): Promise<number> =>
      (await client.shieldGroup(groupId, status)).result_code;
    assert.equal(await result(dan, TEMPORARY_GROUP, 1), 1);
    // The original left this one unanswered (docs/spec/pitfalls.md P-GRP5).
    assert.deepEqual({ ...await ann.shieldGroup(UNKNOWN_GROUP, 1) }, {
      user_id: 1,
      group_id: UNKNOWN_GROUP,
      result_code: 1,
    });
    assert.equal(await result(bob, TEMPORARY_GROUP, STATUS_OUT_OF_RANGE), 1);
    assert.equal(await result(bob, TEMPORARY_GROUP, 1), 0);
    const change = { group_id: TEMPORARY_GROUP, member_id_list: [2] };
    await ann.changeMembers({ ...change, change_type: GROUP_MODIFY_TYPE_DEL });
    assert.equal(await result(bob, TEMPORARY_GROUP, 0), 1);
    await ann.changeMembers({ ...change, change_type: GROUP_MODIFY_TYPE_ADD });
    assert.equal(await shieldOf(bob, TEMPORARY_GROUP), 1);
  },
);
