/** Users as the API shows and takes them. */
import { z } from "zod";
import type { UserFields } from "../../../shared/storage/management.ts";
import type { UserRow } from "../../../shared/storage/types.ts";
import { id, userColumns } from "../../../shared/management/fields.ts";
import { MAX_ID } from "../../../shared/storage/management_limits.ts";
import { given, time } from "./fields.ts";

/** IMUser.status (docs/spec/storage.md 2.1). */
export const STATUS_HELP = "0 employed, 1 trial, 2 regular, 3 left (cannot log in, not listed by " +
  "clients), 4 intern";

/** What an administrator may set. */
export const userFields = z.strictObject({
  name: userColumns.name.describe("Login name, unique"),
  nick: userColumns.nick,
  sex: userColumns.sex.describe("0 unknown, 1 male, 2 female"),
  domain: userColumns.domain.describe("The name in Latin letters, by which clients search"),
  phone: userColumns.phone,
  email: userColumns.email,
  avatar: userColumns.avatar.describe("URL of a picture, as msfs gives it; empty for none"),
  department_id: userColumns.departId,
  status: userColumns.status.describe(STATUS_HELP),
});

export const newUserFields = z.strictObject({
  ...userFields.shape,
  nick: userFields.shape.nick.optional().describe("Default: the name"),
  sex: userFields.shape.sex.default(0),
  domain: userFields.shape.domain.default(""),
  phone: userFields.shape.phone.default(""),
  email: userFields.shape.email.default(""),
  avatar: userFields.shape.avatar.default(""),
  status: userFields.shape.status.default(0),
});

export const user = z.strictObject({
  id,
  name: z.string(),
  nick: z.string(),
  sex: z.int(),
  domain: z.string(),
  phone: z.string(),
  email: z.string(),
  avatar: z.string(),
  department_id: z.int().min(0).max(MAX_ID),
  status: z.int(),
  signature: z.string(),
  created: time,
  updated: time,
});

/** Never hash and salt of the password. */
export function userView(row: UserRow): z.output<typeof user> {
  return {
    id: row.id,
    name: row.name,
    nick: row.nick,
    sex: row.sex,
    domain: row.domain,
    phone: row.phone,
    email: row.email,
    avatar: row.avatar,
    department_id: row.departId,
    status: row.status,
    signature: row.sign_info,
    created: row.created,
    updated: row.updated,
  };
}

/** A new row's fields. */
export function newRow(fields: z.output<typeof newUserFields>): UserFields {
  const { department_id: departId, nick, ...rest } = fields;
  return { ...rest, departId, nick: nick ?? fields.name, sign_info: "" };
}

/** The columns of the given fields. */
export function rowChanges(
  fields: Partial<{ [K in keyof z.output<typeof userFields>]: unknown }>,
): Partial<UserFields> {
  const { department_id: departId, ...rest } = fields;
  return given({ ...rest, departId }) as Partial<UserFields>;
}
