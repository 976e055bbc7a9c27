/** Users as administrators see and change them. */
import assert from "node:assert/strict";
import { CLIENT_TYPE_IOS } from "../../../proto/ids.ts";
import type { UserFields, UserQuery, UserWrites } from "../management.ts";
import type { Storage } from "../types.ts";
import { type Contract, contractTest } from "./contract_test_case.ts";
import { addDepartments, addGroup, addUsers, say, T } from "./fixtures.ts";

const EVERYBODY: UserQuery = {
  search: "",
  statuses: null,
  departId: null,
  afterId: 0,
  sort: "id",
  order: "asc",
  offset: 0,
  limit: 100,
};

const PASSWORD = { password: "0123456789abcdef0123456789abcdef", salt: "7" };

function fields(name: string, changes: Partial<UserFields> = {}): UserWrites["add"][number] {
  return {
    name,
    sex: 0,
    domain: name,
    nick: name,
    phone: "",
    email: "",
    avatar: "",
    departId: 1,
    status: 0,
    sign_info: "",
    ...PASSWORD,
    ...changes,
  };
}

async function names(storage: Storage, query: Partial<UserQuery>): Promise<string[]> {
  const { rows } = await storage.management.users.list({ ...EVERYBODY, ...query });
  return rows.map(({ name }) => name);
}

async function write(
  storage: Storage,
  { add = [], update = [], now = T }: Partial<UserWrites>,
) {
  return await storage.management.users.write({ add, update, now });
}

/** With department 1 and the given people. */
async function withUsers(storage: Storage, users: UserWrites["add"]): Promise<void> {
  await addDepartments(storage, [1]);
  assert.ok((await write(storage, { add: users })).ok);
}

