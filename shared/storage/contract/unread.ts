import { deepStrictEqual as deepEqual, strictEqual as equal } from "node:assert/strict";
import { type Contract, contractTest } from "./contract_test_case.ts";
import {
  addGroup,
  addUsers,
  inGroup,
  say,
  sayInGroup,
  T,
  text,
  unreadOf,
  withPeer,
} from "./fixtures.ts";

export function unreadContract(contract: Contract): void {
  contractTest(contract, {
    title: "unread.counts() counts for the receiver only, per peer, with the latest message",
    run: async (storage) => {
      await addUsers(storage, 3);
      await say(storage, { from: 1, to: 2, what: "one", at: 1 });
      await say(storage, { from: 1, to: 2, what: "two", at: 2 });
      await say(storage, { from: 3, to: 2, at: 3 });
      await say(storage, { from: 2, to: 1, what: "three", at: 4 });
      deepEqual(await unreadOf(storage, 2), [[1, 1, 2], [1, 3, 1]]);
      deepEqual(await unreadOf(storage, 1), [[1, 2, 1]]);
      deepEqual(await unreadOf(storage, 3), []);
      const [first] = await storage.unread.counts(2);
      equal(first?.latest && text(first.latest), "three");
    },
  });

  contractTest(contract, {
    title: "unread.counts() of a group counts messages of others since the last look",
    run: async (storage) => {
      await addUsers(storage, 3);
      const group = await addGroup(storage, [1, 2, 3]);
      await sayInGroup(storage, { from: 1, group });
      await sayInGroup(storage, { from: 1, group });
      await sayInGroup(storage, { from: 2, group, what: "last" });
      deepEqual(await unreadOf(storage, 1), [[2, group, 1]]);
      deepEqual(await unreadOf(storage, 2), []);
      deepEqual(await unreadOf(storage, 3), [[2, group, 3]]);
      const [session] = await storage.unread.counts(3);
      equal(session?.latest && text(session.latest), "last");
      await sayInGroup(storage, { from: 3, group });
      deepEqual(await unreadOf(storage, 3), []);
    },
  });

  contractTest(contract, {
    title: "unread.counts() orders singles by the text of the peer id, then groups by newest join",
    run: async (storage) => {
      await addUsers(storage, 120);
      await addGroup(storage, [1, 2], { id: 7, created: T + 1 });
      await addGroup(storage, [1, 2], { id: 8, created: T });
      await addGroup(storage, [1, 2], { id: 5, created: T + 1 });
      for (const group of [5, 7, 8]) await sayInGroup(storage, { from: 2, group, at: 2 });
      for (const from of [2, 3, 10, 100, 20, 11]) await say(storage, { from, to: 1, at: 3 });
      const order = (await unreadOf(storage, 1)).map(([, sessionId]) => sessionId);
      deepEqual(order, [10, 100, 11, 2, 20, 3, 5, 7, 8]);
    },
  });

  contractTest(contract, {
    title: "unread.clear() marks one whole session of one user as read",
    run: async (storage) => {
      await addUsers(storage, 3);
      const group = await addGroup(storage, [1, 2, 3]);
      for (const from of [1, 3]) await say(storage, { from, to: 2 });
      await say(storage, { from: 2, to: 1 });
      await sayInGroup(storage, { from: 1, group });
      await storage.unread.clear(withPeer(2, 1));
      deepEqual(await unreadOf(storage, 2), [[1, 3, 1], [2, group, 1]]);
      deepEqual(await unreadOf(storage, 1), [[1, 2, 1]]);
      await storage.unread.clear(inGroup(2, group));
      deepEqual(await unreadOf(storage, 2), [[1, 3, 1]]);
      deepEqual(await unreadOf(storage, 3), [[2, group, 1]]);
      await say(storage, { from: 1, to: 2 });
      await sayInGroup(storage, { from: 1, group });
      deepEqual(await unreadOf(storage, 2), [[1, 1, 1], [1, 3, 1], [2, group, 1]]);
    },
  });

  contractTest(contract, {
    title: "unread.clear() of a session that does not exist does nothing",
    run: async (storage) => {
      await addUsers(storage, 2);
      const group = await addGroup(storage, [1]);
      await storage.unread.clear(withPeer(1, 2));
      await storage.unread.clear(inGroup(2, group));
      await storage.unread.clear(inGroup(2, 99));
      deepEqual(await unreadOf(storage, 1), []);
      deepEqual(await unreadOf(storage, 2), []);
    },
  });

  contractTest(contract, {
    title: "unread counters of many messages stored in one burst add up",
    run: async (storage) => {
      await addUsers(storage, 3);
      const group = await addGroup(storage, [1, 2, 3]);
      await Promise.all(Array.from({ length: 250 }, (_, i) =>
        Promise.all([
          say(storage, i % 5 === 0 ? { from: 2, to: 1 } : { from: 1, to: 2 }),
          sayInGroup(storage, { from: i < 240 ? 1 : 2, group }),
        ])));
      deepEqual(await unreadOf(storage, 2), [[1, 1, 200]]);
      deepEqual(await unreadOf(storage, 1), [[1, 2, 50], [2, group, 10]]);
      deepEqual(await unreadOf(storage, 3), [[2, group, 250]]);
    },
  });

  contractTest(contract, {
    title: "unread.total() is the sum of the counters, groups included",
    run: async (storage) => {
      await addUsers(storage, 4);
      const group = await addGroup(storage, [1, 2, 3]);
      const left = await addGroup(storage, [1, 2]);
      equal(await storage.unread.total(1), 0);
      await say(storage, { from: 2, to: 1 });
      await say(storage, { from: 2, to: 1 });
      await say(storage, { from: 1, to: 3 });
      await say(storage, { from: 4, to: 1 });
      await sayInGroup(storage, { from: 2, group, at: 1 });
      await sayInGroup(storage, { from: 3, group, at: 1 });
      await sayInGroup(storage, { from: 2, group: left, at: 1 });
      equal(await storage.unread.total(1), 6);
      equal(await storage.unread.total(3), 1);
      await storage.groups.removeMembers({ groupId: left, userIds: [1], now: T + 2 });
      equal(await storage.unread.total(1), 5);
      await storage.unread.clear(withPeer(1, 2));
      equal(await storage.unread.total(1), 3);
      await storage.unread.clear(inGroup(1, group));
      equal(await storage.unread.total(1), 1);
      equal(await storage.unread.total(99), 0);
    },
  });
}
