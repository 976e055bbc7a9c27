import assert from "node:assert/strict";
import { GROUP_TYPE_NORMAL } from "../../../proto/ids.ts";
import type { Clock } from "../../../shared/clock.ts";
import { MAX_HASHES } from "./password_hashes.ts";
import { seededRandom } from "../../../shared/random.ts";
import { refused } from "../../../shared/result.ts";
import { openSqliteStorage } from "../../../shared/storage/sqlite/mod.ts";
import type { NewUser, Storage, UserStore } from "../../../shared/storage/types.ts";
import { type DemoOptions, demoPlan } from "./demo_plan.ts";
import type { SeedPlan } from "./plan.ts";
import { seed, type SeedReport } from "./seed.ts";

const NOW_SEC = 1_800_000_000;

/** One second that does not pass, in which every wait is over at once. */
const CLOCK: Clock = {
  nowMs: () => NOW_SEC * 1000,
  elapsedMs: () => 0,
  after: (_delayMs, run) => {
    const handle = setImmediate(run);
    return { cancel: () => clearImmediate(handle) };
  },
  every: () => assert.fail("nothing here repeats"),
  soon: (run) => void setImmediate(run),
};

const OPTIONS = { clock: CLOCK, random: seededRandom(2), scryptN: 1024 };

function openStorage(): Storage & AsyncDisposable {
  const storage = openSqliteStorage({ path: ":memory:", clock: CLOCK });
  return { ...storage, [Symbol.asyncDispose]: () => storage.close() };
}

function plan(options: Partial<DemoOptions> = {}): SeedPlan {
  const all = { users: 0, groups: 0, members: 0, password: "secret", ...options };
  return demoPlan(all, seededRandom(1));
}

function counts({ users, groups, membersAdded, departments }: SeedReport) {
  return {
    users: [users.added, users.present],
    groups: [groups.added, groups.present],
    members: membersAdded,
    departments: [departments.added, departments.present],
  };
}

function stranger(id: number, name: string): NewUser {
  return { ...plan({ users: 1 }).users.user(1), id, name, created: 1, updated: 1 };
}

Deno.test("seed() fills an empty storage", async () => {
  await using storage = openStorage();
  const report = await seed(storage, plan({ users: 1200, groups: 3, members: 700 }), {
    ...OPTIONS,
  });
  assert.deepEqual(counts(report), {
    users: [1200, 0],
    groups: [3, 0],
    members: 2100,
    departments: [5, 0],
  });
  assert.deepEqual(report.notes, []);
  const rows = await storage.users.all();
  assert.deepEqual(rows.map(({ id, name }) => `${id} ${name}`).slice(-2), [
    "1199 user1199",
    "1200 user1200",
  ]);
  const members = await storage.groups.members(3);
  assert.deepEqual([...members!.keys()].sort((a, b) => a - b).at(-1), 700);
  const [group] = await storage.groups.byIds([3]);
  assert.deepEqual([group?.name, group?.type, group?.creator], ["group3", GROUP_TYPE_NORMAL, 1]);
});

Deno.test("seed() repeated adds only what is missing, and users keep their password", async () => {
  await using storage = openStorage();
  await seed(storage, plan({ users: 3, groups: 1, members: 2 }), OPTIONS);
  const before = await storage.users.credentials("user1");
  const [oldGroup] = await storage.groups.byIds([1]);

  const larger = plan({ users: 5, groups: 2, members: 4, password: "another" });
  const report = await seed(storage, larger, OPTIONS);
  assert.deepEqual(counts(report), {
    users: [2, 3],
    groups: [1, 1],
    members: 6,
    departments: [0, 5],
  });
  assert.deepEqual(await storage.users.credentials("user1"), before);
  const [group] = await storage.groups.byIds([1]);
  assert.equal(group!.version, oldGroup!.version + 1);

  const nothing = await seed(storage, larger, OPTIONS);
  assert.deepEqual(counts(nothing), {
    users: [0, 5],
    groups: [0, 2],
    members: 0,
    departments: [0, 5],
  });
  assert.deepEqual(await storage.groups.byIds([1]), [group]);
});

