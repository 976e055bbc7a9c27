import { deepStrictEqual as deepEqual } from "node:assert/strict";
import { CLIENT_TYPE_ANDROID, CLIENT_TYPE_IOS } from "../../../proto/ids.ts";
import type { Storage } from "../types.ts";
import { type Contract, contractTest } from "./contract_test_case.ts";
import { addUsers, T } from "./fixtures.ts";

const IOS = CLIENT_TYPE_IOS;
const ANDROID = CLIENT_TYPE_ANDROID;

async function tokensOf(storage: Storage, ...userIds: number[]) {
  const targets = await storage.deviceTokens.of(userIds);
  return targets.map(({ userId, clientType, token }) => [userId, clientType, token]);
}

export function deviceTokenContract(contract: Contract): void {
  contractTest(contract, {
    title: "deviceTokens.of() gives one token per user that has one, in text order of the ids",
    run: async (storage) => {
      await addUsers(storage, 1100);
      const { deviceTokens, profiles } = storage;
      for (const userId of [2, 10, 1, 1100]) {
        await deviceTokens.put({ userId, clientType: ANDROID, token: `token-${userId}` });
      }
      await deviceTokens.put({ userId: 2, clientType: IOS, token: "a newer one" });
      await profiles.setPushShield({ userId: 10, value: 1, now: T });
      const asked = Array.from({ length: 1200 }, (_, i) => 1200 - i);
      deepEqual(await deviceTokens.of([...asked, 2, 2]), [
        { userId: 1, clientType: ANDROID, token: "token-1", push_shield_status: 0 },
        { userId: 10, clientType: ANDROID, token: "token-10", push_shield_status: 1 },
        { userId: 1100, clientType: ANDROID, token: "token-1100", push_shield_status: 0 },
        { userId: 2, clientType: IOS, token: "a newer one", push_shield_status: 0 },
      ]);
      deepEqual(await tokensOf(storage, 3, 4), []);
      deepEqual(await tokensOf(storage), []);
    },
  });

  contractTest(contract, {
    title: "deviceTokens.put() takes a token away from whoever had it before",
    run: async (storage) => {
      await addUsers(storage, 3);
      const { deviceTokens } = storage;
      await deviceTokens.put({ userId: 1, clientType: IOS, token: "shared phone" });
      await deviceTokens.put({ userId: 2, clientType: ANDROID, token: "former phone" });
      await deviceTokens.put({ userId: 2, clientType: IOS, token: "shared phone" });
      deepEqual(await tokensOf(storage, 1, 2), [[2, IOS, "shared phone"]]);
      await deviceTokens.put({ userId: 3, clientType: ANDROID, token: "former phone" });
      deepEqual(await tokensOf(storage, 1, 2, 3), [
        [2, IOS, "shared phone"],
        [3, ANDROID, "former phone"],
      ]);
    },
  });

  contractTest(contract, {
    title: "deviceTokens.put() keeps digits and ids of other users apart from tokens (P-PUSH5)",
    run: async (storage) => {
      await addUsers(storage, 3);
      await storage.deviceTokens.put({ userId: 1, clientType: IOS, token: "ios:2" });
      await storage.deviceTokens.put({ userId: 2, clientType: IOS, token: "3" });
      await storage.deviceTokens.put({ userId: 3, clientType: IOS, token: "2" });
      deepEqual(await tokensOf(storage, 1, 2, 3), [[1, IOS, "ios:2"], [2, IOS, "3"], [
        3,
        IOS,
        "2",
      ]]);
    },
  });

  contractTest(contract, {
    title: "deviceTokens.put() for an unknown user changes nothing",
    run: async (storage) => {
      await addUsers(storage, 1);
      await storage.deviceTokens.put({ userId: 1, clientType: IOS, token: "mine" });
      await storage.deviceTokens.put({ userId: 99, clientType: IOS, token: "mine" });
      deepEqual(await tokensOf(storage, 1, 99), [[1, IOS, "mine"]]);
    },
  });

  contractTest(contract, {
    title: "deviceTokens.erase() ends the pushes of one user, until the next token",
    run: async (storage) => {
      await addUsers(storage, 2);
      const { deviceTokens } = storage;
      await deviceTokens.put({ userId: 1, clientType: IOS, token: "one" });
      await deviceTokens.put({ userId: 2, clientType: IOS, token: "two" });
      await deviceTokens.erase(1);
      await deviceTokens.erase(1);
      await deviceTokens.erase(99);
      deepEqual(await tokensOf(storage, 1, 2), [[2, IOS, "two"]]);
      await deviceTokens.put({ userId: 1, clientType: ANDROID, token: "one" });
      deepEqual(await tokensOf(storage, 1, 2), [[1, ANDROID, "one"], [2, IOS, "two"]]);
    },
  });
}
