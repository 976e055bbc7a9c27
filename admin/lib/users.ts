/** What the pages of users have in common. */
import type { Body, Query } from "./api.ts";
import { choiceOf, numberOf, searchOf } from "./query.ts";
import type { Values } from "./forms.ts";

/** Order of the choice: those who are employed in some way come first. */
export const STATUSES = [0, 1, 2, 4, 3] as const;
export const STATUS_LEFT = 3;
const ALL_BUT_LEFT = "0,1,2,4";

export const STATUS_FILTERS = ["active", "all", "0", "1", "2", "4", "3"] as const;

export function statusKey(status: number): `status.${0 | 1 | 2 | 3 | 4}` | "status.unknown" {
  return status === 0 || status === 1 || status === 2 || status === 3 || status === 4
    ? `status.${status}`
    : "status.unknown";
}

/** Which users an address asks for, as the API is asked. */
export function userFilter(url: URL): Query<"GET /users/export"> {
  const status = choiceOf(url, "status", STATUS_FILTERS);
  const department = numberOf(url, "department_id", { min: 1, max: 0xffff_ffff, fallback: 0 });
  return {
    search: searchOf(url),
    ...(status !== "all" && { status: status === "active" ? ALL_BUT_LEFT : status }),
    ...(department > 0 && { department_id: department }),
  };
}

/** The fields of a user as a form has them. */
export const USER_FORM_FIELDS: readonly string[] = [
  ...["name", "nick", "sex", "domain", "phone", "email", "department_id", "status", "password"],
];

type UserBody = Required<Omit<Body<"PATCH /users/{id}">, "avatar">>;

/** The body for the API; `values` were checked. */
export function userBody(values: Values): UserBody {
  return {
    name: values.name ?? "",
    nick: values.nick ?? "",
    sex: Number(values.sex ?? 0),
    domain: values.domain ?? "",
    phone: values.phone ?? "",
    email: values.email ?? "",
    department_id: Number(values.department_id ?? 0),
    status: Number(values.status ?? 0),
  };
}