export function managedUserContract(contract: Contract): void {
  contractTest(contract, {
    title: "management.users.list() searches names, nick, pinyin, phone, mail and the id",
    run: async (storage) => {
      await withUsers(storage, [
        fields("ann", { nick: "Annie", domain: "an", phone: "13800" }),
        fields("bob", { nick: "100%_\\", email: "bob@x.org" }),
        fields("Carol", { domain: "ka" }),
      ]);
      assert.deepEqual(await names(storage, { search: "ANN" }), ["ann"]);
      assert.deepEqual(await names(storage, { search: "carol" }), ["Carol"]);
      assert.deepEqual(await names(storage, { search: "X.ORG" }), ["bob"]);
      assert.deepEqual(await names(storage, { search: "138" }), ["ann"]);
      assert.deepEqual(await names(storage, { search: "2" }), ["bob"]);
      assert.deepEqual(await names(storage, { search: "%_\\" }), ["bob"]);
      assert.deepEqual(await names(storage, { search: "0%0" }), []);
      assert.deepEqual(await names(storage, { search: "' OR 1=1 -- " }), []);
    },
  });

  contractTest(contract, {
    title: "management.users.list() filters, sorts and pages, and counts all that fit",
    run: async (storage) => {
      await addDepartments(storage, [1, 2]);
      await write(storage, {
        add: [
          fields("ann", { status: 3 }),
          fields("bob", { departId: 2 }),
          fields("carol", { departId: 2, status: 4 }),
          fields("dave", { nick: "aaa" }),
        ],
      });
      assert.deepEqual(await names(storage, { departId: 2 }), ["bob", "carol"]);
      assert.deepEqual(await names(storage, { statuses: [3, 4] }), ["ann", "carol"]);
      assert.deepEqual(await names(storage, { afterId: 2 }), ["carol", "dave"]);
      assert.deepEqual(await names(storage, { sort: "nick" }), ["dave", "ann", "bob", "carol"]);
      assert.deepEqual(await names(storage, { sort: "departId", order: "desc" }), [
        ...["bob", "carol", "ann", "dave"],
      ]);
      const page = { ...EVERYBODY, offset: 1, limit: 2 };
      const { total, rows } = await storage.management.users.list(page);
      assert.deepEqual([total, rows.map(({ name }) => name)], [4, ["bob", "carol"]]);
    },
  });

  contractTest(contract, {
    title: "management.users.write() adds people who can log in, and moves U past every client",
    run: async (storage) => {
      await addUsers(storage, 1);
      await addDepartments(storage, [1]);
      const before = await storage.users.lastUpdate();
      const added = await write(storage, { add: [fields("ann"), fields("bob")] });
      assert.deepEqual(added, { ok: true, value: [2, 3] });
      assert.ok(await storage.users.lastUpdate() > before);
      const credentials = await storage.users.credentials("ann");
      assert.deepEqual([credentials?.password, credentials?.salt], [
        PASSWORD.password,
        PASSWORD.salt,
      ]);
      // A client that was up to date with user1 asks with user1's time.
      const changed = await storage.users.changedSince(T);
      assert.deepEqual(changed.map(({ name }) => name), ["user1", "ann", "bob"]);
    },
  });

  contractTest(contract, {
    title: "management.users.write() changes what is given and nothing else",
    run: async (storage) => {
      await withUsers(storage, [fields("ann", { phone: "1", sex: 2 })]);
      const update = [{ id: 1, changes: { nick: "Annie", sex: 0, phone: "" } }];
      assert.deepEqual(await write(storage, { update, now: T + 5 }), { ok: true, value: [] });
      const [row] = await storage.users.byIds([1]);
      assert.deepEqual(row, {
        id: 1,
        sex: 0,
        name: "ann",
        domain: "ann",
        nick: "Annie",
        phone: "",
        email: "",
        avatar: "",
        departId: 1,
        status: 0,
        sign_info: "",
        created: T,
        updated: T + 5,
      });
      assert.equal((await storage.users.credentials("ann"))?.salt, PASSWORD.salt);
    },
  });

  contractTest(contract, {
    title:
      "management.users.write() in the second of a client's sync is seen by its next one (P-SYN3)",
    run: async (storage) => {
      await withUsers(storage, [fields("ann"), fields("bob")]);
      const synced = Math.max(...(await storage.users.all()).map(({ updated }) => updated));
      for (const now of [synced, synced - 100]) {
        await write(storage, { update: [{ id: 1, changes: { nick: `at ${now}` } }], now });
        assert.ok(await storage.users.lastUpdate() > synced, "the client is sent something");
        const changed = await storage.users.changedSince(synced);
        assert.ok(changed.some(({ nick }) => nick === `at ${now}`));
      }
    },
  });

  contractTest(contract, {
    title: "management.users.write() is all or nothing",
    run: async (storage) => {
      await withUsers(storage, [fields("ann"), fields("bob")]);
      const cases: readonly (readonly [Partial<UserWrites>, string])[] = [
        [{ add: [fields("carol"), fields("ann")] }, "name_taken"],
        [{ add: [fields("carol"), fields("carol")] }, "name_taken"],
        [{ update: [{ id: 1, changes: { name: "bob" } }] }, "name_taken"],
        [{ add: [fields("carol")], update: [{ id: 1, changes: { name: "carol" } }] }, "name_taken"],
        [{ add: [fields("carol", { departId: 9 })] }, "unknown_department"],
        [{ update: [{ id: 1, changes: { departId: 9 } }] }, "unknown_department"],
        [{ add: [fields("carol")], update: [{ id: 9, changes: { nick: "x" } }] }, "unknown_user"],
      ];
      for (const [writes, refusal] of cases) {
        assert.deepEqual(await write(storage, writes), { ok: false, refusal });
      }
      assert.deepEqual(await names(storage, {}), ["ann", "bob"]);
      const own = [{ id: 1, changes: { name: "ann", nick: "still ann" } }];
      assert.ok((await write(storage, { update: own })).ok, "one's own name is not taken");
    },
  });

  contractTest(contract, {
    title:
      "management.users.write() with status 3 ends messages and pushes, until it is taken back",
    run: async (storage) => {
      await withUsers(storage, [fields("ann"), fields("bob")]);
      await storage.deviceTokens.put({ userId: 1, clientType: CLIENT_TYPE_IOS, token: "abc" });
      assert.equal(await say(storage, { from: 2, to: 1 }), 1);
      await write(storage, { update: [{ id: 1, changes: { status: 3 } }] });
      assert.deepEqual(await storage.deviceTokens.of([1]), []);
      const refusedMessage = await say(storage, { from: 2, to: 1 }).catch(String);
      assert.ok(String(refusedMessage).includes("unknown_receiver"));
      assert.deepEqual((await storage.users.all()).map(({ name }) => name), ["bob"]);
      await write(storage, { update: [{ id: 1, changes: { status: 0 } }] });
      assert.equal(await say(storage, { from: 2, to: 1 }), 2);
    },
  });

  contractTest(contract, {
    title: "management.users.byNames() and byIds() find exactly these, in any status",
    run: async (storage) => {
      await withUsers(storage, [fields("ann", { status: 3 }), fields("Bob")]);
      const found = await storage.management.users.byNames(["ann", "bob", "Bob", "x"]);
      assert.deepEqual(found.map(({ name }) => name), ["ann", "Bob"]);
      assert.deepEqual(await storage.management.users.byNames([]), []);
      const byIds = await storage.management.users.byIds([2, 9, 1, 2]);
      assert.deepEqual(byIds.map(({ name }) => name), ["ann", "Bob"]);
      assert.deepEqual(await storage.management.users.byIds([]), []);
    },
  });

  contractTest(contract, {
    title: "management.engines() names what is behind the storage, all of it up",
    run: async (storage) => {
      const engines = await storage.management.engines();
      const { engine } = await storage.management.figures();
      const names = engine === "sqlite"
        ? ["sqlite"]
        : ["teamtalk_master", "teamtalk_slave", "unread", "group_set", "token", "group_member"];
      assert.deepEqual(engines.map(({ name }) => name), names);
      for (const { kind, address, state, answerMs, version } of engines) {
        assert.equal(state, "up");
        assert.ok(answerMs !== null && answerMs >= 0);
        assert.match(version!, /^\d+\.\d+/);
        assert.equal(address === null, kind === "sqlite");
      }
    },
  });

  contractTest(contract, {
    title: "management.figures() counts who has not left, departments, groups and messages",
    run: async (storage) => {
      await withUsers(storage, [fields("ann"), fields("bob"), fields("carol", { status: 3 })]);
      await addGroup(storage, [1, 2]);
      await say(storage, { from: 1, to: 2 });
      const { engine: _, messages, bytes, ...counted } = await storage.management.figures();
      assert.deepEqual(counted, { users: 2, departments: 1, groups: 1 });
      // An estimate on one engine, so all that is sure is that they are there.
      assert.ok(messages >= 0 && bytes > 0);
    },
  });
}
