import assert from "node:assert/strict";
import { isOperationName } from "./manage_operations.ts";
import { checkManageRequest } from "./manage_requests.ts";
import type { OperationName } from "../../../shared/management/operations.ts";
import { MAX_USER_WRITES } from "../../../shared/storage/management_limits.ts";
import {
  corruptionsOf,
  MANAGE_SAMPLES,
  MANAGED_AT,
  PASSWORD_HASH,
} from "../test_support/manage_samples.ts";

/** Field and message of the refusal; `null` when the request is taken. */
function refusal(operation: OperationName, request: unknown) {
  const checked = checkManageRequest(operation, JSON.stringify(request));
  return checked.ok ? null : checked.refusal;
}

for (const [operation, sample] of Object.entries(MANAGE_SAMPLES)) {
  assert.ok(isOperationName(operation));
  Deno.test(`checkManageRequest(), takes ${operation} as it is, and nothing else`, () => {
    const checked = checkManageRequest(operation, JSON.stringify(sample));
    assert.deepEqual(checked, { ok: true, request: sample });
    for (const { value, field } of corruptionsOf(sample)) {
      const what = JSON.stringify(value).slice(0, 300);
      const refused = refusal(operation, value);
      assert.notEqual(refused, null, what);
      // What lacks a part, or has none, is at fault as a whole where the rule is about the whole.
      assert.ok(field.startsWith(refused!.field), `${what}: ${refused!.field}, not ${field}`);
    }
  });
}

Deno.test("checkManageRequest(), what may be absent may be null", () => {
  const { ["users.list"]: users, ["groups.list"]: groups, ["audit.list"]: audit } = MANAGE_SAMPLES;
  assert.equal(refusal("users.list", { ...users, statuses: null, departId: null }), null);
  assert.equal(refusal("groups.list", { ...groups, type: null, memberId: null }), null);
  const unfiltered = { ...audit, actorName: null, action: null, target: null };
  assert.equal(refusal("audit.list", unfiltered), null);
  assert.equal(refusal("sessions.list", { adminId: null, now: 1 }), null);
  assert.equal(refusal("audit.finish", { id: 1, outcome: "done", target: null }), null);
});

/** Each is fine but for the one field. */
const ODD: readonly (readonly [OperationName, Readonly<Record<string, unknown>>])[] = [
  ["users.list", { sort: "password" }],
  ["users.list", { limit: 1001 }],
  ["users.list", { statuses: [5] }],
  ["groups.list", { type: 3 }],
  ["groups.list", { limit: 201 }],
  ["groups.members", { limit: 5001 }],
  ["users.by_ids", { ids: Array(5001).fill(1) }],
  ["users.by_names", { names: Array(MAX_USER_WRITES + 1).fill("n") }],
  ["users.by_names", { names: ["n".repeat(33)] }],
  ["departments.add", { fields: { departName: "a\u0007", priority: 0, parentId: 0 } }],
  ["groups.update", { changes: { avatar: "javascript:alert(1)" } }],
  ["groups.update", { changes: { name: "" } }],
  ["groups.update", { changes: { type: 2 } }],
  ["discovery.update", { changes: { itemUrl: "http://[" } }],
  ["admins.add", { pwd: "0".repeat(32) }],
  ["admins.add", { pwd: PASSWORD_HASH.replace("n=16384", "n=1048576") }],
  ["admins.add", { pwd: PASSWORD_HASH.replace("n=16384", "n=2") }],
  ["admins.add", { role: "god" }],
  ["admins.update", { changes: { status: 2 } }],
  ["sessions.open", { hash: "A".repeat(64) }],
  ["sessions.open", { expires: MANAGED_AT }],
  ["keys.add", { expires: MANAGED_AT }],
  ["credentials.find", { kind: "password" }],
  ["audit.begin", { detail: "{" }],
  ["audit.begin", { detail: "[]" }],
  ["audit.begin", { action: "DROP TABLE" }],
  ["audit.begin", { actorKind: "ghost" }],
  ["audit.finish", { outcome: "all is well" }],
  ["messages.send", { content: "not base64" }],
  ["messages.send", { content: "" }],
  ["messages.send", { content: "A".repeat(5468) }],
  ["messages.send", { type: 2 }],
  ["messages.history", { type: 3 }],
  ["messages.history", { userId: 0 }],
  ["messages.history", { limit: 101 }],
];

Deno.test("checkManageRequest(), refuses values that http_msg_server refuses", () => {
  for (const [operation, change] of ODD) {
    const request = { ...MANAGE_SAMPLES[operation], ...change };
    assert.notEqual(refusal(operation, request), null, `${operation} ${Object.keys(change)}`);
  }
});

Deno.test("checkManageRequest(), takes users as an import writes them, so many and no more", () => {
  const { add: [user], update: [change] } = MANAGE_SAMPLES["users.write"];
  const write = (changes: object) =>
    refusal("users.write", { add: [], update: [], now: 1, ...changes });
  const many = (count: number) => ({ add: Array(count - 1).fill(user), update: [change] });
  assert.equal(write(many(MAX_USER_WRITES)), null);
  assert.notEqual(write(many(MAX_USER_WRITES + 1)), null);
  // The hash is db_proxy's to make.
  assert.equal(write({ add: [{ ...user, hash: PASSWORD_HASH }] })?.field, "add.0.hash");
  assert.notEqual(write({ update: [{ id: 1, changes: { password: "0".repeat(32) } }] }), null);
  assert.equal(write({ update: [{ id: 1, changes: { nick: "" } }] }), null);
  assert.equal(
    write({ update: [{ id: 1, changes: { sign_info: "x" } }] })?.field,
    "update.0.changes.sign_info",
  );
});

Deno.test("checkManageRequest(), names a made-up field no further than it must", () => {
  const { message, field } = refusal("keys.remove", { id: 1, ["f".repeat(10_000)]: 1 })!;
  assert.deepEqual([field, message], ["f".repeat(64), "there is no such field"]);
});

Deno.test("checkManageRequest(), takes no JSON that is none", () => {
  const checked = checkManageRequest("users.by_ids", '{"ids":[1]');
  assert.deepEqual(checked, { ok: false, refusal: { field: "", message: "is no JSON" } });
});
