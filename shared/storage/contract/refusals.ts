import { deepStrictEqual as deepEqual, strictEqual as equal } from "node:assert/strict";
import {
  MSG_TYPE_GROUP_AUDIO,
  MSG_TYPE_GROUP_TEXT,
  MSG_TYPE_SINGLE_AUDIO,
  MSG_TYPE_SINGLE_TEXT,
} from "../../../proto/ids.ts";
import { type Storage, USER_STATUS_LEFT } from "../types.ts";
import { type Contract, contractTest } from "./contract_test_case.ts";
import {
  addGroup,
  addUsers,
  assertNeverTalked,
  bytes,
  historyIds,
  inGroup,
  newUser,
  recentOf,
  sayInGroup,
  T,
  unreadOf,
} from "./fixtures.ts";

function appendResult(storage: Storage, message: { fromId: number; toId: number; type: number }) {
  return storage.messages.append({ ...message, content: bytes("12345"), created: T + 50 });
}

export function refusalContract(contract: Contract): void {
  contractTest(contract, {
    title: "messages.append() stores nothing for a receiver who is unknown or left",
    run: async (storage) => {
      await addUsers(storage, 1);
      await storage.users.add([newUser("gone", { id: 2, status: USER_STATUS_LEFT })]);
      const refusal = { ok: false, refusal: "unknown_receiver" };
      for (const toId of [2, 3]) {
        for (const type of [MSG_TYPE_SINGLE_TEXT, MSG_TYPE_SINGLE_AUDIO]) {
          deepEqual(await appendResult(storage, { fromId: 1, toId, type }), refusal);
        }
        await assertNeverTalked(storage, { from: 1, to: toId });
      }
    },
  });

  contractTest(contract, {
    title: "messages.append() finds a receiver who was unknown before",
    run: async (storage) => {
      await addUsers(storage, 1);
      const message = { fromId: 1, toId: 2, type: MSG_TYPE_SINGLE_TEXT };
      equal((await appendResult(storage, message)).ok, false);
      await storage.users.add([newUser("late", { id: 2 })]);
      deepEqual(await appendResult(storage, message), { ok: true, value: 1 });
    },
  });

  contractTest(contract, {
    title: "messages.append() stores nothing in unknown and empty groups",
    run: async (storage) => {
      await addUsers(storage, 2);
      const emptied = await addGroup(storage, [1]);
      await storage.groups.removeMembers({ groupId: emptied, userIds: [1], now: T });
      const refusal = { ok: false, refusal: "unknown_group" };
      for (const toId of [emptied, 99]) {
        for (const type of [MSG_TYPE_GROUP_TEXT, MSG_TYPE_GROUP_AUDIO]) {
          deepEqual(await appendResult(storage, { fromId: 1, toId, type }), refusal);
        }
      }
      equal((await storage.groups.byIds([emptied]))[0]?.lastChated ?? 0, 0);
    },
  });

  contractTest(contract, {
    title: "messages.append() stores nothing of strangers and former members of a group",
    run: async (storage) => {
      await addUsers(storage, 3);
      const group = await addGroup(storage, [1, 2]);
      equal(await sayInGroup(storage, { from: 2, group, at: 1 }), 1);
      await storage.groups.removeMembers({ groupId: group, userIds: [2], now: T + 2 });
      const refusal = { ok: false, refusal: "not_a_member" };
      for (const fromId of [2, 3]) {
        const message = { fromId, toId: group, type: MSG_TYPE_GROUP_TEXT };
        deepEqual(await appendResult(storage, message), refusal);
      }
      deepEqual(await historyIds(storage, inGroup(1, group)), [1]);
      deepEqual(await unreadOf(storage, 1), [[2, group, 1]]);
      deepEqual(await recentOf(storage, 1), [[2, group, 1]]);
      equal((await storage.groups.byIds([group]))[0]!.lastChated, T + 1);
      equal(await sayInGroup(storage, { from: 1, group, at: 3 }), 2);
    },
  });
}
