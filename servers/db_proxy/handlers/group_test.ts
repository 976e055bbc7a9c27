/** Lists, infos and creation of groups; who may change members is in `group_members_test.ts`. */
import assert from "node:assert/strict";
import * as proto from "../../../proto/mod.ts";
import { SEEDED_AT, Tasks, testUser } from "../test_support/tasks.ts";

const LIST = { id: proto.CID_GROUP_NORMAL_LIST_REQUEST, codec: proto.IMNormalGroupListReq };
const LIST_REPLY = {
  id: proto.CID_GROUP_NORMAL_LIST_RESPONSE,
  codec: proto.IMNormalGroupListRsp,
};
const INFO = { id: proto.CID_GROUP_INFO_REQUEST, codec: proto.IMGroupInfoListReq };
const INFO_REPLY = { id: proto.CID_GROUP_INFO_RESPONSE, codec: proto.IMGroupInfoListRsp };
const CREATE = { id: proto.CID_GROUP_CREATE_REQUEST, codec: proto.IMGroupCreateReq };
const CREATE_REPLY = { id: proto.CID_GROUP_CREATE_RESPONSE, codec: proto.IMGroupCreateRsp };
const ATTACH = Uint8Array.of(5, 5);

async function infos(
  tasks: Tasks,
  user_id: number,
  known: readonly (readonly [groupId: number, version: number])[],
): Promise<proto.GroupInfo[]> {
  const group_version_list = known.map(([group_id, version]) => ({ group_id, version }));
  return (await tasks.ask(INFO, { user_id, group_version_list }, INFO_REPLY)).group_info_list;
}

const creation: proto.IMGroupCreateReqInit = {
  user_id: 4,
  group_type: proto.GROUP_TYPE_TMP,
  group_name: "lunch",
  group_avatar: "a.png",
  member_id_list: [10, 2, 1, 2],
  attach_data: ATTACH,
};

function create(
  tasks: Tasks,
  changes: Partial<proto.IMGroupCreateReqInit> = {},
): Promise<proto.IMGroupCreateRsp> {
  return tasks.ask(CREATE, { ...creation, ...changes }, CREATE_REPLY);
}

Deno.test("groupList(), the user's normal groups; temporary ones are not listed", async () => {
  await using tasks = await Tasks.open();
  const list = async (user_id: number): Promise<unknown> =>
    (await tasks.ask(LIST, { user_id }, LIST_REPLY)).group_version_list.map((one) => ({ ...one }));
  assert.deepEqual(await list(2), [{ group_id: 1, version: 1 }]);
  assert.deepEqual(await list(3), []);
});

Deno.test("groupInfos(), a group with its members in text order (Q-ORD2)", async () => {
  await using tasks = await Tasks.open();
  const found = await infos(tasks, 2, [[1, 0]]);
  assert.deepEqual(found.map((info) => ({ ...info })), [{
    group_id: 1,
    version: 1,
    group_name: "group1",
    group_avatar: "",
    group_creator_id: 1,
    group_type: proto.GROUP_TYPE_NORMAL,
    shield_status: 0,
    group_member_list: [1, 10, 2],
  }]);
});

Deno.test("groupInfos(), only groups that are newer than what the client has (Q-VER)", async () => {
  await using tasks = await Tasks.open();
  await tasks.services.storage.groups.addMembers({ groupId: 2, userIds: [3], now: SEEDED_AT });
  const found = async (first: number, second: number): Promise<number[]> =>
    (await infos(tasks, 1, [[1, first], [2, second]])).map(({ group_id }) => group_id).sort();
  assert.deepEqual(await found(0, 0), [1, 2]);
  assert.deepEqual(await found(1, 1), [2]);
  assert.deepEqual(await found(1, 2), []);
  assert.deepEqual(await infos(tasks, 1, [[99, 0]]), []);
});

Deno.test("groupInfos(), not to strangers, not to those who were removed (P-AUTH5)", async () => {
  await using tasks = await Tasks.open();
  assert.deepEqual(await infos(tasks, 3, [[1, 0], [2, 0]]), []);
  await tasks.services.storage.groups.removeMembers({ groupId: 1, userIds: [2], now: SEEDED_AT });
  assert.deepEqual((await infos(tasks, 2, [[1, 0], [2, 0]])).map(({ group_id }) => group_id), [2]);
});

Deno.test("createGroup(), members ascending, each once, without the creator (Q-CREATE)", async () => {
  await using tasks = await Tasks.open();
  const { attach_data, ...answer } = await create(tasks);
  assert.equal(attach_data?.toHex(), ATTACH.toHex());
  assert.deepEqual(answer, {
    user_id: 4,
    result_code: 0,
    group_id: 3,
    group_name: "lunch",
    user_id_list: [1, 2, 10],
  });
  const [info] = await infos(tasks, 10, [[3, 0]]);
  assert.deepEqual([info!.group_creator_id, info!.group_type, info!.group_avatar], [4, 2, "a.png"]);
  assert.deepEqual(await infos(tasks, 4, [[3, 0]]), [], "the creator is no member");
});

Deno.test("createGroup(), ignores users who do not exist or have left (P-GRP2)", async () => {
  await using tasks = await Tasks.open();
  await tasks.services.storage.users.add([testUser(20, { status: 3 })]);
  const answer = await create(tasks, { member_id_list: [1, 20, 99] });
  assert.deepEqual([answer.result_code, answer.user_id_list], [0, [1]]);
});

const REFUSED: Readonly<Record<string, Partial<proto.IMGroupCreateReqInit>>> = {
  "no name": { group_name: "" },
  "a name that is too long": { group_name: "n".repeat(257) },
  "an avatar that is too long": { group_avatar: "n".repeat(257) },
  "no members": { member_id_list: [] },
  "no member that exists": { member_id_list: [99, 98] },
  "too many members (P-LIM6)": { member_id_list: Array.from({ length: 5001 }, (_, i) => i + 1) },
};

for (const [what, changes] of Object.entries(REFUSED)) {
  Deno.test(`createGroup(), result 1 with name and members echoed for ${what}`, async () => {
    await using tasks = await Tasks.open();
    const request = { ...creation, ...changes };
    const answer = await create(tasks, changes);
    assert.deepEqual([answer.result_code, answer.group_id], [1, undefined]);
    assert.equal(answer.group_name, request.group_name);
    const members = [...new Set(request.member_id_list)].sort((a, b) => a - b);
    assert.deepEqual(answer.user_id_list, members);
    assert.equal(answer.attach_data?.toHex(), ATTACH.toHex());
    assert.equal((await create(tasks)).group_id, 3, "no group was made");
  });
}

Deno.test("createGroup(), name and avatar of 256 characters fit", async () => {
  await using tasks = await Tasks.open();
  const longest = "群".repeat(256);
  assert.equal(
    (await create(tasks, { group_name: longest, group_avatar: longest })).result_code,
    0,
  );
});
