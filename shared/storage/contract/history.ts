import { deepStrictEqual as deepEqual, strictEqual as equal } from "node:assert/strict";
import { type Contract, contractTest } from "./contract_test_case.ts";
import { addUsers, historyIds, say, text, withPeer } from "./fixtures.ts";

export function historyContract(contract: Contract): void {
  contractTest(contract, {
    title: "messages.list() pages newest first from an inclusive id, for both users alike (Q-DESC)",
    run: async (storage) => {
      await addUsers(storage, 3);
      for (let i = 1; i <= 7; i++) await say(storage, { from: 1 + i % 2, to: 2 - i % 2, at: i });
      await say(storage, { from: 1, to: 3 });
      const page = async (beginId: number, limit: number) => {
        const query = { conversation: withPeer(1, 2), beginId, limit };
        const rows = await storage.messages.list(query);
        deepEqual(await storage.messages.list({ ...query, conversation: withPeer(2, 1) }), rows);
        return rows.map((row) => row.msgId);
      };
      deepEqual(await page(0, 3), [7, 6, 5]);
      deepEqual(await page(4, 3), [4, 3, 2]);
      deepEqual(await page(2, 20), [2, 1]);
      deepEqual(await page(100, 2), [7, 6]);
      deepEqual(await page(4294967295, 1), [7]);
      deepEqual(await page(0, 0), []);
    },
  });

  contractTest(contract, {
    title: "messages.list() tells author, text and time of each message (Q-SWAP)",
    run: async (storage) => {
      await addUsers(storage, 2);
      await say(storage, { from: 2, to: 1, what: "one", at: 1 });
      await say(storage, { from: 1, to: 2, what: "two", at: 2 });
      const query = { conversation: withPeer(1, 2), beginId: 0, limit: 10 };
      const rows = await storage.messages.list(query);
      deepEqual(rows.map((row) => [row.fromId, text(row)]), [[1, "two"], [2, "one"]]);
    },
  });

  contractTest(contract, {
    title: "messages of one conversation are ordered by id even when clocks differ (P-MSG9)",
    run: async (storage) => {
      await addUsers(storage, 2);
      await say(storage, { from: 1, to: 2, at: 10 });
      await say(storage, { from: 2, to: 1, at: 5 });
      deepEqual(await historyIds(storage, withPeer(1, 2)), [2, 1]);
      equal(await storage.messages.latestId(withPeer(1, 2)), 2);
    },
  });

  contractTest(contract, {
    title: "messages.byIds() gives existing messages once, newest first, for long lists too",
    run: async (storage) => {
      await addUsers(storage, 2);
      await Promise.all(Array.from({ length: 620 }, () => say(storage, { from: 1, to: 2 })));
      const asked = Array.from({ length: 700 }, (_, i) => i + 1);
      const rows = await storage.messages.byIds(withPeer(2, 1), [0, ...asked, 5, 4294967295]);
      deepEqual(rows.map((row) => row.msgId), Array.from({ length: 620 }, (_, i) => 620 - i));
      deepEqual(await storage.messages.byIds(withPeer(2, 1), []), []);
    },
  });

  contractTest(contract, {
    title: "messages of users who never talked are an empty history",
    run: async (storage) => {
      await addUsers(storage, 3);
      await say(storage, { from: 1, to: 2 });
      deepEqual(await historyIds(storage, withPeer(1, 3)), []);
      deepEqual(await storage.messages.byIds(withPeer(3, 1), [1]), []);
      equal(await storage.messages.latestId(withPeer(3, 1)), 0);
      equal(await storage.messages.latestId(withPeer(2, 1)), 1);
    },
  });
}
