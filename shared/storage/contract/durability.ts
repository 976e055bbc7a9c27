import { deepStrictEqual as deepEqual, rejects, strictEqual as equal } from "node:assert/strict";
import { CLIENT_TYPE_IOS } from "../../../proto/ids.ts";
import { type Storage, StorageError } from "../types.ts";
import { type Contract, contractTest, type DurableTestStorage } from "./contract_test_case.ts";
import {
  addGroup,
  addUsers,
  historyIds,
  inGroup,
  recentOf,
  say,
  sayInGroup,
  T,
  unreadOf,
  withPeer,
} from "./fixtures.ts";

/** Everything that a few reads can tell. */
async function snapshot(storage: Storage) {
  return {
    users: await storage.users.all(),
    lastUpdate: await storage.users.lastUpdate(),
    credentials: await storage.users.credentials("user1"),
    departments: await storage.departments.changedSince(0),
    groups: await storage.groups.byIds([1, 2, 3]),
    members: await storage.groups.members(1),
    single: await storage.messages.list({ conversation: withPeer(1, 2), beginId: 0, limit: 9 }),
    group: await storage.messages.list({ conversation: inGroup(3, 1), beginId: 0, limit: 9 }),
    recent: [await recentOf(storage, 1), await recentOf(storage, 2), await recentOf(storage, 3)],
    unread: [await unreadOf(storage, 1), await unreadOf(storage, 2), await unreadOf(storage, 3)],
    unreadTotal: await storage.unread.total(2),
    pushShield: await storage.profiles.pushShield(1),
    tokens: await storage.deviceTokens.of([1, 2, 3]),
    shields: [
      await storage.groupShields.usersOf(1),
      await storage.groupShields.shieldedBy(2, [1, 2]),
    ],
    files: await storage.offlineFiles.waitingFor(2, 9),
    admin: await storage.admins.passwordHash("root"),
  };
}

export function durabilityContract(contract: Contract<DurableTestStorage>): void {
  contractTest(contract, {
    title: "a storage that is opened again has everything and goes on counting",
    run: async (storage, opened) => {
      await addUsers(storage, 3);
      await addGroup(storage, [1, 2, 3], { id: 1 });
      const times = { created: T, updated: T };
      const department = { id: 1, departName: "d", priority: 0, parentId: 0, status: 0 };
      await storage.departments.put([{ ...department, ...times }]);
      await storage.admins.add({ uname: "root", pwd: "hash", now: T });
      await say(storage, { from: 1, to: 2 });
      await say(storage, { from: 3, to: 2 });
      await sayInGroup(storage, { from: 1, group: 1 });
      await storage.sessions.remove(withPeer(2, 3), T);
      await storage.profiles.setSignInfo({ userId: 1, value: "busy", now: T + 1 });
      await storage.profiles.setPushShield({ userId: 1, value: 1, now: T + 1 });
      await storage.deviceTokens.put({ userId: 2, clientType: CLIENT_TYPE_IOS, token: "token" });
      await storage.groupShields.set({ groupId: 1, userId: 2, isShielded: true });
      const file = { fromId: 1, toId: 2, taskId: "task", fileName: "a.txt", size: 5 };
      await storage.offlineFiles.add(file, T);
      const before = await snapshot(storage);
      const again = await opened.reopen();
      deepEqual(await snapshot(again), before);
      equal(await say(again, { from: 2, to: 1 }), 2);
      equal(await sayInGroup(again, { from: 2, group: 1 }), 2);
      equal(await addGroup(again, [1]), 2);
    },
  });

  contractTest(contract, {
    title: "close() stores what was submitted before and refuses what comes later",
    run: async (storage, opened) => {
      await addUsers(storage, 2);
      const burst = Promise.all(
        Array.from({ length: 500 }, () => say(storage, { from: 1, to: 2 })),
      );
      const again = await opened.reopen();
      equal((await burst).length, 500);
      equal((await historyIds(again, withPeer(1, 2))).length, 500);
      await rejects(say(storage, { from: 1, to: 2 }), StorageError);
      await rejects(storage.users.all(), StorageError);
    },
  });
}
