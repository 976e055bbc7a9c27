/**
 * What a request of each management operation may be (docs/internal.md 2). http_msg_server has checked
 * what people sent; whoever else has come to a link sends what he likes, so nothing runs before all of
 * it is what http_msg_server could have sent: no other field, type, length or range.
 */
import { z } from "zod";
import {
  GROUP_TYPE_NORMAL,
  GROUP_TYPE_TMP,
  MSG_TYPE_GROUP_TEXT,
  MSG_TYPE_SINGLE_TEXT,
  SESSION_TYPE_GROUP,
  SESSION_TYPE_SINGLE,
} from "../../../proto/mod.ts";
import {
  adminName,
  adminRole,
  departmentColumns,
  discoveryColumns,
  EXPORT_PAGE,
  faultOf,
  groupColumns,
  id,
  idOrNone,
  keyName,
  line,
  MAX_ADMIN_NAME_CHARS,
  MAX_AGENT_CHARS,
  MAX_AUDIT_DETAIL_CHARS,
  MAX_AUDIT_FILTER_CHARS,
  MAX_HISTORY,
  MAX_NAME_CHARS,
  MAX_PAGE,
  MAX_PAGE_SIZE,
  MEMBER_PAGE,
  searchText,
  sortOrder,
  storedTime,
  userColumns,
  userStatus,
} from "../../../shared/management/fields.ts";
import type {
  ManageRefusal,
  OperationName,
  RequestOf,
} from "../../../shared/management/operations.ts";
import { MAX_TEXT_BYTES } from "../../../shared/message_limits.ts";
import { isPasswordHash } from "../../../shared/password.ts";
import {
  ADMIN_STATUS_DISABLED,
  GROUP_SORTS,
  USER_SORTS,
} from "../../../shared/storage/management.ts";
import { MAX_IDS, MAX_USER_WRITES } from "../../../shared/storage/management_limits.ts";

type Schemas = { readonly [Name in OperationName]: z.ZodType<RequestOf<Name>> };

const now = storedTime;
const byId = z.strictObject({ id });
const nothing = z.null();

const remote = line({ max: 64 });
const sha256Hex = z.string().regex(/^[0-9a-f]{64}$/);
const passwordHash = z.string().refine(isPasswordHash, "must be a scrypt hash");
const credentialKind = z.enum(["session", "key"]);

/** What the original stores for a password; the scrypt hash is made here, so none is taken. */
const passwordColumns = {
  password: z.string().regex(/^[0-9a-f]{32}$/),
  salt: z.string().regex(/^\d{1,4}$/),
};
const userFields = { ...userColumns, sign_info: z.literal("") };

const page = {
  order: sortOrder,
  offset: z.int().min(0).max(MAX_PAGE * MAX_PAGE_SIZE),
};

/** Of `user.update` or of what becomes of it. */
const auditWord = z.string().max(64).regex(/^[a-z_]+(\.[a-z_]+)*$/);
const auditTarget = line({ max: 128 });
/** Escaped it may be twice as long as what was cut. */
const auditDetail = z.string().max(MAX_AUDIT_DETAIL_CHARS + 16).refine(
  isJsonObject,
  "must be a JSON object",
);
const auditFilter = z.string().max(MAX_AUDIT_FILTER_CHARS).nullable();

/** msg_data of a text; whatever else it must be, storage looks at. */
const textBytes = z.base64().min(4).max(4 * Math.ceil(MAX_TEXT_BYTES / 3));

