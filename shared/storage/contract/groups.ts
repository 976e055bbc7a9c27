import { deepStrictEqual as deepEqual, ok, strictEqual as equal } from "node:assert/strict";
import { GROUP_TYPE_NORMAL, GROUP_TYPE_TMP } from "../../../proto/ids.ts";
import { USER_STATUS_LEFT } from "../types.ts";
import { type Contract, contractTest } from "./contract_test_case.ts";
import { addGroup, addUsers, newUser, sayInGroup, T } from "./fixtures.ts";

export function groupContract(contract: Contract): void {
  contractTest(contract, {
    title: "groups.create() takes existing users once, ascending, without those who left",
    run: async (storage) => {
      await addUsers(storage, 12);
      await storage.users.add([newUser("gone", { id: 50, status: USER_STATUS_LEFT })]);
      const made = await storage.groups.create({
        name: "g'1",
        avatar: "g0/000/000/a.png",
        creator: 0,
        type: GROUP_TYPE_TMP,
        members: [10, 2, 2, 50, 999, 1],
        created: T + 3,
      });
      ok(made.ok);
      const { groupId, members } = made.value;
      deepEqual(members, [1, 2, 10]);
      const joined = new Map([[1, T + 3], [2, T + 3], [10, T + 3]]);
      deepEqual(await storage.groups.members(groupId), joined);
      deepEqual(await storage.groups.byIds([groupId]), [{
        id: groupId,
        name: "g'1",
        avatar: "g0/000/000/a.png",
        creator: 0,
        type: GROUP_TYPE_TMP,
        version: 1,
        lastChated: 0,
        updated: T + 3,
      }]);
    },
  });

  contractTest(contract, {
    title: "groups.create() refuses a group without members and an id that exists",
    run: async (storage) => {
      await addUsers(storage, 2);
      const group = { name: "g", avatar: "", creator: 1, type: GROUP_TYPE_TMP, created: T };
      const empty = await storage.groups.create({ ...group, id: 5, members: [77] });
      deepEqual(empty, { ok: false, refusal: "no_members" });
      equal(await storage.groups.members(5), null);
      equal(await addGroup(storage, [1], { id: 5 }), 5);
      const again = await storage.groups.create({ ...group, id: 5, members: [2] });
      deepEqual(again, { ok: false, refusal: "exists" });
      deepEqual([...(await storage.groups.members(5))!.keys()], [1]);
      equal(await addGroup(storage, [2]), 6);
    },
  });

  contractTest(contract, {
    title: "groups.normalGroupsOf() lists normal groups of a member, newest, then lowest id first",
    run: async (storage) => {
      await addUsers(storage, 3);
      const normal = { type: GROUP_TYPE_NORMAL };
      await addGroup(storage, [1], { ...normal, id: 1, created: T });
      await addGroup(storage, [1, 2], { ...normal, id: 2, created: T + 5 });
      await addGroup(storage, [1], { ...normal, id: 3, created: T });
      await addGroup(storage, [2], { ...normal, id: 4 });
      await addGroup(storage, [1], { id: 5 });
      const ids = (await storage.groups.normalGroupsOf(1)).map((group) => group.groupId);
      deepEqual(ids, [2, 1, 3]);
      await storage.groups.removeMembers({ groupId: 2, userIds: [1], now: T + 9 });
      await storage.groups.addMembers({ groupId: 3, userIds: [2, 3], now: T + 9 });
      deepEqual(await storage.groups.normalGroupsOf(1), [
        { groupId: 1, version: 1 },
        { groupId: 3, version: 2 },
      ]);
    },
  });

  contractTest(contract, {
    title: "groups.byIds() gives existing groups, newest, then lowest id first, with lastChated",
    run: async (storage) => {
      await addUsers(storage, 1);
      await addGroup(storage, [1], { id: 1, created: T });
      await addGroup(storage, [1], { id: 2, created: T + 5 });
      await addGroup(storage, [1], { id: 3, created: T });
      await sayInGroup(storage, { from: 1, group: 3, at: 8 });
      const groups = await storage.groups.byIds([3, 2, 1, 1, 99]);
      deepEqual(groups.map(({ id }) => id), [2, 1, 3]);
      deepEqual(groups.map(({ lastChated }) => lastChated), [0, 0, T + 8]);
    },
  });
}
