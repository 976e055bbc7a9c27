import assert from "node:assert/strict";
import { md5Hex, teamtalkPasswordHash } from "../../../shared/password.ts";
import { fixturePlan } from "./fixture_plan.ts";

const GOLDEN = Deno.readTextFileSync(
  new URL("../../../tests/golden/fixture.json", import.meta.url),
);

Deno.test("fixturePlan() reads every form in tests/golden/fixture.json", () => {
  const { plan, notes } = fixturePlan(GOLDEN, "fixture.json");
  assert.deepEqual(plan.departments.map(({ departName }) => departName), [
    "Engineering",
    "Backend",
    "Mobile",
    "Sales",
    "产品部",
  ]);
  assert.deepEqual([plan.users.first, plan.users.last], [1, 5000]);
  assert.equal(plan.users.name(17), "user17");
  assert.deepEqual(plan.users.user(17), {
    name: "user17",
    domain: "user17",
    nick: "nick17",
    phone: "13800000017",
    email: "user17@example.com",
    avatar: "",
    sign_info: "",
    sex: 2,
    departId: 3,
    status: 0,
    salt: "0017",
    password: teamtalkPasswordHash(md5Hex("123456"), "0017"),
  });
  assert.equal(plan.users.user(12_345).salt, "2345");
  assert.deepEqual(plan.groups.map(({ id, type, members }) => [id, type, members.last]), [
    [1, 1, 10],
    [2, 1, 100],
    [3, 1, 500],
    [4, 2, 5],
  ]);
  assert.deepEqual(notes, ["aesKey of the fixture is not used; it is set in conf/"]);
});

/** The golden fixture with `from` replaced. */
function changed(from: string, to: string): string {
  assert.ok(GOLDEN.includes(from), from);
  return GOLDEN.replace(from, to);
}

const REFUSED: readonly (readonly [text: string, message: RegExp])[] = [
  ["{", /^fixture\.json: this is no JSON: /],
  ["[]", /^fixture\.json: this is no object$/],
  ["{}", /^fixture\.json: users: this is no object$/],
  [changed('"about"', '"abuot"'), /^fixture\.json: abuot: it is unknown; allowed: about, /],
  [changed('"1 + id % 2"', '"1 + id"'), /^fixture\.json: users\.sex: "1 \+ id" is not like /],
  [changed('"1 + id % 2"', '"1 + id % 0"'), /users\.sex: "1 \+ id % 0" is not like /],
  [changed('"1 + id % 2"', "-1"), /users\.sex: -1 is not allowed; allowed: from 0 to 4294967295$/],
  [changed('"name": "user%d"', '"name": "user"'), /users\.name: it has to hold %d$/],
  [changed('"nick": "nick%d"', '"nick": 5'), /users\.nick: a text is needed$/],
  [changed('"status": 0,', ""), /users\.status: nothing is not allowed; allowed: from 0 to /],
  [changed('"push_shield_status": 0', '"push_shield_status": 1'), /1 is not allowed; allowed: 0$/],
  [changed("[1, 5000]", "[1, 5000, 2]"), /users\.ids: two numbers are needed: first and last$/],
  [changed("[1, 5000]", "[9, 5]"), /users\.ids: the last is below the first$/],
  [changed("[1, 5000]", "7"), /users\.ids: a list is needed$/],
  [changed("[1, 500]", "[1, 5001]"), /groups\[2\]\.members: members have to be among the users, /],
  [changed('"version": 1', '"version": 2'), /groups\[0\]\.version: 2 is not allowed; allowed: 1$/],
  [changed('"type": 2', '"type": 3'), /groups\[3\]\.type: 3 is not allowed; allowed: from 1 to 2$/],
  [changed('"id": 2, "name"', '"id": 1, "name"'), /^fixture\.json: groups: id 1 is there twice$/],
  [changed('"id": 2, "depart', '"id": 1, "depart'), /departments: id 1 is there twice$/],
];

for (const [text, message] of REFUSED) {
  Deno.test(`fixturePlan() refuses what gives ${message.source}`, () => {
    assert.throws(() => fixturePlan(text, "fixture.json"), { name: "ConfigError", message });
  });
}
