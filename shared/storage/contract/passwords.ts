import { deepStrictEqual as deepEqual, strictEqual as equal } from "node:assert/strict";
import { HASH_ELSEWHERE } from "../password_form.ts";
import type { Storage } from "../types.ts";
import { type Contract, contractTest } from "./contract_test_case.ts";
import { addDepartments, newUser, T } from "./fixtures.ts";

const MD5 = "0123456789abcdef0123456789abcdef";
const OTHER_MD5 = "f".repeat(32);
const HASH = `scrypt$n=16384,r=8,p=1$${"A".repeat(22)}==$${"B".repeat(43)}=`;
const OTHER_HASH = HASH.replaceAll("B", "C");

/** What a row holds of its password, without the salt. */
async function stored(storage: Storage, name: string) {
  const { password, hash } = (await storage.users.credentials(name))!;
  return { password, hash };
}

/** What it is to hold for an MD5 with its hash. */
function withHash(storage: Storage, password: string, hash: string) {
  return { password: storage.users.passwordForm === "hash" ? HASH_ELSEWHERE : password, hash };
}

export function passwordContract(contract: Contract): void {
  contractTest(contract, {
    title: "users.keepHash() replaces or joins the MD5, and nobody hears of it (P-PWD)",
    run: async (storage) => {
      await storage.users.add([newUser("ann", { id: 7, password: MD5 }), newUser("bob")]);
      const { user } = (await storage.users.credentials("ann"))!;
      const change = { userId: 7, seen: MD5, password: MD5, hash: HASH };
      equal(await storage.users.keepHash(change), true);
      deepEqual(await stored(storage, "ann"), withHash(storage, MD5, HASH));
      deepEqual((await storage.users.credentials("ann"))!.user, user);
      equal((await stored(storage, "bob")).hash, null);
    },
  });

  contractTest(contract, {
    title: "users.keepHash() leaves a password alone that was set since it was read",
    run: async (storage) => {
      await storage.users.add([newUser("ann", { id: 7, password: OTHER_MD5 })]);
      const change = { userId: 7, seen: MD5, password: MD5, hash: HASH };
      equal(await storage.users.keepHash(change), false);
      equal(await storage.users.keepHash({ ...change, userId: 8 }), false);
      deepEqual(await stored(storage, "ann"), { password: OTHER_MD5, hash: null });
    },
  });

  contractTest(contract, {
    title: "users.add() takes users with and without a hash",
    run: async (storage) => {
      const hashed = newUser("hashed", { password: MD5, hash: HASH });
      const wanted = newUser("wanted", { id: 41, password: OTHER_MD5, hash: OTHER_HASH });
      await storage.users.add([hashed, newUser("plain", { password: MD5 }), wanted]);
      deepEqual(await stored(storage, "hashed"), withHash(storage, MD5, HASH));
      deepEqual(await stored(storage, "wanted"), withHash(storage, OTHER_MD5, OTHER_HASH));
      deepEqual(await stored(storage, "plain"), { password: MD5, hash: null });
    },
  });

  contractTest(contract, {
    title: "management.users.write() sets passwords with and without a hash",
    run: async (storage) => {
      await addDepartments(storage, [1]);
      const { created: _created, updated: _updated, ...ann } = newUser("ann");
      const { users } = storage.management;
      const hashed = { ...ann, password: MD5, hash: HASH };
      const added = await users.write({ add: [hashed], update: [], now: T });
      if (!added.ok) throw new Error(added.refusal);
      const [id] = added.value;
      deepEqual(await stored(storage, "ann"), withHash(storage, MD5, HASH));
      const set = (changes: object) =>
        users.write({ add: [], update: [{ id: id!, changes }], now: T });
      await set({ nick: "Ann" });
      deepEqual(await stored(storage, "ann"), withHash(storage, MD5, HASH));
      await set({ password: OTHER_MD5, salt: "1", hash: OTHER_HASH });
      deepEqual(await stored(storage, "ann"), withHash(storage, OTHER_MD5, OTHER_HASH));
      await set({ password: MD5, salt: "1" });
      deepEqual(await stored(storage, "ann"), { password: MD5, hash: null });
    },
  });
}
