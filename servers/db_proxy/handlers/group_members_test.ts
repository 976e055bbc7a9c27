/** Who may change the members of a group, and what the answer says. */
import assert from "node:assert/strict";
import * as proto from "../../../proto/mod.ts";
import { Tasks, testUser } from "../test_support/tasks.ts";

const QUESTION = {
  id: proto.CID_GROUP_CHANGE_MEMBER_REQUEST,
  codec: proto.IMGroupChangeMemberReq,
};
const REPLY = { id: proto.CID_GROUP_CHANGE_MEMBER_RESPONSE, codec: proto.IMGroupChangeMemberRsp };
const ADD = proto.GROUP_MODIFY_TYPE_ADD;
const DEL = proto.GROUP_MODIFY_TYPE_DEL;
const NORMAL = 1;
const TEMPORARY = 2;

interface Change {
  readonly by: number;
  readonly type?: proto.GroupModifyType;
  readonly group?: number;
  readonly members: readonly number[];
}

async function change(tasks: Tasks, { by, type = ADD, group = TEMPORARY, members }: Change) {
  const answer = await tasks.ask(QUESTION, {
    user_id: by,
    change_type: type,
    group_id: group,
    member_id_list: members,
    attach_data: Uint8Array.of(7),
  }, REPLY);
  assert.deepEqual(
    [answer.user_id, answer.change_type, answer.group_id, answer.attach_data?.toHex()],
    [by, type, group, "07"],
  );
  const { result_code, cur_user_id_list, chg_user_id_list } = answer;
  return { result: result_code, current: cur_user_id_list, changed: chg_user_id_list };
}

const REFUSED = { result: 1, current: [], changed: [] };

async function version(tasks: Tasks, group = TEMPORARY): Promise<number> {
  return (await tasks.services.storage.groups.byIds([group]))[0]!.version;
}

/** Members are 1, the creator, 2 and 10; 3 is a stranger, 0 is http_msg_server. */
const MATRIX: readonly (readonly [
  what: string,
  change: Change,
  mayNormal: boolean,
  mayTemporary: boolean,
])[] = [
  ["the creator adds", { by: 1, members: [3] }, true, true],
  ["a member adds (P-AUTH5)", { by: 2, members: [3] }, false, true],
  ["a stranger adds (P-AUTH5)", { by: 4, members: [3] }, false, false],
  ["a stranger adds himself (P-AUTH5)", { by: 3, members: [3] }, false, false],
  ["the administration adds", { by: 0, members: [3] }, true, true],
  ["the creator removes", { by: 1, type: DEL, members: [2] }, true, true],
  ["a member removes another", { by: 2, type: DEL, members: [10] }, false, false],
  ["a member leaves (P-GRP6)", { by: 2, type: DEL, members: [2] }, false, true],
  ["a member leaves with another", { by: 2, type: DEL, members: [2, 10] }, false, false],
  ["a stranger removes", { by: 3, type: DEL, members: [2] }, false, false],
  ["a stranger removes himself", { by: 3, type: DEL, members: [3] }, false, false],
  ["the administration removes", { by: 0, type: DEL, members: [2] }, true, true],
];

for (const [what, one, mayNormal, mayTemporary] of MATRIX) {
  for (const [group, may] of [[NORMAL, mayNormal], [TEMPORARY, mayTemporary]] as const) {
    const kind = group === NORMAL ? "normal" : "temporary";
    Deno.test(`changeMembers(), ${what}: ${may ? "done" : "refused"} in a ${kind} group`, async () => {
      await using tasks = await Tasks.open();
      const outcome = await change(tasks, { ...one, group });
      if (!may) assert.deepEqual(outcome, REFUSED);
      else assert.deepEqual([outcome.result, outcome.changed], [0, one.members]);
      assert.equal(await version(tasks, group), may ? 2 : 1);
      const wasMember = one.type === DEL && one.members[0] !== 3;
      const members = await tasks.services.storage.groups.members(group);
      assert.equal(members!.has(one.members[0]!), may ? !wasMember : wasMember);
    });
  }
}

Deno.test("changeMembers(), an addition: members in text order, the new ones by number (Q-ORD2)", async () => {
  await using tasks = await Tasks.open();
  await tasks.services.storage.users.add([testUser(21), testUser(100)]);
  assert.deepEqual(await change(tasks, { by: 1, members: [100, 21, 3, 100] }), {
    result: 0,
    current: [1, 10, 100, 2, 21, 3],
    changed: [3, 21, 100],
  });
});

Deno.test("changeMembers(), an addition names only who was added (Q-DELECHO)", async () => {
  await using tasks = await Tasks.open();
  await tasks.services.storage.users.add([testUser(20, { status: 3 })]);
  const outcome = await change(tasks, { by: 1, members: [2, 3, 20, 99] });
  assert.deepEqual(outcome, { result: 0, current: [1, 10, 2, 3], changed: [3] });
});

for (const members of [[], [2], [99]]) {
  Deno.test(`changeMembers(), an addition of [${members}] changes nobody: result 1`, async () => {
    await using tasks = await Tasks.open();
    assert.deepEqual(await change(tasks, { by: 1, members }), REFUSED);
    assert.equal(await version(tasks), 1);
  });
}

Deno.test("changeMembers(), a removal echoes who was asked for, member or not (Q-DELECHO)", async () => {
  await using tasks = await Tasks.open();
  const outcome = await change(tasks, { by: 1, type: DEL, members: [99, 2, 3, 2] });
  assert.deepEqual(outcome, { result: 0, current: [1, 10], changed: [2, 3, 99] });
});

Deno.test("changeMembers(), a removal of nobody succeeds with empty lists", async () => {
  await using tasks = await Tasks.open();
  const outcome = await change(tasks, { by: 1, type: DEL, members: [] });
  assert.deepEqual(outcome, { result: 0, current: [], changed: [] });
  assert.equal(await version(tasks), 1);
});

Deno.test("changeMembers(), the last member may be removed; nobody is left to change more", async () => {
  await using tasks = await Tasks.open();
  const outcome = await change(tasks, { by: 1, type: DEL, members: [1, 2, 10] });
  assert.deepEqual(outcome, { result: 0, current: [], changed: [1, 2, 10] });
  assert.deepEqual(await change(tasks, { by: 1, members: [3] }), REFUSED);
});

for (const by of [0, 1]) {
  Deno.test(`changeMembers(), result 1 for an unknown group, by user ${by} (P-GRP5)`, async () => {
    await using tasks = await Tasks.open();
    for (const type of [ADD, DEL]) {
      assert.deepEqual(await change(tasks, { by, type, group: 99, members: [3] }), REFUSED);
    }
  });
}

Deno.test("changeMembers(), result 1 for more ids than are looked at (P-LIM6)", async () => {
  await using tasks = await Tasks.open();
  const members = Array.from({ length: 5001 }, (_, i) => i + 1);
  for (const type of [ADD, DEL]) {
    assert.deepEqual(await change(tasks, { by: 1, type, members }), REFUSED);
  }
});
