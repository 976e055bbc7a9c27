import { deepStrictEqual as deepEqual, strictEqual as equal } from "node:assert/strict";
import type { Storage } from "../types.ts";
import { USER_STATUS_LEFT } from "../types.ts";
import { type Contract, contractTest } from "./contract_test_case.ts";
import { addGroup, addUsers, inGroup, newUser, sayInGroup, T, unreadOf } from "./fixtures.ts";

async function versionOf(storage: Storage, groupId: number): Promise<number | undefined> {
  return (await storage.groups.byIds([groupId]))[0]?.version;
}

export function groupMemberContract(contract: Contract): void {
  contractTest(contract, {
    title: "groups.addMembers() takes real additions only, ascending, for one new version",
    run: async (storage) => {
      await addUsers(storage, 12);
      await storage.users.add([newUser("gone", { id: 50, status: USER_STATUS_LEFT })]);
      const groupId = await addGroup(storage, [1, 2]);
      const userIds = [10, 2, 3, 3, 50, 999];
      const added = await storage.groups.addMembers({ groupId, userIds, now: T + 7 });
      deepEqual(added, [3, 10]);
      const joined = new Map([[1, T], [2, T], [3, T + 7], [10, T + 7]]);
      deepEqual(await storage.groups.members(groupId), joined);
      equal(await versionOf(storage, groupId), 2);

      deepEqual(await storage.groups.addMembers({ groupId, userIds: [1, 999], now: T + 8 }), []);
      equal(await versionOf(storage, groupId), 2);
      deepEqual(await storage.groups.addMembers({ groupId: 99, userIds: [1], now: T }), []);
    },
  });

  contractTest(contract, {
    title: "groups.removeMembers() ignores strangers and makes one new version",
    run: async (storage) => {
      await addUsers(storage, 4);
      const groupId = await addGroup(storage, [1, 2, 3]);
      await storage.groups.removeMembers({ groupId, userIds: [2, 3, 4], now: T + 1 });
      deepEqual(await storage.groups.members(groupId), new Map([[1, T]]));
      equal(await versionOf(storage, groupId), 2);
      await storage.groups.removeMembers({ groupId, userIds: [4], now: T + 2 });
      equal(await versionOf(storage, groupId), 2);
    },
  });

  contractTest(contract, {
    title: "groups.members() is null for unknown and empty groups",
    run: async (storage) => {
      await addUsers(storage, 2);
      equal(await storage.groups.members(1), null);
      const groupId = await addGroup(storage, [1, 2]);
      await storage.groups.removeMembers({ groupId, userIds: [1, 2], now: T + 1 });
      equal(await storage.groups.members(groupId), null);
    },
  });

  contractTest(contract, {
    title: "groups.addMembers() lets somebody join again with a new join time",
    run: async (storage) => {
      await addUsers(storage, 2);
      const groupId = await addGroup(storage, [1, 2]);
      await storage.groups.removeMembers({ groupId, userIds: [2], now: T + 1 });
      const added = await storage.groups.addMembers({ groupId, userIds: [2], now: T + 5 });
      deepEqual(added, [2]);
      deepEqual(await storage.groups.members(groupId), new Map([[1, T], [2, T + 5]]));
      equal(await versionOf(storage, groupId), 3);
    },
  });

  contractTest(contract, {
    title: "groups.addMembers() starts unread counters at 0, on joining again too",
    run: async (storage) => {
      await addUsers(storage, 3);
      const groupId = await addGroup(storage, [1, 2]);
      await sayInGroup(storage, { from: 1, group: groupId, at: 1 });
      await storage.groups.addMembers({ groupId, userIds: [3], now: T + 2 });
      deepEqual(await unreadOf(storage, 3), []);
      await storage.groups.removeMembers({ groupId, userIds: [2], now: T + 3 });
      deepEqual(await unreadOf(storage, 2), []);
      await sayInGroup(storage, { from: 1, group: groupId, at: 4 });
      await storage.groups.addMembers({ groupId, userIds: [2], now: T + 5 });
      deepEqual(await unreadOf(storage, 2), []);
      await sayInGroup(storage, { from: 1, group: groupId, at: 6 });
      deepEqual(await unreadOf(storage, 2), [[2, groupId, 1]]);
      deepEqual(await unreadOf(storage, 3), [[2, groupId, 2]]);
      await storage.unread.clear(inGroup(3, groupId));
      deepEqual(await unreadOf(storage, 3), []);
    },
  });

  contractTest(contract, {
    title: "groups of several hundred members can be made, changed and emptied",
    run: async (storage) => {
      await addUsers(storage, 1201);
      const all = Array.from({ length: 1200 }, (_, i) => i + 1);
      const groupId = await addGroup(storage, all);
      equal((await storage.groups.members(groupId))?.size, 1200);
      const change = { groupId, userIds: [...all, 1201], now: T + 1 };
      deepEqual(await storage.groups.addMembers(change), [1201]);
      await storage.groups.removeMembers(change);
      equal(await storage.groups.members(groupId), null);
    },
  });
}
