/** The roles of administrators in forms, the strongest first. */
import type { Role } from "./api.ts";
import type { Translate } from "./i18n/mod.ts";
import type { Choice } from "../components/field.tsx";

export const ROLES: readonly [Role, ...Role[]] = ["owner", "manager", "read_only"];

export function roleChoices(t: Translate): Choice[] {
  return ROLES.map((value) => ({ value, label: t(`role.${value}`) }));
}

/** The role of a form; the weakest for anything else. */
export function roleOf(text: string | undefined): Role {
  return ROLES.find((role) => role === text) ?? "read_only";
}
