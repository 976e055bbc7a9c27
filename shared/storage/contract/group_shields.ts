import { deepStrictEqual as deepEqual, strictEqual as equal } from "node:assert/strict";
import { type Contract, contractTest } from "./contract_test_case.ts";
import { addGroup, addUsers, sayInGroup, T, unreadOf } from "./fixtures.ts";

export function groupShieldContract(contract: Contract): void {
  contractTest(contract, {
    title: "groupShields.set() is per member and group, on and off",
    run: async (storage) => {
      await addUsers(storage, 3);
      const one = await addGroup(storage, [1, 2, 3]);
      const other = await addGroup(storage, [1, 2]);
      const { groupShields } = storage;
      for (const [groupId, userId] of [[one, 3], [one, 1], [other, 1]] as const) {
        equal(await groupShields.set({ groupId, userId, isShielded: true }), true);
      }
      equal(await groupShields.set({ groupId: one, userId: 2, isShielded: false }), true);
      deepEqual([...await groupShields.usersOf(one)].sort(), [1, 3]);
      deepEqual([...await groupShields.usersOf(other)], [1]);
      deepEqual([...await groupShields.shieldedBy(1, [one, other, 99])].sort(), [one, other]);
      deepEqual([...await groupShields.shieldedBy(1, [other])], [other]);
      deepEqual([...await groupShields.shieldedBy(2, [one, other])], []);
      deepEqual([...await groupShields.shieldedBy(1, [])], []);
      for (let twice = 0; twice < 2; twice++) {
        equal(await groupShields.set({ groupId: one, userId: 1, isShielded: false }), true);
      }
      deepEqual([...await groupShields.usersOf(one)], [3]);
      deepEqual([...await groupShields.shieldedBy(1, [one, other])], [other]);
    },
  });

  contractTest(contract, {
    title: "groupShields.set() refuses strangers, former members and unknown groups",
    run: async (storage) => {
      await addUsers(storage, 3);
      const groupId = await addGroup(storage, [1, 2]);
      await storage.groups.removeMembers({ groupId, userIds: [2], now: T + 1 });
      const { groupShields } = storage;
      for (const userId of [2, 3, 99]) {
        equal(await groupShields.set({ groupId, userId, isShielded: true }), false);
      }
      equal(await groupShields.set({ groupId: 99, userId: 1, isShielded: true }), false);
      deepEqual([...await groupShields.usersOf(groupId)], []);
    },
  });

  contractTest(contract, {
    title: "groupShields: who comes back has the setting again",
    run: async (storage) => {
      await addUsers(storage, 2);
      const groupId = await addGroup(storage, [1, 2]);
      await storage.groupShields.set({ groupId, userId: 2, isShielded: true });
      await storage.groups.removeMembers({ groupId, userIds: [2], now: T + 1 });
      await storage.groups.addMembers({ groupId, userIds: [2], now: T + 2 });
      deepEqual([...await storage.groupShields.usersOf(groupId)], [2]);
      deepEqual([...await storage.groupShields.shieldedBy(2, [groupId])], [groupId]);
    },
  });

  contractTest(contract, {
    title: "groupShields hold back no message and no unread counter (Q-SHIELDWHERE)",
    run: async (storage) => {
      await addUsers(storage, 2);
      const group = await addGroup(storage, [1, 2]);
      await storage.groupShields.set({ groupId: group, userId: 2, isShielded: true });
      await sayInGroup(storage, { from: 1, group, at: 1 });
      deepEqual(await unreadOf(storage, 2), [[2, group, 1]]);
      deepEqual(await storage.groups.members(group), new Map([[1, T], [2, T]]));
    },
  });
}
