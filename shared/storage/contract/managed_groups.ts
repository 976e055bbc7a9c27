/** Groups and departments as administrators see and change them. */
import assert from "node:assert/strict";
import { GROUP_TYPE_NORMAL, GROUP_TYPE_TMP } from "../../../proto/ids.ts";
import type { GroupQuery } from "../management.ts";
import type { Storage } from "../types.ts";
import { type Contract, contractTest } from "./contract_test_case.ts";
import {
  addDepartments,
  addGroup,
  addUsers,
  newUser,
  recentOf,
  sayInGroup,
  T,
} from "./fixtures.ts";

const ALL_GROUPS: GroupQuery = {
  search: "",
  type: null,
  memberId: null,
  sort: "id",
  order: "asc",
  offset: 0,
  limit: 100,
};

async function groupNames(storage: Storage, query: Partial<GroupQuery>): Promise<string[]> {
  const { rows } = await storage.management.groups.list({ ...ALL_GROUPS, ...query });
  return rows.map(({ name }) => name);
}

export function managedGroupContract(contract: Contract): void {
  contractTest(contract, {
    title: "management.groups.list() searches, filters, sorts, pages and counts real members",
    run: async (storage) => {
      await addUsers(storage, 4);
      const lunch = await addGroup(storage, [1, 2, 3], { name: "Lunch", type: GROUP_TYPE_NORMAL });
      await addGroup(storage, [4], { name: "50%", created: T + 5, type: GROUP_TYPE_TMP });
      await storage.groups.removeMembers({ groupId: lunch, userIds: [3], now: T });
      assert.deepEqual(await groupNames(storage, { search: "lun" }), ["Lunch"]);
      assert.deepEqual(await groupNames(storage, { search: "%" }), ["50%"]);
      assert.deepEqual(await groupNames(storage, { search: String(lunch) }), ["Lunch"]);
      assert.deepEqual(await groupNames(storage, { type: GROUP_TYPE_TMP }), ["50%"]);
      assert.deepEqual(await groupNames(storage, { memberId: 2 }), ["Lunch"]);
      assert.deepEqual(await groupNames(storage, { memberId: 3 }), []);
      assert.deepEqual(await groupNames(storage, { sort: "created", order: "desc" }), [
        "50%",
        "Lunch",
      ]);
      const page = await storage.management.groups.list({ ...ALL_GROUPS, limit: 1 });
      assert.deepEqual([page.total, page.rows[0]!.memberCount], [2, 2]);
      assert.equal((await storage.management.groups.byId(lunch))?.memberCount, 2);
    },
  });

  contractTest(contract, {
    title: "management.groups.update() makes a new version of the group",
    run: async (storage) => {
      await addUsers(storage, 3);
      await storage.users.add([newUser("gone", { id: 9, status: 3 })]);
      const id = await addGroup(storage, [1, 2], { name: "old", creator: 1 });
      const { groups } = storage.management;
      assert.deepEqual(await groups.update(id, { name: "new", creator: 2 }), {
        ok: true,
        value: null,
      });
      const row = await groups.byId(id);
      assert.deepEqual([row?.name, row?.creator, row?.avatar, row?.version], ["new", 2, "", 2]);
      assert.deepEqual(await groups.update(id, { creator: 9 }), {
        ok: false,
        refusal: "unknown_user",
      });
      assert.deepEqual(await groups.update(99, { name: "x" }), {
        ok: false,
        refusal: "unknown_group",
      });
      assert.equal((await groups.byId(id))?.version, 2, "a refusal changes nothing");
    },
  });

  contractTest(contract, {
    title: "management.groups.dismiss() ends the group for everybody in it (P-GRP3)",
    run: async (storage) => {
      await addUsers(storage, 3);
      const id = await addGroup(storage, [1, 2, 3], { type: GROUP_TYPE_NORMAL });
      await sayInGroup(storage, { from: 1, group: id });
      const { groups } = storage.management;
      assert.deepEqual(await groups.dismiss(id, T + 1), { ok: true, value: [1, 2, 3] });
      assert.equal(await storage.groups.members(id), null);
      assert.deepEqual(await storage.groups.normalGroupsOf(1), []);
      assert.deepEqual(await storage.groups.byIds([id]), []);
      assert.deepEqual(await groupNames(storage, {}), []);
      assert.deepEqual(await recentOf(storage, 2), []);
      assert.deepEqual(
        await storage.groups.addMembers({ groupId: id, userIds: [1], now: T + 2 }),
        [],
      );
      assert.deepEqual(await groups.dismiss(id, T + 3), { ok: false, refusal: "unknown_group" });
    },
  });
}

