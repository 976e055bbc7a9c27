import { deepStrictEqual as deepEqual, strictEqual as equal } from "node:assert/strict";
import {
  MSG_TYPE_GROUP_AUDIO,
  MSG_TYPE_GROUP_TEXT,
  MSG_TYPE_SINGLE_AUDIO,
  MSG_TYPE_SINGLE_TEXT,
} from "../../../proto/ids.ts";
import type { Storage } from "../types.ts";
import { type Contract, contractTest } from "./contract_test_case.ts";
import { addGroup, addUsers, bytes, historyIds, inGroup, say, sayInGroup, T } from "./fixtures.ts";
import { withPeer } from "./fixtures.ts";

async function contentStored(storage: Storage, type: number, content: Uint8Array) {
  const message = { fromId: 1, toId: 2, type, content, created: T };
  const stored = await storage.messages.append(message);
  if (!stored.ok) throw new Error(stored.refusal);
  const conversation = type < MSG_TYPE_GROUP_TEXT ? withPeer(2, 1) : inGroup(1, 2);
  const [listed] = await storage.messages.list({ conversation, beginId: 0, limit: 1 });
  const [byId] = await storage.messages.byIds(conversation, [stored.value]);
  deepEqual(byId, listed);
  deepEqual({ ...listed, content: null }, {
    msgId: stored.value,
    fromId: 1,
    type,
    content: null,
    created: T,
  });
  // An engine may give a Buffer, which is one of these and equals none.
  return Uint8Array.from(listed!.content);
}

/** A sound of 100 kB behind a duration of 0x01020304 seconds. */
function sound(): Uint8Array {
  const content = Uint8Array.from({ length: 100_004 }, (_, i) => i % 251);
  content.set([1, 2, 3, 4]);
  return content;
}

export function messageContract(contract: Contract): void {
  contractTest(contract, {
    title: "messages.append() counts ids per pair, from 1, in both directions together",
    run: async (storage) => {
      await addUsers(storage, 3);
      equal(await say(storage, { from: 1, to: 2 }), 1);
      equal(await say(storage, { from: 2, to: 1 }), 2);
      equal(await say(storage, { from: 1, to: 3 }), 1);
      equal(await say(storage, { from: 1, to: 2 }), 3);
    },
  });

  contractTest(contract, {
    title: "messages.append() counts ids per group, apart from pairs of the same numbers",
    run: async (storage) => {
      await addUsers(storage, 3);
      const first = await addGroup(storage, [1, 2], { id: 2 });
      const second = await addGroup(storage, [1], { id: 3 });
      equal(await say(storage, { from: 1, to: 2 }), 1);
      equal(await sayInGroup(storage, { from: 1, group: first }), 1);
      equal(await sayInGroup(storage, { from: 2, group: first }), 2);
      equal(await sayInGroup(storage, { from: 1, group: second }), 1);
      equal(await say(storage, { from: 1, to: 2 }), 2);
    },
  });

  contractTest(contract, {
    title: "messages.append() called in a burst gives ids in the order of the calls",
    run: async (storage) => {
      await addUsers(storage, 4);
      const group = await addGroup(storage, [1, 2]);
      const calls = Array.from({ length: 450 }, (_, i) =>
        Promise.all([
          say(storage, i % 2 === 0 ? { from: 1, to: 2 } : { from: 2, to: 1 }),
          say(storage, { from: 3, to: 4, what: `text ${i}` }),
          sayInGroup(storage, { from: 1 + i % 2, group }),
        ]));
      const ids = await Promise.all(calls);
      deepEqual(ids, Array.from({ length: 450 }, (_, i) => [i + 1, i + 1, i + 1]));
      const conversation = withPeer(3, 4);
      const rows = await storage.messages.list({ conversation, beginId: 0, limit: 1000 });
      equal(rows.length, 450);
      for (const { msgId, content } of rows) {
        deepEqual(Uint8Array.from(content), bytes(`text ${msgId - 1}`));
      }
      equal((await historyIds(storage, inGroup(2, group))).length, 450);
    },
  });

  contractTest(contract, {
    title: "messages give text back as it was stored",
    run: async (storage) => {
      await addUsers(storage, 2);
      await addGroup(storage, [1], { id: 2 });
      for (const content of [bytes("it's 😀 \\ %"), bytes("x".repeat(4096)), bytes("12")]) {
        deepEqual(await contentStored(storage, MSG_TYPE_SINGLE_TEXT, content), content);
        deepEqual(await contentStored(storage, MSG_TYPE_GROUP_TEXT, content), content);
      }
    },
  });

  contractTest(contract, {
    title: "messages give text with NUL bytes and trailing spaces back as it was stored",
    run: async (storage) => {
      await addUsers(storage, 2);
      await addGroup(storage, [1], { id: 2 });
      const content = bytes("A\0B \0  ");
      deepEqual(await contentStored(storage, MSG_TYPE_SINGLE_TEXT, content), content);
      deepEqual(await contentStored(storage, MSG_TYPE_GROUP_TEXT, content), content);
    },
  });

  contractTest(contract, {
    title: "messages give audio back as it was stored, with its duration",
    run: async (storage) => {
      await addUsers(storage, 2);
      await addGroup(storage, [1], { id: 2 });
      for (const content of [sound(), Uint8Array.of(255, 0, 0, 1, 9), sound().subarray(7, 70)]) {
        deepEqual(await contentStored(storage, MSG_TYPE_SINGLE_AUDIO, content), content.slice());
        deepEqual(await contentStored(storage, MSG_TYPE_GROUP_AUDIO, content), content.slice());
      }
      deepEqual(await historyIds(storage, withPeer(1, 2)), [3, 2, 1]);
    },
  });
}
