import { deepStrictEqual as deepEqual, strictEqual as equal } from "node:assert/strict";
import { MSG_TYPE_SINGLE_AUDIO } from "../../../proto/ids.ts";
import { type Contract, contractTest } from "./contract_test_case.ts";
import {
  addUsers,
  bytes,
  historyIds,
  recentOf,
  say,
  T,
  text,
  unreadOf,
  withPeer,
} from "./fixtures.ts";

export function sessionContract(contract: Contract): void {
  contractTest(contract, {
    title: "sessions.recent() shows a conversation to both users, newest first",
    run: async (storage) => {
      await addUsers(storage, 4);
      await say(storage, { from: 1, to: 2, at: 1 });
      await say(storage, { from: 3, to: 1, at: 2 });
      await say(storage, { from: 1, to: 4, at: 3 });
      await say(storage, { from: 2, to: 1, what: "news", at: 4 });
      deepEqual(await recentOf(storage, 1), [[1, 2, 4], [1, 4, 3], [1, 3, 2]]);
      deepEqual(await recentOf(storage, 2), [[1, 1, 4]]);
      deepEqual(await recentOf(storage, 3), [[1, 1, 2]]);
      const [{ latest } = { latest: null }] = await storage.sessions.recent(1, 0, 1);
      equal(latest && text(latest), "news");
      deepEqual([latest?.msgId, latest?.fromId, latest?.created], [2, 2, T + 4]);
    },
  });

  contractTest(contract, {
    title: "sessions.recent() takes sessions after `since`, at most `limit`",
    run: async (storage) => {
      await addUsers(storage, 30);
      for (let peer = 2; peer <= 30; peer++) await say(storage, { from: 1, to: peer, at: peer });
      deepEqual(await recentOf(storage, 1, T + 28), [[1, 30, 30], [1, 29, 29]]);
      deepEqual(await recentOf(storage, 1, T + 30), []);
      const limited = await storage.sessions.recent(1, 0, 3);
      deepEqual(limited.map(({ sessionId }) => sessionId), [30, 29, 28]);
    },
  });

  contractTest(contract, {
    title: "sessions.recent() tells of a latest audio by its type",
    run: async (storage) => {
      await addUsers(storage, 2);
      const type = MSG_TYPE_SINGLE_AUDIO;
      const message = { fromId: 1, toId: 2, type, content: bytes("\0\0\0\x05sound"), created: T };
      await storage.messages.append(message);
      const [session] = await storage.sessions.recent(2, 0, 100);
      deepEqual([session?.latest.type, session?.latest.msgId], [type, 1]);
    },
  });

  contractTest(contract, {
    title: "sessions.recent() does not go back when a message has an older time",
    run: async (storage) => {
      await addUsers(storage, 2);
      await say(storage, { from: 1, to: 2, at: 10 });
      await say(storage, { from: 2, to: 1, at: 5 });
      deepEqual(await recentOf(storage, 1), [[1, 2, 10]]);
    },
  });

  contractTest(contract, {
    title: "sessions.remove() hides the session for one user and clears its unread counter",
    run: async (storage) => {
      await addUsers(storage, 3);
      for (const from of [1, 3]) await say(storage, { from, to: 2, at: 1 });
      equal(await storage.sessions.remove(withPeer(2, 1), T + 2), true);
      deepEqual(await recentOf(storage, 2), [[1, 3, 1]]);
      deepEqual(await unreadOf(storage, 2), [[1, 3, 1]]);
      deepEqual(await recentOf(storage, 1), [[1, 2, 1]]);
      deepEqual(await historyIds(storage, withPeer(2, 1)), [1]);
    },
  });

  contractTest(contract, {
    title: "sessions.remove() is false without a visible session",
    run: async (storage) => {
      await addUsers(storage, 3);
      equal(await storage.sessions.remove(withPeer(1, 2), T), false);
      await say(storage, { from: 1, to: 2 });
      equal(await storage.sessions.remove(withPeer(1, 3), T), false);
      equal(await storage.sessions.remove(withPeer(1, 2), T), true);
      equal(await storage.sessions.remove(withPeer(1, 2), T), false);
      equal(await storage.sessions.remove(withPeer(2, 1), T), true);
    },
  });

  contractTest(contract, {
    title:
      "sessions come back with the next message of either side, even in the same second (P-MSG4)",
    run: async (storage) => {
      await addUsers(storage, 2);
      await say(storage, { from: 1, to: 2, at: 1 });
      await storage.sessions.remove(withPeer(2, 1), T + 3);
      await say(storage, { from: 1, to: 2, at: 3 });
      deepEqual(await recentOf(storage, 2), [[1, 1, 3]]);
      deepEqual(await unreadOf(storage, 2), [[1, 1, 1]]);
      await storage.sessions.remove(withPeer(2, 1), T + 4);
      await say(storage, { from: 2, to: 1, at: 4 });
      deepEqual(await recentOf(storage, 2), [[1, 1, 4]]);
      equal(await storage.sessions.remove(withPeer(2, 1), T + 4), true);
    },
  });
}
