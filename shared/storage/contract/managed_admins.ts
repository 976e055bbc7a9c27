/** Accounts of administrators, their credentials, the audit log and the discovery list. */
import assert from "node:assert/strict";
import { EXPIRED_KEPT_SEC } from "../management_limits.ts";
import type { AuditQuery, AuditStart } from "../management.ts";
import type { Storage } from "../types.ts";
import { type Contract, contractTest } from "./contract_test_case.ts";
import { T } from "./fixtures.ts";

const PWD = `scrypt$n=16384,r=8,p=1$${"A".repeat(24)}$${"B".repeat(44)}`;
const OTHER_PWD = PWD.replace("A", "C");
const KEEP_NONE = { now: T, keepSession: null };

async function addAdmin(
  storage: Storage,
  uname: string,
  role: "owner" | "manager" | "read_only" = "owner",
): Promise<number> {
  const added = await storage.management.admins.add({ uname, pwd: PWD, role }, T);
  assert.ok(added.ok);
  return added.value.id;
}

function openSession(storage: Storage, adminId: number, hash: string, at = T): Promise<number> {
  return storage.management.credentials.openSession({
    adminId,
    hash: hash.padEnd(64, "0"),
    now: at,
    expires: at + 100,
    remote: "10.0.0.1",
    agent: "browser",
  });
}

function found(storage: Storage, kind: "session" | "key", hash: string) {
  return storage.management.credentials.find(kind, hash.padEnd(64, "0"));
}

