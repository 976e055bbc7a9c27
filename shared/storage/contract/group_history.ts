import { deepStrictEqual as deepEqual, strictEqual as equal } from "node:assert/strict";
import type { Conversation, Storage } from "../types.ts";
import { type Contract, contractTest } from "./contract_test_case.ts";
import { addGroup, addUsers, historyIds, inGroup, sayInGroup, T } from "./fixtures.ts";

/** What all three ways of reading show of the first 20 ids. */
async function visibleIds(storage: Storage, conversation: Conversation) {
  const ids = await historyIds(storage, conversation);
  const asked = Array.from({ length: 20 }, (_, i) => i + 1);
  const rows = await storage.messages.byIds(conversation, asked);
  deepEqual(rows.map((row) => row.msgId), ids);
  equal(await storage.messages.latestId(conversation), ids[0] ?? 0);
  return ids;
}

export function groupHistoryContract(contract: Contract): void {
  contractTest(contract, {
    title: "group history is shown to members from the second in which they joined",
    run: async (storage) => {
      await addUsers(storage, 2);
      const group = await addGroup(storage, [1]);
      for (const at of [1, 2, 5, 5]) await sayInGroup(storage, { from: 1, group, at });
      await storage.groups.addMembers({ groupId: group, userIds: [2], now: T + 5 });
      await sayInGroup(storage, { from: 1, group, at: 6 });
      deepEqual(await visibleIds(storage, inGroup(1, group)), [5, 4, 3, 2, 1]);
      deepEqual(await visibleIds(storage, inGroup(2, group)), [5, 4, 3]);
      const conversation = inGroup(2, group);
      const page = await storage.messages.list({ conversation, beginId: 4, limit: 10 });
      deepEqual(page.map((row) => row.msgId), [4, 3]);
    },
  });

  contractTest(contract, {
    title: "group history is empty for strangers and unknown groups",
    run: async (storage) => {
      await addUsers(storage, 3);
      const group = await addGroup(storage, [1, 2]);
      await sayInGroup(storage, { from: 1, group });
      deepEqual(await visibleIds(storage, inGroup(3, group)), []);
      deepEqual(await visibleIds(storage, inGroup(1, 99)), []);
      deepEqual(await visibleIds(storage, inGroup(2, group)), [1]);
    },
  });

  contractTest(contract, {
    title: "group history ends with leaving and begins anew with joining again",
    run: async (storage) => {
      await addUsers(storage, 2);
      const group = await addGroup(storage, [1, 2]);
      await sayInGroup(storage, { from: 1, group, at: 1 });
      await storage.groups.removeMembers({ groupId: group, userIds: [2], now: T + 2 });
      deepEqual(await visibleIds(storage, inGroup(2, group)), []);
      await sayInGroup(storage, { from: 1, group, at: 3 });
      await storage.groups.addMembers({ groupId: group, userIds: [2], now: T + 4 });
      deepEqual(await visibleIds(storage, inGroup(2, group)), []);
      await sayInGroup(storage, { from: 1, group, at: 5 });
      deepEqual(await visibleIds(storage, inGroup(2, group)), [3]);
    },
  });
}