const manageRequests: Schemas = {
  "users.list": z.strictObject({
    search: searchText,
    statuses: z.array(userStatus).min(1).max(5).nullable(),
    departId: idOrNone.nullable(),
    afterId: idOrNone,
    sort: z.enum(USER_SORTS),
    ...page,
    limit: z.int().min(1).max(EXPORT_PAGE),
  }),
  "users.by_ids": z.strictObject({ ids: z.array(id).max(MAX_IDS) }),
  "users.by_names": z.strictObject({
    names: z.array(z.string().max(MAX_NAME_CHARS)).max(MAX_USER_WRITES),
  }),
  "users.write": z.strictObject({
    add: z.array(z.strictObject({ ...userFields, ...passwordColumns })),
    update: z.array(
      z.strictObject({ id, changes: changesOf({ ...userFields, ...passwordColumns }) }),
    ),
    now,
  }).refine(
    ({ add, update }) => add.length + update.length <= MAX_USER_WRITES,
    `must be at most ${MAX_USER_WRITES} users`,
  ).refine(
    ({ update }) =>
      update.every(({ changes }) =>
        (changes.password === undefined) === (changes.salt === undefined)
      ),
    "password and salt go together",
  ),

  "departments.list": nothing,
  "departments.add": z.strictObject({ fields: z.strictObject(departmentColumns), now }),
  "departments.update": z.strictObject({ id, changes: changesOf(departmentColumns), now }),
  "departments.remove": z.strictObject({ id, now }),

  "groups.list": z.strictObject({
    search: searchText,
    type: z.literal([GROUP_TYPE_NORMAL, GROUP_TYPE_TMP]).nullable(),
    memberId: id.nullable(),
    sort: z.enum(GROUP_SORTS),
    ...page,
    limit: z.int().min(1).max(MAX_PAGE_SIZE),
  }),
  "groups.by_id": byId,
  "groups.members": z.strictObject({
    id,
    offset: page.offset,
    limit: z.int().min(1).max(MEMBER_PAGE),
  }),
  "groups.update": z.strictObject({ id, changes: changesOf({ ...groupColumns, creator: id }) }),
  "groups.dismiss": z.strictObject({ id, now }),

  "admins.list": nothing,
  "admins.by_name": z.strictObject({ uname: z.string().min(1).max(MAX_ADMIN_NAME_CHARS) }),
  "admins.add": z.strictObject({ uname: adminName, pwd: passwordHash, role: adminRole, now }),
  "admins.update": z.strictObject({
    id,
    changes: changesOf({
      role: adminRole,
      status: z.literal([0, ADMIN_STATUS_DISABLED]),
      pwd: passwordHash,
      mustChange: z.boolean(),
    }),
    now,
    keepSession: id.nullable(),
  }),

  "sessions.open": z.strictObject({
    adminId: id,
    hash: sha256Hex,
    now,
    expires: storedTime,
    remote,
    agent: z.string().max(MAX_AGENT_CHARS).regex(/^[^\0\p{Cs}]*$/u),
  }).refine(({ now, expires }) => expires > now, "must expire later than now"),
  "sessions.list": z.strictObject({ adminId: id.nullable(), now }),
  "sessions.end": z.strictObject({ id, adminId: id.nullable() }),
  "keys.list": nothing,
  "keys.add": z.strictObject({
    name: keyName,
    role: adminRole,
    adminId: id,
    hash: sha256Hex,
    now,
    expires: storedTime,
  }).refine(({ now, expires }) => expires === 0 || expires > now, "must expire later than now"),
  "keys.remove": byId,
  "credentials.find": z.strictObject({ kind: credentialKind, hash: sha256Hex }),
  "credentials.touch": z.strictObject({ id, kind: credentialKind, now }),

  "audit.begin": z.strictObject({
    at: now,
    actorKind: z.enum(["", "admin", "key"]),
    actorId: idOrNone,
    actorName: line({ max: 64 }),
    remote,
    action: auditWord,
    target: auditTarget,
    detail: auditDetail,
  }),
  "audit.finish": z.strictObject({ id, outcome: auditWord, target: auditTarget.nullable() }),
  "audit.list": z.strictObject({
    beforeId: idOrNone,
    limit: z.int().min(1).max(MAX_PAGE_SIZE),
    actorName: auditFilter,
    action: auditFilter,
    target: auditFilter,
    since: storedTime,
    until: storedTime,
  }),

  "discovery.list": nothing,
  "discovery.add": z.strictObject({ fields: z.strictObject(discoveryColumns), now }),
  "discovery.update": z.strictObject({ id, changes: changesOf(discoveryColumns), now }),
  "discovery.remove": z.strictObject({ id, now }),

  "messages.history": z.strictObject({
    type: z.literal([SESSION_TYPE_SINGLE, SESSION_TYPE_GROUP]),
    userId: idOrNone,
    sessionId: id,
    beginId: idOrNone,
    limit: z.int().min(1).max(MAX_HISTORY),
  }).refine(({ type, userId }) => type === SESSION_TYPE_GROUP || userId !== 0, "lacks a user"),
  "messages.send": z.strictObject({
    fromId: id,
    toId: id,
    type: z.literal([MSG_TYPE_SINGLE_TEXT, MSG_TYPE_GROUP_TEXT]),
    content: textBytes,
    created: now,
  }),

  "figures.read": nothing,
  "storage.state": nothing,
};

/** Of a field's name in a refusal, which the other side may have made up. */
const MAX_FIELD_CHARS = 64;

export type CheckedRequest<Name extends OperationName> =
  | { readonly ok: true; readonly request: RequestOf<Name> }
  | { readonly ok: false; readonly refusal: ManageRefusal };

/** The request of an operation out of its JSON. */
export function checkManageRequest<Name extends OperationName>(
  operation: Name,
  json: string,
): CheckedRequest<Name> {
  const value = parseJson(json);
  if (value === undefined) return { ok: false, refusal: { field: "", message: "is no JSON" } };
  const result = manageRequests[operation].safeParse(value);
  if (result.success) return { ok: true, request: result.data as RequestOf<Name> };
  const { field, message } = faultOf(result.error);
  return { ok: false, refusal: { field: field.slice(0, MAX_FIELD_CHARS), message } };
}

type Changes<Shape extends Record<string, z.ZodType>> = {
  [Name in keyof Shape]: z.ZodExactOptional<Shape[Name]>;
};

/** At least one of the fields. */
function changesOf<Shape extends Record<string, z.ZodType>>(shape: Shape) {
  const fields = Object.fromEntries(
    Object.entries(shape).map(([name, field]) => [name, field.exactOptional()]),
  ) as Changes<Shape>;
  return z.strictObject(fields).refine(
    (changes) => Object.keys(changes).length > 0,
    "must have at least one field",
  );
}

function isJsonObject(text: string): boolean {
  const value = parseJson(text);
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** `undefined` for a text that is no JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
