import { deepStrictEqual as deepEqual, strictEqual as equal } from "node:assert/strict";
import { type Contract, contractTest } from "./contract_test_case.ts";
import {
  addGroup,
  addUsers,
  inGroup,
  recentOf,
  say,
  sayInGroup,
  T,
  text,
  unreadOf,
} from "./fixtures.ts";

export function groupSessionContract(contract: Contract): void {
  contractTest(contract, {
    title: "sessions.recent() shows a group to every member at once, mixed with single sessions",
    run: async (storage) => {
      await addUsers(storage, 4);
      const group = await addGroup(storage, [1, 2]);
      await say(storage, { from: 3, to: 2, at: 1 });
      await sayInGroup(storage, { from: 1, group, what: "news", at: 2 });
      await say(storage, { from: 4, to: 2, at: 3 });
      deepEqual(await recentOf(storage, 2), [[1, 4, 3], [2, group, 2], [1, 3, 1]]);
      deepEqual(await recentOf(storage, 1), [[2, group, 2]]);
      deepEqual(await recentOf(storage, 2, T + 1), [[1, 4, 3], [2, group, 2]]);
      deepEqual(await recentOf(storage, 2, T + 2), [[1, 4, 3]]);
      deepEqual(await recentOf(storage, 3), [[1, 2, 1]]);
      const [{ latest } = { latest: null }] = await storage.sessions.recent(1, 0, 1);
      deepEqual([latest && text(latest), latest?.fromId, latest?.msgId], ["news", 1, 1]);
    },
  });

  contractTest(contract, {
    title: "sessions.recent() leaves out groups without a message since the user joined (P-UNR2)",
    run: async (storage) => {
      await addUsers(storage, 2);
      const group = await addGroup(storage, [1]);
      deepEqual(await recentOf(storage, 1), []);
      await sayInGroup(storage, { from: 1, group, at: 1 });
      await storage.groups.addMembers({ groupId: group, userIds: [2], now: T + 2 });
      deepEqual(await recentOf(storage, 2), []);
      equal(await storage.sessions.remove(inGroup(2, group), T + 2), false);
      await sayInGroup(storage, { from: 1, group, at: 2 });
      deepEqual(await recentOf(storage, 2), [[2, group, 2]]);
    },
  });

  contractTest(contract, {
    title: "a group session does not go back when a message has an older time",
    run: async (storage) => {
      await addUsers(storage, 2);
      const group = await addGroup(storage, [1, 2]);
      await sayInGroup(storage, { from: 1, group, at: 10 });
      await sayInGroup(storage, { from: 2, group, at: 5 });
      for (const user of [1, 2]) deepEqual(await recentOf(storage, user), [[2, group, 10]]);
      equal((await storage.groups.byIds([group]))[0]?.lastChated, T + 10);
    },
  });

  contractTest(contract, {
    title: "sessions.recent() leaves out groups that the user left",
    run: async (storage) => {
      await addUsers(storage, 2);
      const group = await addGroup(storage, [1, 2]);
      await sayInGroup(storage, { from: 2, group, at: 1 });
      await storage.groups.removeMembers({ groupId: group, userIds: [2], now: T + 1 });
      deepEqual(await recentOf(storage, 2), []);
      await sayInGroup(storage, { from: 1, group, at: 2 });
      deepEqual(await recentOf(storage, 2), []);
      await storage.groups.addMembers({ groupId: group, userIds: [2], now: T + 3 });
      deepEqual(await recentOf(storage, 2), []);
      await sayInGroup(storage, { from: 1, group, at: 4 });
      deepEqual(await recentOf(storage, 2), [[2, group, 4]]);
    },
  });

  contractTest(contract, {
    title: "sessions.remove() hides a group for one member, clears unread and is false twice",
    run: async (storage) => {
      await addUsers(storage, 3);
      const group = await addGroup(storage, [1, 2]);
      equal(await storage.sessions.remove(inGroup(2, group), T), false);
      await sayInGroup(storage, { from: 1, group, at: 1 });
      equal(await storage.sessions.remove(inGroup(3, group), T + 1), false);
      equal(await storage.sessions.remove(inGroup(2, group), T + 1), true);
      deepEqual(await recentOf(storage, 2), []);
      deepEqual(await unreadOf(storage, 2), []);
      equal(await storage.sessions.remove(inGroup(2, group), T + 1), false);
      deepEqual(await recentOf(storage, 1), [[2, group, 1]]);
    },
  });

  contractTest(contract, {
    title: "a removed group session comes back with the next message, even in the same second",
    run: async (storage) => {
      await addUsers(storage, 2);
      const group = await addGroup(storage, [1, 2]);
      await sayInGroup(storage, { from: 1, group, at: 1 });
      await storage.sessions.remove(inGroup(2, group), T + 1);
      await sayInGroup(storage, { from: 1, group, at: 1 });
      deepEqual(await recentOf(storage, 2), [[2, group, 1]]);
      deepEqual(await unreadOf(storage, 2), [[2, group, 1]]);
      equal(await storage.sessions.remove(inGroup(2, group), T + 1), true);
      deepEqual(await recentOf(storage, 2), []);
      await sayInGroup(storage, { from: 2, group, at: 2 });
      deepEqual(await recentOf(storage, 2), [[2, group, 2]]);
    },
  });
}