export function managedDepartmentContract(contract: Contract): void {
  contractTest(contract, {
    title: "management.departments.list() is in order of priority and counts who has not left",
    run: async (storage) => {
      const { departments } = storage.management;
      const add = (departName: string, priority: number) =>
        departments.add({ departName, priority, parentId: 0 }, T);
      assert.deepEqual(await add("late", 9), { ok: true, value: 1 });
      assert.deepEqual(await add("early", 1), { ok: true, value: 2 });
      await storage.users.add([
        newUser("a", { departId: 2 }),
        newUser("b", { departId: 2, status: 3 }),
      ]);
      const rows = await departments.list();
      assert.deepEqual(
        rows.map(({ departName, userCount }) => [departName, userCount]),
        [["early", 1], ["late", 0]],
      );
    },
  });

  contractTest(contract, {
    title: "management.departments: each change is later than all that a client has seen (P-SYN3)",
    run: async (storage) => {
      const { departments } = storage.management;
      await departments.add({ departName: "a", priority: 0, parentId: 0 }, T);
      await departments.add({ departName: "b", priority: 0, parentId: 1 }, T);
      const seen = async (): Promise<number> =>
        Math.max(...(await storage.departments.changedSince(0)).map(({ updated }) => updated));
      const changed = async (since: number) =>
        (await storage.departments.changedSince(since)).map(({ id, status }) => [id, status]);
      let synced = await seen();
      assert.deepEqual(await departments.update(1, { departName: "A" }, T), {
        ok: true,
        value: null,
      });
      assert.deepEqual(await changed(synced), [[1, 0]]);
      synced = await seen();
      assert.deepEqual(await departments.remove(2, T), { ok: true, value: null });
      assert.deepEqual(
        await changed(synced),
        [[2, 1]],
        "who deleted it tells clients with status 1",
      );
      assert.deepEqual((await departments.list()).map(({ departName }) => departName), ["A"]);
    },
  });

  contractTest(contract, {
    title: "management.departments refuse cycles, unknown parents, and removing what is in use",
    run: async (storage) => {
      await addDepartments(storage, [1, 2, 3]);
      const { departments } = storage.management;
      const under = (parentId: number) => ({ parentId });
      assert.ok((await departments.update(2, under(1), T)).ok);
      assert.ok((await departments.update(3, under(2), T)).ok);
      for (const parent of [1, 2, 3]) {
        assert.deepEqual(await departments.update(1, under(parent), T), {
          ok: false,
          refusal: "cycle",
        });
      }
      const unknown = { ok: false, refusal: "unknown_parent" };
      assert.deepEqual(await departments.update(1, under(9), T), unknown);
      assert.deepEqual(
        await departments.add({ departName: "x", priority: 0, parentId: 9 }, T),
        unknown,
      );
      const none = { ok: false, refusal: "unknown_department" };
      assert.deepEqual(await departments.update(9, { departName: "x" }, T), none);
      assert.deepEqual(await departments.remove(9, T), none);
      assert.deepEqual(await departments.remove(1, T), { ok: false, refusal: "has_departments" });
      await storage.users.add([newUser("ann", { id: 1, departId: 3 })]);
      assert.deepEqual(await departments.remove(3, T), { ok: false, refusal: "has_users" });
      const left = [{ id: 1, changes: { status: 3 } }];
      await storage.management.users.write({ add: [], update: left, now: T });
      assert.deepEqual(await departments.remove(3, T), { ok: true, value: null });
      assert.deepEqual(
        await departments.update(2, under(3), T),
        unknown,
        "a deleted one is no parent",
      );
    },
  });
}