export function managedAdminContract(contract: Contract): void {
  contractTest(contract, {
    title: "management.admins: an account of the first start is an owner who must change",
    run: async (storage) => {
      await storage.admins.add({ uname: "root", pwd: PWD, now: T });
      const account = {
        id: 1,
        uname: "root",
        role: "owner",
        status: 0,
        mustChange: true,
        created: T,
        updated: T,
      };
      assert.deepEqual(await storage.management.admins.list(), [account]);
      assert.deepEqual(await storage.management.admins.byName("root"), { account, pwd: PWD });
      assert.equal(await storage.management.admins.byName("nobody"), null);
    },
  });

  contractTest(contract, {
    title: "management.admins.add() and update() keep role, password and flag",
    run: async (storage) => {
      await addAdmin(storage, "root");
      const { admins } = storage.management;
      const id = await addAdmin(storage, "ann", "read_only");
      const taken = await admins.add({ uname: "ann", pwd: PWD, role: "owner" }, T);
      assert.deepEqual(taken, { ok: false, refusal: "name_taken" });
      const changes = { role: "manager", pwd: OTHER_PWD, mustChange: false } as const;
      const updated = await admins.update(id, changes, { now: T + 5, keepSession: null });
      assert.ok(updated.ok);
      const { role, mustChange, updated: at } = updated.value;
      assert.deepEqual([role, mustChange, at], ["manager", false, T + 5]);
      assert.deepEqual((await admins.byName("ann"))?.pwd, OTHER_PWD);
      assert.equal(await storage.admins.passwordHash("ann"), OTHER_PWD);
      const unknown = await admins.update(99, { role: "owner" }, KEEP_NONE);
      assert.deepEqual(unknown, { ok: false, refusal: "unknown_admin" });
    },
  });

  contractTest(contract, {
    title: "management.admins.update() leaves one owner",
    run: async (storage) => {
      const first = await addAdmin(storage, "root");
      await addAdmin(storage, "helper", "manager");
      const { admins } = storage.management;
      const last = { ok: false, refusal: "last_owner" };
      assert.deepEqual(await admins.update(first, { status: 1 }, KEEP_NONE), last);
      assert.deepEqual(await admins.update(first, { role: "manager" }, KEEP_NONE), last);
      const second = await addAdmin(storage, "other");
      assert.ok((await admins.update(first, { status: 1 }, KEEP_NONE)).ok);
      assert.deepEqual(await admins.update(second, { status: 1 }, KEEP_NONE), last);
      assert.ok((await admins.update(first, { status: 0 }, KEEP_NONE)).ok);
      assert.ok((await admins.update(second, { status: 1 }, KEEP_NONE)).ok);
    },
  });

  contractTest(contract, {
    title: "management.credentials: a session is found until it, or its owner, is ended",
    run: async (storage) => {
      const admin = await addAdmin(storage, "root");
      const other = await addAdmin(storage, "ann", "manager");
      const { admins, credentials } = storage.management;
      const first = await openSession(storage, admin, "a");
      const second = await openSession(storage, admin, "b", T + 1);
      await openSession(storage, other, "c");
      assert.deepEqual(await found(storage, "session", "a"), {
        kind: "session",
        id: first,
        adminId: admin,
        name: "root",
        role: "owner",
        mustChange: true,
        lastSeen: T,
        expires: T + 100,
      });
      assert.equal(await found(storage, "key", "a"), null, "no session is a key");
      assert.equal((await credentials.sessions(null, T)).length, 3);
      const own = await credentials.sessions(admin, T);
      assert.deepEqual(own.map(({ id, uname }) => [id, uname]), [[second, "root"], [
        first,
        "root",
      ]]);
      assert.deepEqual(
        await credentials.sessions(null, T + 200),
        [],
        "expired ones are not listed",
      );
      assert.equal(await credentials.endSession(first, other), false, "somebody else's");
      assert.equal(await credentials.endSession(first, admin), true);
      assert.equal(await credentials.endSession(first, null), false);
      assert.equal(await found(storage, "session", "a"), null);
      await admins.update(other, { status: 1 }, KEEP_NONE);
      assert.equal(await found(storage, "session", "c"), null);
      await admins.update(other, { status: 0 }, KEEP_NONE);
      assert.equal(await found(storage, "session", "c"), null, "it does not come back");
      const third = await openSession(storage, admin, "d");
      await admins.update(admin, { pwd: OTHER_PWD }, { now: T, keepSession: third });
      assert.equal(await found(storage, "session", "b"), null);
      assert.equal((await found(storage, "session", "d"))?.id, third);
    },
  });

  contractTest(contract, {
    title: "management.credentials: expired sessions are known for a while, uses are noted",
    run: async (storage) => {
      const admin = await addAdmin(storage, "root");
      const { credentials } = storage.management;
      const id = await openSession(storage, admin, "a");
      await credentials.touch("session", id, T + 50);
      await credentials.touch("session", id, T + 40);
      assert.equal((await found(storage, "session", "a"))?.lastSeen, T + 50);
      await openSession(storage, admin, "b", T + 100 + EXPIRED_KEPT_SEC);
      assert.equal((await found(storage, "session", "a"))?.expires, T + 100);
      await openSession(storage, admin, "c", T + 101 + EXPIRED_KEPT_SEC);
      assert.equal(await found(storage, "session", "a"), null);
    },
  });

  contractTest(contract, {
    title:
      "management.credentials: API keys work until they are removed or their maker is disabled",
    run: async (storage) => {
      await addAdmin(storage, "root");
      const adminId = await addAdmin(storage, "ann");
      const { admins, credentials } = storage.management;
      const key = { name: "backup", role: "read_only", adminId, now: T, expires: 0 } as const;
      const added = await credentials.addKey({ ...key, hash: "k".padEnd(64, "0") });
      assert.ok(added.ok);
      const again = await credentials.addKey({ ...key, hash: "l".padEnd(64, "0") });
      assert.deepEqual(again, { ok: false, refusal: "name_taken" });
      await credentials.touch("key", added.value, T + 9);
      assert.deepEqual(
        await credentials.keys(),
        [
          { ...{ id: added.value, name: "backup", role: "read_only", adminId }, created: T },
        ].map((one) => ({ ...one, lastUsed: T + 9, expires: 0 })),
      );
      const owner = await found(storage, "key", "k");
      assert.deepEqual([owner?.name, owner?.role, owner?.mustChange], [
        "backup",
        "read_only",
        false,
      ]);
      const strong = { ...key, name: "deploy", role: "owner", hash: "s".padEnd(64, "0") } as const;
      assert.ok((await credentials.addKey(strong)).ok);
      await admins.update(adminId, { role: "manager" }, KEEP_NONE);
      assert.equal((await found(storage, "key", "s"))?.role, "manager", "no more than its maker");
      assert.equal((await found(storage, "key", "k"))?.role, "read_only");
      await admins.update(adminId, { status: 1 }, KEEP_NONE);
      assert.equal(await found(storage, "key", "k"), null);
      await admins.update(adminId, { status: 0 }, KEEP_NONE);
      assert.ok(await found(storage, "key", "k") !== null);
      assert.equal(await credentials.removeKey(added.value), true);
      assert.equal(await credentials.removeKey(added.value), false);
      assert.equal(await found(storage, "key", "k"), null);
    },
  });
}

