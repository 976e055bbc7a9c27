import { deepStrictEqual as deepEqual, ok, strictEqual as equal } from "node:assert/strict";
import type { Storage } from "../types.ts";
import { type Contract, contractTest } from "./contract_test_case.ts";
import { addUsers, newUser, T } from "./fixtures.ts";

/** What a client with this time is sent: nothing while U is not greater (docs/spec/flows.md 14). */
async function changedFor(storage: Storage, since: number): Promise<readonly number[]> {
  if (await storage.users.lastUpdate() <= since) return [];
  return (await storage.users.changedSince(since)).map(({ id }) => id);
}

/** The time that a client has after a full sync. */
async function syncedTime(storage: Storage): Promise<number> {
  return Math.max(...(await storage.users.all()).map(({ updated }) => updated));
}

export function profileContract(contract: Contract): void {
  contractTest(contract, {
    title: "profiles.setSignInfo() and setAvatar() change one column and `updated` of one user",
    run: async (storage) => {
      await addUsers(storage, 2);
      const text = 'it\'s "busy" 忙 😀';
      const { profiles, users } = storage;
      equal(await profiles.setSignInfo({ userId: 1, value: text, now: T + 5 }), true);
      equal(await profiles.setAvatar({ userId: 2, value: "g0/000/a.jpg", now: T + 6 }), true);
      const { password: _password, salt: _salt, ...ann } = newUser("user1", { id: 1 });
      const { password: _password2, salt: _salt2, ...bob } = newUser("user2", { id: 2 });
      deepEqual(await users.byIds([1, 2]), [
        { ...ann, sign_info: text, updated: T + 5 },
        { ...bob, avatar: "g0/000/a.jpg", updated: T + 6 },
      ]);
    },
  });

  contractTest(contract, {
    title: "profiles: setting what is set already succeeds, an unknown user does not",
    run: async (storage) => {
      await addUsers(storage, 1);
      const { profiles, users } = storage;
      for (let twice = 0; twice < 2; twice++) {
        equal(await profiles.setSignInfo({ userId: 1, value: "same", now: T }), true);
        equal(await profiles.setAvatar({ userId: 1, value: "same", now: T }), true);
        equal(await profiles.setPushShield({ userId: 1, value: 1, now: T }), true);
      }
      const before = await users.lastUpdate();
      equal(await profiles.setSignInfo({ userId: 9, value: "x", now: T + 90 }), false);
      equal(await profiles.setAvatar({ userId: 9, value: "x", now: T + 90 }), false);
      equal(await profiles.setPushShield({ userId: 9, value: 1, now: T + 90 }), false);
      equal(await users.lastUpdate(), before);
    },
  });

  contractTest(contract, {
    title: "profiles: clients see each change once, whenever in the second they synchronized",
    run: async (storage) => {
      await addUsers(storage, 3);
      const { profiles } = storage;
      await profiles.setSignInfo({ userId: 1, value: "first", now: T + 100 });
      const inSameSecond = await syncedTime(storage);
      deepEqual(await changedFor(storage, inSameSecond), []);
      await profiles.setSignInfo({ userId: 2, value: "second", now: T + 100 });
      ok((await changedFor(storage, inSameSecond)).includes(2));
      await profiles.setAvatar({ userId: 3, value: "third", now: T + 100 });
      ok((await changedFor(storage, inSameSecond)).includes(3));
      await profiles.setAvatar({ userId: 1, value: "later", now: T + 200 });
      deepEqual(await changedFor(storage, T + 101), [1]);
      deepEqual(await changedFor(storage, await syncedTime(storage)), []);
    },
  });

  contractTest(contract, {
    title: "profiles: clients see a change after a push shield, and after the clock went back",
    run: async (storage) => {
      await addUsers(storage, 3);
      const { profiles, users } = storage;
      const before = await users.lastUpdate();
      await profiles.setPushShield({ userId: 3, value: 1, now: before + 50 });
      equal(await users.lastUpdate(), before);
      const since = await syncedTime(storage);
      equal(since, before + 50);
      await profiles.setSignInfo({ userId: 1, value: "same second", now: before + 50 });
      ok((await changedFor(storage, since)).includes(1));
      await profiles.setAvatar({ userId: 2, value: "yesterday", now: before - 9_000 });
      ok((await changedFor(storage, since)).includes(2));
      deepEqual((await users.byIds([1, 2])).map(({ updated }) => updated), [since, since]);
    },
  });

  contractTest(contract, {
    title: "profiles.pushShield() is 0 until it is set, and null for an unknown user",
    run: async ({ profiles, users }) => {
      await users.add([newUser("ann", { id: 1 }), newUser("bob", { id: 2 })]);
      equal(await profiles.pushShield(1), 0);
      await profiles.setPushShield({ userId: 1, value: 1, now: T + 1 });
      deepEqual([await profiles.pushShield(1), await profiles.pushShield(2)], [1, 0]);
      await profiles.setPushShield({ userId: 1, value: 0, now: T + 2 });
      deepEqual([await profiles.pushShield(1), await profiles.pushShield(9)], [0, null]);
      equal((await users.byIds([1]))[0]?.updated, T + 2);
    },
  });
}
