/** Users and departments (docs/spec/flows.md 14). */
import assert from "node:assert/strict";
import { DEPT_STATUS_DELETE, DEPT_STATUS_OK } from "../../proto/mod.ts";
import type { Storage } from "../../shared/storage/types.ts";
import { demoData, demoUser, SEEDED_AT } from "../support/demo_data.ts";
import { matrix, ONE } from "../support/matrix.ts";

const LATER = SEEDED_AT + 1000;
const LATEST = SEEDED_AT + 2000;

/** user6 was changed later, user7 left then, user8 left long ago; departments likewise. */
async function withChanges(storage: Storage): Promise<void> {
  await demoData(5)(storage);
  await storage.users.add([
    demoUser(6, { updated: LATER, nick: "new nick" }),
    demoUser(7, { updated: LATEST, status: 3 }),
    demoUser(8, { status: 3 }),
  ]);
  const department = { priority: 2, parentId: 1, created: SEEDED_AT };
  await storage.departments.put([
    { id: 2, departName: "产品部", status: 0, updated: LATER, ...department },
    { id: 3, departName: "closed", status: 1, updated: LATEST, ...department },
    { id: 4, departName: "odd", status: 7, updated: LATEST + 1, ...department },
  ]);
}

matrix("a first sync gets everybody who has not left", ONE, async (cell) => {
  await using cluster = await cell.start({ seed: withChanges });
  await using ann = await cluster.login("user1");
  const { user_id, user_list, latest_update_time } = await ann.allUsers();
  assert.equal(user_id, 1);
  assert.deepEqual(user_list.map((user) => user.user_id), [1, 2, 3, 4, 5, 6]);
  // The highest time seen, not "now" (docs/spec/pitfalls.md Q-ALLUSER).
  assert.equal(latest_update_time, LATER);
  assert.equal(user_list.at(-1)!.user_nick_name, "new nick");
});

matrix("a later sync gets who changed since, leavers with their status", ONE, async (cell) => {
  await using cluster = await cell.start({ seed: withChanges });
  await using ann = await cluster.login("user1");
  const since = async (time: number): Promise<[number[], number]> => {
    const { user_list, latest_update_time } = await ann.allUsers(time);
    return [user_list.map((user) => user.user_id), latest_update_time];
  };
  assert.deepEqual(await since(LATER), [[6, 7], LATEST]);
  assert.deepEqual(await since(LATER + 1), [[7], LATEST]);
  const { user_list: [leaver] } = await ann.allUsers(LATER + 1);
  assert.equal(leaver!.status, 3);
  // The newest are repeated, as the bound is inclusive; then the time of the question comes back.
  assert.deepEqual(await since(LATEST), [[7], LATEST]);
  assert.deepEqual(await since(LATEST + 5), [[], LATEST + 5]);
  assert.deepEqual(await since(0xffffffff), [[], 0xffffffff]);
});

matrix("user info comes for the ids that exist", ONE, async (cell) => {
  await using cluster = await cell.start({ seed: withChanges });
  await using ann = await cluster.login("user1");
  const { user_id, user_info_list } = await ann.usersInfo([7, 99, 2, 0, 2]);
  assert.equal(user_id, 1);
  assert.deepEqual(user_info_list.map((user) => [user.user_id, user.status]), [[2, 0], [7, 3]]);
  assert.deepEqual({ ...user_info_list[0]! }, {
    user_id: 2,
    user_gender: 1,
    user_nick_name: "nick2",
    avatar_url: "",
    department_id: 1,
    email: "user2@example.com",
    user_real_name: "user2",
    user_tel: "13800000002",
    user_domain: "user2",
    status: 0,
    sign_info: "",
  });
  assert.deepEqual((await ann.usersInfo([])).user_info_list, []);
});

matrix("departments that changed since the time given, deleted ones too", ONE, async (cell) => {
  await using cluster = await cell.start({ seed: withChanges });
  await using ann = await cluster.login("user1");
  const first = await ann.departments();
  assert.deepEqual(first.dept_list.map((one) => ({ ...one })), [
    {
      dept_id: 1,
      priority: 1,
      dept_name: "Engineering",
      parent_dept_id: 0,
      dept_status: DEPT_STATUS_OK,
    },
    {
      dept_id: 2,
      priority: 2,
      dept_name: "产品部",
      parent_dept_id: 1,
      dept_status: DEPT_STATUS_OK,
    },
    {
      dept_id: 3,
      priority: 2,
      dept_name: "closed",
      parent_dept_id: 1,
      dept_status: DEPT_STATUS_DELETE,
    },
  ]);
  // One with an unknown status is left out but moves the time.
  assert.equal(first.latest_update_time, LATEST + 1);
  const later = await ann.departments(LATER);
  assert.deepEqual(later.dept_list.map((one) => one.dept_id), [3]);
  assert.deepEqual((await ann.departments(LATEST + 1)).dept_list, []);
});

matrix("the time is the server's", {}, async (cell) => {
  await using cluster = await cell.start();
  await using ann = await cluster.login("user1", { msgServer: cell.far });
  assert.ok(Math.abs(await ann.serverTime() - Date.now() / 1000) <= 5);
});
