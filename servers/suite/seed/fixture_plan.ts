/**
 * The plan behind `--fixture FILE`: a JSON description like tests/golden/fixture.json.
 *
 * - `departments`: a list of `{ id, departName, priority, parentId }`.
 * - `users`: `ids` is `[first, last]`; every other key describes one column for all of them.
 *   A text column is a text in which `%d` stands for the user's id, or one of two sentences:
 *   `<digits> and the id in eight digits`, `id modulo <number>, four digits with leading zeros`.
 *   A number column is a number or `<number> + id % <number>`. `password` is the plain one.
 * - `groups`: a list of `{ id, name, type, creator, version, members }`; `members` is
 *   `[first, last]`, `version` can only be the 1 of a new group.
 * - `about` is for the reader; `aesKey` belongs into the `.conf` files and is not used.
 */
import { GROUP_TYPE_NORMAL, GROUP_TYPE_TMP } from "../../../proto/ids.ts";
import { md5Hex, teamtalkPasswordHash } from "../../../shared/password.ts";
import { JsonFields } from "./json_fields.ts";
import type { IdRange, SeedDepartment, SeedGroup, SeedPlan, SeedUsers } from "./plan.ts";

export interface FixturePlan {
  readonly plan: SeedPlan;
  readonly notes: readonly string[];
}

const TOP_KEYS = ["about", "departments", "users", "groups", "aesKey"];
const DEPARTMENT_KEYS = ["id", "departName", "priority", "parentId"];
const GROUP_KEYS = ["id", "name", "type", "creator", "version", "members"];

/** @throws {ConfigError} naming what in the text is not as described above */
export function fixturePlan(text: string, file: string): FixturePlan {
  const top = JsonFields.parse(text, file, TOP_KEYS);
  const users = usersOf(top.object("users", USER_KEYS));
  const departments = top.objects("departments", DEPARTMENT_KEYS).map(departmentOf);
  const groups = top.objects("groups", GROUP_KEYS).map((fields) => groupOf(fields, users));
  refuseRepeatedIds("departments", departments, top);
  refuseRepeatedIds("groups", groups, top);
  const notes = top.has("aesKey") ? ["aesKey of the fixture is not used; it is set in conf/"] : [];
  return { plan: { departments, users, groups }, notes };
}

function departmentOf(fields: JsonFields): SeedDepartment {
  return {
    id: fields.integer("id", { min: 1 }),
    departName: fields.text("departName"),
    priority: fields.integer("priority"),
    parentId: fields.integer("parentId"),
  };
}

function groupOf(fields: JsonFields, users: IdRange): SeedGroup {
  const members = fields.idRange("members");
  if (members.first < users.first || members.last > users.last) {
    fields.fail("members", `members have to be among the users, ${users.first} to ${users.last}`);
  }
  fields.integer("version", { min: 1, max: 1 });
  return {
    id: fields.integer("id", { min: 1 }),
    name: fields.text("name"),
    type: fields.integer("type", { min: GROUP_TYPE_NORMAL, max: GROUP_TYPE_TMP }),
    creator: fields.integer("creator"),
    members,
  };
}

function refuseRepeatedIds(
  key: string,
  rows: readonly { readonly id: number }[],
  fields: JsonFields,
): void {
  const ids = rows.map(({ id }) => id);
  const repeated = ids.find((id, index) => ids.indexOf(id) < index);
  if (repeated !== undefined) fields.fail(key, `id ${repeated} is there twice`);
}

const USER_TEXTS = ["name", "domain", "nick", "phone", "email", "avatar", "sign_info"] as const;
const USER_NUMBERS = ["sex", "departId", "status"] as const;
const USER_KEYS = [
  "ids",
  "password",
  "salt",
  "push_shield_status",
  ...USER_TEXTS,
  ...USER_NUMBERS,
];

function usersOf(fields: JsonFields): SeedUsers {
  const { first, last } = fields.idRange("ids");
  const texts = (key: string): ById<string> => textColumn(fields.text(key));
  const numbers = (key: string): ById<number> => numberColumn(fields, key);
  const name = texts("name");
  if (name(first) === name(last) && first < last) fields.fail("name", "it has to hold %d");
  const text = perKey(USER_TEXTS, texts);
  const number = perKey(USER_NUMBERS, numbers);
  const salt = texts("salt");
  const sentPassword = md5Hex(fields.text("password"));
  // What a new row has anyway; the night shield is set by its user.
  fields.integer("push_shield_status", { min: 0, max: 0 });
  return {
    first,
    last,
    name,
    user: (id) => ({
      ...text(id),
      ...number(id),
      salt: salt(id),
      password: teamtalkPasswordHash(sentPassword, salt(id)),
    }),
  };
}

/** What a column holds for the user with that id. */
type ById<T> = (id: number) => T;

function perKey<const K extends string, T>(
  keys: readonly K[],
  columnOf: (key: K) => ById<T>,
): ById<Record<K, T>> {
  const columns = keys.map((key) => [key, columnOf(key)] as const);
  return (id) =>
    Object.fromEntries(columns.map(([key, column]) => [key, column(id)])) as Record<K, T>;
}

function textColumn(text: string): ById<string> {
  const eightDigits = /^(\d*) and the id in eight digits$/.exec(text);
  if (eightDigits !== null) return (id) => eightDigits[1] + String(id).padStart(8, "0");
  const modulo = /^id modulo ([1-9]\d*), four digits with leading zeros$/.exec(text);
  if (modulo !== null) return (id) => String(id % Number(modulo[1])).padStart(4, "0");
  return (id) => text.replaceAll("%d", String(id));
}

function numberColumn(fields: JsonFields, key: string): ById<number> {
  const formula = fields.textOrNull(key);
  if (formula === null) {
    const number = fields.integer(key);
    return () => number;
  }
  const parts = /^(\d{1,9}) \+ id % ([1-9]\d{0,8})$/.exec(formula);
  if (parts === null) fields.fail(key, `${JSON.stringify(formula)} is not like "1 + id % 2"`);
  return (id) => Number(parts[1]) + id % Number(parts[2]);
}