const NEWEST: AuditQuery = {
  beforeId: 0,
  limit: 100,
  actorName: null,
  action: null,
  target: null,
  since: 0,
  until: 0,
};

function entry(action: string, changes: Partial<AuditStart> = {}): AuditStart {
  return {
    at: T,
    actorKind: "admin",
    actorId: 1,
    actorName: "root",
    remote: "10.0.0.1",
    action,
    target: "user/1",
    detail: '{"nick":"O\'Neill \\\\ 名"}',
    ...changes,
  };
}

export function auditContract(contract: Contract): void {
  contractTest(contract, {
    title: "management.audit: an entry is there before the change, and then has its outcome",
    run: async (storage) => {
      const { audit } = storage.management;
      const first = await audit.begin(entry("user.update"));
      const second = await audit.begin(entry("user.create", { target: "" }));
      await audit.finish(second, "done", "user/7");
      const [newest, oldest] = await audit.list(NEWEST);
      assert.deepEqual(newest, {
        ...entry("user.create"),
        id: second,
        target: "user/7",
        outcome: "done",
      });
      assert.deepEqual(oldest, { ...entry("user.update"), id: first, outcome: "begun" });
    },
  });

  contractTest(contract, {
    title: "management.audit.list() filters and pages",
    run: async (storage) => {
      const { audit } = storage.management;
      const ids: number[] = [];
      for (
        const start of [
          entry("user.create", { at: T }),
          entry("user.update", { at: T + 1, target: "user/2" }),
          entry("userx", { at: T + 2, actorName: "ann" }),
          entry("group.create", { at: T + 3 }),
        ]
      ) ids.push(await audit.begin(start));
      const list = async (query: Partial<AuditQuery>): Promise<number[]> =>
        (await audit.list({ ...NEWEST, ...query })).map(({ id }) => ids.indexOf(id));
      assert.deepEqual(await list({}), [3, 2, 1, 0]);
      assert.deepEqual(await list({ action: "user." }), [1, 0]);
      assert.deepEqual(await list({ action: "user" }), []);
      assert.deepEqual(await list({ action: "userx" }), [2]);
      assert.deepEqual(await list({ actorName: "ann" }), [2]);
      assert.deepEqual(await list({ target: "user/2" }), [1]);
      assert.deepEqual(await list({ since: T + 1, until: T + 2 }), [2, 1]);
      assert.deepEqual(await list({ limit: 2 }), [3, 2]);
      assert.deepEqual(await list({ beforeId: ids[2]! }), [1, 0]);
    },
  });

  contractTest(contract, {
    title: "management.discovery keeps what is not removed, in order of priority",
    run: async (storage) => {
      const { discovery } = storage.management;
      const item = { itemName: "wiki", itemUrl: "http://wiki/", itemPriority: 5 };
      const first = await discovery.add(item, T);
      const second = await discovery.add({ ...item, itemName: "news", itemPriority: 1 }, T);
      assert.equal(await discovery.update(first, { itemName: "Wiki" }, T + 1), true);
      assert.deepEqual(await discovery.list(), [
        { ...item, id: second, itemName: "news", itemPriority: 1, created: T, updated: T },
        { ...item, id: first, itemName: "Wiki", created: T, updated: T + 1 },
      ]);
      assert.equal(await discovery.remove(first, T + 2), true);
      assert.equal(await discovery.remove(first, T + 2), false);
      assert.equal(await discovery.update(first, { itemName: "x" }, T + 2), false);
      assert.deepEqual((await discovery.list()).map(({ id }) => id), [second]);
    },
  });
}