Deno.test("seed() gives a user another id when the planned one belongs to somebody", async () => {
  await using storage = openStorage();
  await storage.users.add([stranger(2, "ann"), stranger(9, "user3")]);
  const wanted = plan({ users: 4, groups: 1, members: 3 });
  const report = await seed(storage, wanted, OPTIONS);
  assert.deepEqual(report.notes, ["2 users have another id than planned: it was taken"]);
  const names = (await storage.users.all()).map(({ id, name }) => `${id} ${name}`);
  assert.deepEqual(names, ["1 user1", "2 ann", "4 user4", "9 user3", "10 user2"]);
  const members = await storage.groups.members(1);
  assert.deepEqual([...members!.keys()].sort((a, b) => a - b), [1, 9, 10]);

  const again = await seed(storage, wanted, OPTIONS);
  assert.deepEqual(counts(again).users, [0, 4]);
});

Deno.test("seed() leaves a group alone that has the id but another name", async () => {
  await using storage = openStorage();
  await seed(storage, plan({ users: 3 }), OPTIONS);
  await storage.groups.create({
    id: 1,
    name: "friends",
    avatar: "",
    creator: 3,
    type: GROUP_TYPE_NORMAL,
    members: [3],
    created: 1,
  });
  const report = await seed(storage, plan({ users: 3, groups: 2, members: 2 }), OPTIONS);
  assert.deepEqual(report.notes, ['group id 1 belongs to "friends": left alone']);
  assert.deepEqual([...(await storage.groups.members(1))!.keys()], [3]);
  assert.deepEqual(counts(report).groups, [1, 1]);
});

Deno.test("seed() leaves no user out for a client that syncs in the middle of it", async () => {
  await using storage = openStorage();
  const clients: { known: Set<string>; since: number }[] = [];
  const sync = async (client: { known: Set<string>; since: number }): Promise<void> => {
    // As db_proxy answers 0x0208 (docs/spec/flows.md 14).
    const { users } = storage;
    if (await users.lastUpdate() <= client.since) return;
    const rows = client.since === 0 ? await users.all() : await users.changedSince(client.since);
    for (const { name, updated } of rows) {
      client.known.add(name);
      client.since = Math.max(client.since, updated);
    }
  };
  const visits: Promise<void>[] = [];
  const onProgress = (): void => {
    const client = { known: new Set<string>(), since: 0 };
    clients.push(client);
    visits.push(sync(client));
  };
  await seed(storage, plan({ users: 2100 }), { ...OPTIONS, onProgress });
  await Promise.all(visits);
  assert.equal(clients.length, 5);
  for (const client of clients) {
    await sync(client);
    assert.equal(client.known.size, 2100);
  }
  assert.ok(await storage.users.lastUpdate() <= NOW_SEC + 2);
});

Deno.test("seed() tells clients of departments that it adds within the second of their sync", async () => {
  await using storage = openStorage();
  const all = plan();
  await seed(storage, { ...all, departments: all.departments.slice(0, 2) }, OPTIONS);
  const since = Math.max(...(await storage.departments.changedSince(0)).map((one) => one.updated));
  await seed(storage, all, OPTIONS);
  const added = await storage.departments.changedSince(since);
  assert.deepEqual(added.map(({ id }) => id), [3, 4, 5]);
});

/** The storage with another way of adding users. */
function withAdd(storage: Storage, add: UserStore["add"]): Storage {
  const { users } = storage;
  return {
    ...storage,
    users: {
      add,
      passwordForm: users.passwordForm,
      keepHash: (change) => users.keepHash(change),
      all: () => users.all(),
      byIds: (ids) => users.byIds(ids),
      changedSince: (since) => users.changedSince(since),
      credentials: (name) => users.credentials(name),
      lastUpdate: () => users.lastUpdate(),
      maxId: () => users.maxId(),
    },
  };
}

