import { deepStrictEqual as deepEqual, strictEqual as equal } from "node:assert/strict";
import { USER_STATUS_LEFT } from "../types.ts";
import { type Contract, contractTest } from "./contract_test_case.ts";
import { addUsers, newUser, T } from "./fixtures.ts";

export function userContract(contract: Contract): void {
  contractTest(contract, {
    title: "users.credentials() gives the row with password and salt, whatever the status",
    run: async (storage) => {
      const texts = { nick: "Ann 'x' \"y\" 😀", phone: "13800138000", email: "ann@example.com" };
      const { password, salt, ...user } = newUser("ann", {
        ...texts,
        id: 7,
        sex: 2,
        departId: 4_000_000_000,
        status: USER_STATUS_LEFT,
        avatar: "http://host/a.jpg",
        sign_info: "签名",
        updated: T + 5,
      });
      await storage.users.add([{ ...user, password, salt }]);
      deepEqual(await storage.users.credentials("ann"), { user, password, salt, hash: null });
    },
  });

  contractTest(contract, {
    title: "users.credentials() is case-sensitive and takes the name literally",
    run: async (storage) => {
      await storage.users.add([newUser("Ann"), newUser("ann"), newUser("it's")]);
      equal((await storage.users.credentials("Ann"))?.user.name, "Ann");
      equal((await storage.users.credentials("ann"))?.user.name, "ann");
      equal((await storage.users.credentials("it's"))?.user.name, "it's");
      for (const name of ["ANN", "", "%", "nobody", "x' OR '1'='1", "Ann\0"]) {
        equal(await storage.users.credentials(name), null, name);
      }
    },
  });

  contractTest(contract, {
    title: "users.byIds() gives existing rows once, in id order, for long lists too",
    run: async (storage) => {
      await addUsers(storage, 1200);
      const asked = Array.from({ length: 1300 }, (_, i) => 1300 - i);
      const rows = await storage.users.byIds([...asked, 5, 5, 0, 4294967295]);
      deepEqual(rows.map((row) => row.id), Array.from({ length: 1200 }, (_, i) => i + 1));
      const { password: _password, salt: _salt, ...expected } = newUser("user3", { id: 3 });
      deepEqual(await storage.users.byIds([3]), [expected]);
      deepEqual(await storage.users.byIds([]), []);
    },
  });

  contractTest(contract, {
    title: "users.all() leaves out those who left, users.changedSince() is inclusive and does not",
    run: async (storage) => {
      await storage.users.add([
        newUser("a", { id: 1, updated: T }),
        newUser("b", { id: 2, updated: T + 10, status: USER_STATUS_LEFT }),
        newUser("c", { id: 3, updated: T + 20, status: 2 }),
      ]);
      deepEqual((await storage.users.all()).map((row) => row.id), [1, 3]);
      deepEqual((await storage.users.changedSince(T + 10)).map((row) => row.id), [2, 3]);
      deepEqual(await storage.users.changedSince(T + 21), []);
    },
  });

  contractTest(contract, {
    title: "users.add() hands out the next free id and keeps wanted ones",
    run: async (storage) => {
      equal(await storage.users.maxId(), 0);
      await storage.users.add([newUser("free"), newUser("wanted", { id: 41 })]);
      await storage.users.add([newUser("next")]);
      const ids = (await storage.users.all()).map((row) => row.id);
      equal(new Set(ids).size, 3);
      equal((await storage.users.credentials("wanted"))?.user.id, 41);
      const free = (await storage.users.credentials("free"))!.user.id;
      const next = (await storage.users.credentials("next"))!.user.id;
      equal(next, Math.max(41, free) + 1);
      equal(await storage.users.maxId(), next);
    },
  });

  contractTest(contract, {
    title: "users.add() refuses all when one name or id exists or comes twice",
    run: async (storage) => {
      await storage.users.add([newUser("ann", { id: 1 })]);
      const refusal = { ok: false, refusal: "exists" };
      const lists = [
        [newUser("new", { id: 2 }), newUser("ann", { id: 3 })],
        [newUser("new", { id: 2 }), newUser("other", { id: 1 })],
        [newUser("new", { id: 2 }), newUser("new", { id: 3 })],
        [newUser("new", { id: 2 }), newUser("other", { id: 2 })],
      ];
      for (const list of lists) deepEqual(await storage.users.add(list), refusal);
      deepEqual((await storage.users.all()).map((row) => row.name), ["ann"]);
      deepEqual(await storage.users.add([newUser("new", { id: 2 })]), { ok: true, value: null });
    },
  });

  contractTest(contract, {
    title: "users.lastUpdate() moves to the newest `updated` and never back",
    run: async (storage) => {
      const start = await storage.users.lastUpdate();
      const later = Math.max(start, T) + 100;
      await storage.users.add([newUser("a", { updated: later }), newUser("b", { updated: T })]);
      equal(await storage.users.lastUpdate(), later);
      await storage.users.add([newUser("c", { updated: later - 50 })]);
      equal(await storage.users.lastUpdate(), later);
    },
  });
}
