import { deepStrictEqual as deepEqual, strictEqual as equal } from "node:assert/strict";
import { type Contract, contractTest } from "./contract_test_case.ts";
import { T } from "./fixtures.ts";

export function adminContract(contract: Contract): void {
  contractTest(contract, {
    title: "admins.add() stores the hash and refuses a name that exists",
    run: async (storage) => {
      const { admins } = storage;
      equal(await admins.count(), 0);
      equal(await admins.passwordHash("root"), null);
      const pwd = `scrypt$n=16384,r=8,p=1$${"A".repeat(24)}$${"B".repeat(44)}`;
      deepEqual(await admins.add({ uname: "root", pwd, now: T }), { ok: true, value: null });
      const again = await admins.add({ uname: "root", pwd: "other", now: T });
      deepEqual(again, { ok: false, refusal: "exists" });
      equal(await admins.passwordHash("root"), pwd);
      equal(await admins.passwordHash("x' OR '1'='1"), null);
      equal(await admins.count(), 1);
      await admins.add({ uname: "second", pwd, now: T });
      equal(await admins.count(), 2);
    },
  });
}