Deno.test("seed() looks again when somebody adds the same users at the same time", async () => {
  await using storage = openStorage();
  let others: NewUser[] = [stranger(1, "user1"), stranger(2, "ann")];
  const both = withAdd(storage, async (rows) => {
    if (others.length > 0) await storage.users.add(others);
    others = [];
    return await storage.users.add(rows);
  });
  const report = await seed(both, plan({ users: 3 }), OPTIONS);
  assert.deepEqual(counts(report).users, [2, 1]);
  const names = (await storage.users.all()).map(({ id, name }) => `${id} ${name}`);
  assert.deepEqual(names, ["1 user1", "2 ann", "3 user3", "4 user2"]);
});

Deno.test("seed() completes a group that somebody else makes at the same time", async () => {
  await using storage = openStorage();
  await seed(storage, plan({ users: 4 }), OPTIONS);
  let other: Promise<unknown> | null = null;
  const { groups } = storage;
  const both: Storage = {
    ...storage,
    groups: {
      addMembers: (change) => groups.addMembers(change),
      byIds: (ids) => groups.byIds(ids),
      create: async (group) => {
        other ??= groups.create({ ...group, members: [4] });
        await other;
        return await groups.create(group);
      },
      members: (id) => groups.members(id),
      normalGroupsOf: (id) => groups.normalGroupsOf(id),
      removeMembers: (change) => groups.removeMembers(change),
    },
  };
  const report = await seed(both, plan({ users: 4, groups: 1, members: 2 }), OPTIONS);
  assert.deepEqual([counts(report).groups, counts(report).members], [[0, 1], 2]);
  assert.deepEqual(report.notes, []);
  assert.deepEqual([...(await groups.members(1))!.keys()].sort(), [1, 2, 4]);
});

Deno.test("seed() gives up when users cannot be added again and again", async () => {
  await using storage = openStorage();
  const full = withAdd(storage, () => Promise.resolve(refused("exists")));
  await assert.rejects(
    seed(full, plan({ users: 1 }), OPTIONS),
    { name: "StorageError", message: /^Cannot add users: / },
  );
});

Deno.test("seed() reports each step of users and groups", async () => {
  await using storage = openStorage();
  const steps: string[] = [];
  await seed(storage, plan({ users: 1001, groups: 3, members: 300 }), {
    ...OPTIONS,
    onProgress: (part, done, all) => void steps.push(`${part} ${done}/${all}`),
  });
  assert.deepEqual(steps, [
    "users 500/1001",
    "users 1000/1001",
    "users 1001/1001",
    "groups 1/3",
    "groups 2/3",
    "groups 3/3",
  ]);
});

Deno.test("seed() stores hashes at once: one for the same password, and so many different ones", async () => {
  await using storage = openStorage();
  await seed(storage, plan({ users: 3 }), OPTIONS);
  const [one, other] = [await hashOf(storage, "user1"), await hashOf(storage, "user3")];
  assert.match(one!, /^scrypt\$/);
  assert.equal(one, other);
  const { users } = plan();
  const different = (id: number) => ({
    ...stranger(id, `other${id}`),
    password: String(id).padStart(32, "0"),
  });
  const last = 10 + MAX_HASHES;
  const others = { ...users, first: 10, last, name: (id: number) => `other${id}`, user: different };
  await seed(storage, { departments: [], groups: [], users: others }, OPTIONS);
  assert.notEqual(await hashOf(storage, "other10"), await hashOf(storage, "other11"));
  assert.notEqual(await hashOf(storage, `other${last - 1}`), null);
  assert.equal(await hashOf(storage, `other${last}`), null);
});

async function hashOf(storage: Storage, name: string): Promise<string | null> {
  return (await storage.users.credentials(name))!.hash;
}
