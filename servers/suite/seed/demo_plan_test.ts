import assert from "node:assert/strict";
import { GROUP_TYPE_NORMAL } from "../../../proto/ids.ts";
import { md5Hex, teamtalkPasswordHash } from "../../../shared/password.ts";
import { seededRandom } from "../../../shared/random.ts";
import { demoPlan } from "./demo_plan.ts";

const OPTIONS = { users: 12, groups: 2, members: 5, password: "secret" };

Deno.test("demoPlan() gives users a name, a department and the password", () => {
  const { users, departments } = demoPlan(OPTIONS, seededRandom(1));
  assert.deepEqual([users.first, users.last], [1, 12]);
  assert.equal(users.name(7), "user7");
  const user = users.user(7);
  assert.equal(user.name, "user7");
  assert.match(user.salt, /^(0|[1-9]\d{0,3})$/);
  assert.equal(user.password, teamtalkPasswordHash(md5Hex("secret"), user.salt));
  const used = new Set(Array.from({ length: 12 }, (_, index) => users.user(index + 1).departId));
  assert.deepEqual([...used].sort(), departments.map(({ id }) => id));
});

Deno.test("demoPlan() makes normal groups of the first users", () => {
  const { groups } = demoPlan(OPTIONS, seededRandom(1));
  assert.deepEqual(
    groups,
    [1, 2].map((id) => ({
      id,
      name: `group${id}`,
      type: GROUP_TYPE_NORMAL,
      creator: 1,
      members: { first: 1, last: 5 },
    })),
  );
});

Deno.test("demoPlan() has no more members than users", () => {
  const { groups } = demoPlan({ ...OPTIONS, members: 50 }, seededRandom(1));
  assert.deepEqual(groups[0]!.members, { first: 1, last: 12 });
});
