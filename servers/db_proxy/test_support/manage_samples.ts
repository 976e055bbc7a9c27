/** A request of each management operation that is as it should be, and what is wrong with others. */
import { MSG_TYPE_SINGLE_TEXT, SESSION_TYPE_SINGLE } from "../../../proto/mod.ts";
import type { OperationName, RequestOf } from "../../../shared/management/operations.ts";

export const MANAGED_AT = 1_900_000_000;
const HASH = "0123456789abcdef".repeat(4);
const SALT = "AAAAAAAAAAAAAAAAAAAAAA==";
const KEY = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
/** As `hashPassword()` makes it; of no password. */
export const PASSWORD_HASH = `scrypt$n=16384,r=8,p=1$${SALT}$${KEY}`;

const now = MANAGED_AT;
const page = { search: "", order: "asc", offset: 0, limit: 20 } as const;
const password = { password: "0".repeat(32), salt: "17" };

type Samples = { readonly [Name in OperationName]: RequestOf<Name> };

/** They name things that need not exist; `changes` have none that could be left out. */
export const MANAGE_SAMPLES: Samples = {
  "users.list": { ...page, statuses: [0, 3], departId: 1, afterId: 0, sort: "name" },
  "users.by_ids": { ids: [1, 2] },
  "users.by_names": { names: ["user1", "somebody else"] },
  "users.write": {
    add: [{
      ...{ name: "new", nick: "n", sex: 1, domain: "new", phone: "1", email: "a@b.example" },
      ...{ avatar: "http://127.0.0.1/a.png", departId: 1, status: 0, sign_info: "" },
      ...password,
    }],
    update: [{ id: 1, changes: password }],
    now,
  },
  "departments.list": null,
  "departments.add": { fields: { departName: "d", priority: 1, parentId: 0 }, now },
  "departments.update": { id: 1, changes: { departName: "e" }, now },
  "departments.remove": { id: 1, now },
  "groups.list": { ...page, type: 1, memberId: 1, sort: "lastChated" },
  "groups.by_id": { id: 1 },
  "groups.members": { id: 1, offset: 0, limit: 5000 },
  "groups.update": { id: 1, changes: { name: "g" } },
  "groups.dismiss": { id: 1, now },
  "admins.list": null,
  "admins.by_name": { uname: "admin" },
  "admins.add": { uname: "second", pwd: PASSWORD_HASH, role: "owner", now },
  "admins.update": { id: 1, changes: { status: 1 }, now, keepSession: 5 },
  "sessions.open": {
    ...{ adminId: 1, hash: HASH, now, expires: now + 60, remote: "10.0.0.1", agent: "curl" },
  },
  "sessions.list": { adminId: 1, now },
  "sessions.end": { id: 1, adminId: 1 },
  "keys.list": null,
  "keys.add": { name: "k", role: "manager", adminId: 1, hash: HASH, now, expires: now + 60 },
  "keys.remove": { id: 1 },
  "credentials.find": { kind: "session", hash: HASH },
  "credentials.touch": { id: 1, kind: "key", now },
  "audit.begin": {
    ...{ at: now, actorKind: "admin", actorId: 1, actorName: "admin", remote: "10.0.0.1" },
    ...{ action: "user.update", target: "user/1", detail: "{}" },
  },
  "audit.finish": { id: 1, outcome: "done", target: "user/2" },
  "audit.list": {
    ...{ beforeId: 0, limit: 200, actorName: "admin", action: "user.", target: "user/1" },
    ...{ since: 0, until: now },
  },
  "discovery.list": null,
  "discovery.add": {
    fields: { itemName: "i", itemUrl: "http://127.0.0.1/", itemPriority: 1 },
    now,
  },
  "discovery.update": { id: 1, changes: { itemName: "j" }, now },
  "discovery.remove": { id: 1, now },
  "messages.history": {
    ...{ type: SESSION_TYPE_SINGLE, userId: 1, sessionId: 2, beginId: 0, limit: 100 },
  },
  "messages.send": {
    ...{ fromId: 1, toId: 2, type: MSG_TYPE_SINGLE_TEXT, content: "YjJsaw==", created: now },
  },
  "figures.read": null,
  "storage.state": null,
};

/** A value in a request's place that is no request, and the field that is at fault. */
export interface Corruption {
  readonly value: unknown;
  readonly field: string;
}

/** No field of any request may be one of these. */
const NEVER = {
  number: [-1, 0.5, 2 ** 32, "1", {}, true],
  string: ["x".repeat(100_000), 1, {}, false],
} as const;

/**
 * Every way to have one field missing, too many, of another type, or far out of its range, wherever
 * it is in the request.
 */
export function corruptionsOf(value: unknown, path = ""): Corruption[] {
  if (typeof value === "number") {
    return NEVER.number.map((other) => ({ value: other, field: path }));
  }
  if (typeof value === "string") {
    return NEVER.string.map((other) => ({ value: other, field: path }));
  }
  if (value === null) return [{ value: {}, field: path }, { value: [], field: path }];
  const here: Corruption[] = [{ value: 1, field: path }, { value: "x", field: path }];
  if (Array.isArray(value)) {
    here.push({ value: {}, field: path });
    return [
      ...here,
      ...value.flatMap((item, i) =>
        corruptionsOf(item, joined(path, String(i))).map((inner) => ({
          value: value.with(i, inner.value),
          field: inner.field,
        }))
      ),
    ];
  }
  const fields = value as Readonly<Record<string, unknown>>;
  here.push({ value: [], field: path });
  here.push({ value: { ...fields, extra: 1 }, field: joined(path, "extra") });
  for (const [name, inner] of Object.entries(fields)) {
    const { [name]: _left, ...rest } = fields;
    here.push({ value: rest, field: joined(path, name) });
    for (const one of corruptionsOf(inner, joined(path, name))) {
      here.push({ value: { ...fields, [name]: one.value }, field: one.field });
    }
  }
  return here;
}

function joined(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}
